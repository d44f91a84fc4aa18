"""A slow and torn network between the services and Kafka, in mid-stream."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings import KafkaSettings
from stack import Stack
from tests.servers import reporter
from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed
from tests.support.proxied_broker import ProxiedBroker
from tests.support.proxies import TcpProxy

pytestmark = pytest.mark.timeout(1200)
FAULTS = ("delay", "cut", "reset", "refuse", "blackhole", "forget")


@pytest.fixture(scope="module")
def broker(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedBroker]:
    with ProxiedBroker(tmp_path_factory.mktemp("proxied"), report=reporter(pytestconfig)) as broker:
        yield broker


async def test_delays_cuts_resets_and_connections_that_hang(
    stack: Stack, broker: ProxiedBroker, tmp_path: Path, world: World, seed: int
) -> None:
    cluster = Cluster(stack, tmp_path)
    cluster.kafka = KafkaSettings(bootstrap_servers=broker.direct)

    async def faults(run: Run) -> None:
        for fault in run.rng.sample(FAULTS, len(FAULTS)):
            await run.moment(0.5, 2)
            await torn(run, broker.proxy, fault)

    try:
        await disturbed(world, cluster, seed, faults, {"WARTA_KAFKA_BOOTSTRAP_SERVERS": broker.through})
    finally:
        broker.proxy.heal()
        cluster.end()
    assert broker.proxy.resets


async def torn(run: Run, proxy: TcpProxy, fault: str) -> None:
    """One kind of trouble for some seconds, then a whole network again."""
    run.say(f"the network: {fault}")
    match fault:
        case "delay":
            proxy.delay(run.rng.uniform(0.05, 0.5))
            await run.moment(3, 6)
        case "cut":
            for _ in range(4):
                proxy.cut_after(run.rng.randrange(20_000))
                await run.moment(0.5, 2)
        case "reset":
            for _ in range(4):
                proxy.reset()
                await run.moment(0.2, 1.5)
        case "refuse":
            proxy.refuse()
            await run.moment(2, 12)
        case "blackhole":
            proxy.blackhole()
            await run.moment(4, 15)
        case "forget":
            proxy.forget()
            await run.moment(0.5, 2)
    proxy.heal()
