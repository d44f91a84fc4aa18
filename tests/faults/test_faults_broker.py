"""The only broker killed and restarted in mid-stream, at once and after a while."""

import asyncio

import pytest

from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed

pytestmark = pytest.mark.timeout(900)


async def test_kill_9_and_restart_of_the_broker_twice(cluster: Cluster, world: World, seed: int) -> None:
    async def kill(run: Run) -> None:
        for pause in (0.0, run.rng.uniform(5, 15)):
            await run.moment(0.5, 4)
            run.say(f"kill -9 kafka, back after {pause:.1f} s")
            await asyncio.to_thread(cluster.stack.kill, "kafka")
            await asyncio.sleep(pause)
            await asyncio.to_thread(cluster.stack.restart, "kafka")
            run.say("kafka is back")

    await disturbed(world, cluster, seed, kill)
