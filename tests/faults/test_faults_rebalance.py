"""A rebalance storm in mid-stream: workers of all services join and leave, gracefully or not."""

import asyncio

import pytest

from cli.supervise import SERVICES
from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed
from tests.support.keeper import Worker

pytestmark = pytest.mark.timeout(900)
MOST_EXTRA = 4


async def test_workers_that_come_and_go(cluster: Cluster, world: World, seed: int) -> None:
    await disturbed(world, cluster, seed, lambda run: storm(run, changes=14))


async def storm(run: Run, *, changes: int) -> None:
    """Every second or two a worker joins, or leaves by SIGTERM or kill -9; at last all extra ones leave."""
    extra: list[Worker] = []
    leaving: list[asyncio.Task[int]] = []
    for _ in range(changes):
        await run.moment(0.7, 2)
        joins = len(extra) < MOST_EXTRA and (not extra or run.rng.random() < 0.55)
        if joins:
            name = run.rng.choice(SERVICES)
            run.say(f"another {name} joins")
            extra.append(run.keeper.start(name, extra=True))
            continue
        worker = extra.pop(run.rng.randrange(len(extra)))
        if run.rng.random() < 0.5:
            run.say(f"a {worker.name} is killed")
            run.keeper.kill(worker)
        else:
            run.say(f"a {worker.name} is told to stop")
            leaving.append(asyncio.create_task(run.keeper.stop(worker)))
    for worker in extra:
        leaving.append(asyncio.create_task(run.keeper.stop(worker)))
    await asyncio.gather(*leaving)
