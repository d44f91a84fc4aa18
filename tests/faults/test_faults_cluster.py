"""Three brokers, replication 3, two in sync: one of them killed or frozen and back, then another, in mid-stream."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings import KafkaSettings
from stack import Stack
from tests.servers import reporter
from tests.support.brokers import COUNT, Brokers
from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def brokers(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brokers]:
    brokers = Brokers(tmp_path_factory.mktemp("brokers"), report=reporter(pytestconfig))
    brokers.up()
    try:
        yield brokers
    finally:
        brokers.down()


async def test_one_of_three_brokers_killed_and_another_frozen(
    stack: Stack, brokers: Brokers, tmp_path: Path, world: World, seed: int
) -> None:
    cluster = Cluster(stack, tmp_path)
    cluster.kafka = KafkaSettings(
        bootstrap_servers=brokers.bootstrap_servers, replication_factor=3, min_insync_replicas=2
    )

    async def faults(run: Run) -> None:
        killed, frozen, last = run.rng.sample(range(1, COUNT + 1), 3)
        for number in (killed, last):
            await run.moment(0.5, 3)
            run.say(f"kill -9 broker {number}")
            await asyncio.to_thread(brokers.kill, number)
            await run.moment(3, 8)
            await asyncio.to_thread(brokers.restart, number)
            run.say(f"broker {number} is back")
            if number == killed:
                await run.moment(3, 5)
                run.say(f"broker {frozen} freezes")
                brokers.pause(frozen)
                await run.moment(5, 12)
                brokers.resume(frozen)
                run.say(f"broker {frozen} goes on")

    try:
        await disturbed(world, cluster, seed, faults)
    finally:
        cluster.end()
