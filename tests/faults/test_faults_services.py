"""kill -9 and SIGTERM of the services in mid-stream."""

import pytest

from cli.supervise import SERVICES
from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed

pytestmark = pytest.mark.timeout(900)


async def test_kill_9_of_every_service_twice(cluster: Cluster, world: World, seed: int) -> None:
    async def kill(run: Run) -> None:
        order = [*SERVICES, *SERVICES]
        run.rng.shuffle(order)
        for name in order:
            await run.moment(0.2, 2.5)
            run.say(f"kill -9 {name}")
            await run.keeper.crash(name, run.rng.uniform(0, 1))

    await disturbed(world, cluster, seed, kill)


async def test_sigterm_in_mid_batch_ends_each_service_in_time_with_0(cluster: Cluster, world: World, seed: int) -> None:
    async def stop(run: Run) -> None:
        order = [*SERVICES]
        run.rng.shuffle(order)
        for name in order:
            await run.moment()
            run.say(f"SIGTERM {name}")
            worker = run.keeper.main(name)
            code = await run.keeper.stop(worker, patience=run.stop_seconds + 15)
            run.say(f"{name} ended with {code}")
            run.keeper.start(name)

    run = await disturbed(world, cluster, seed, stop)
    assert [name for name, code in run.keeper.stops if code == 0] == [name for name, _ in run.keeper.stops]
    assert len(run.keeper.stops) == len(SERVICES)
