"""kill -9 and SIGTERM of the services in mid-stream."""

import asyncio

import pytest

from cli.supervise import SERVICES
from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed
from tests.support.faults import kill_services, stop_services, stop_while_the_broker_is_away

pytestmark = pytest.mark.timeout(1200)


async def test_kill_9_of_every_service_twice(cluster: Cluster, world: World, seed: int) -> None:
    await disturbed(world, cluster, seed, lambda run: kill_services(run, times=2))


async def test_sigterm_in_mid_batch_ends_each_service_in_time_with_0(cluster: Cluster, world: World, seed: int) -> None:
    async def stop(run: Run) -> None:
        await stop_services(run)
        await asyncio.gather(*(run.keeper.up(run.keeper.main(name)) for name in SERVICES))
        await stop_while_the_broker_is_away(run)

    run = await disturbed(world, cluster, seed, stop)
    assert sorted(run.keeper.stops) == sorted(2 * [(name, 0) for name in SERVICES])
