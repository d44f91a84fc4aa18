"""The only broker killed and restarted in mid-stream, at once or after a while."""

import pytest

from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed
from tests.support.faults import restart_broker

pytestmark = pytest.mark.timeout(1200)


async def test_kill_9_and_restart_of_the_broker_twice(cluster: Cluster, world: World, seed: int) -> None:
    async def twice(run: Run) -> None:
        await restart_broker(run)
        await restart_broker(run)

    await disturbed(world, cluster, seed, twice)
