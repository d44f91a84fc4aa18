"""A broker that goes away while a service starts: the service waits, and begins when it is back."""

import asyncio

from tests.support.cluster import Cluster, until
from tests.support.echo import all_done, echo, requests
from tests.support.proxies import TcpProxy


async def test_the_stream_processor_starts_when_the_broker_is_back(cluster: Cluster) -> None:
    """Its first connection leads to the proxy, the others past it."""
    await cluster.publish(requests(5, "x", "a"))
    with TcpProxy(int(cluster.kafka.bootstrap_servers.rpartition(":")[2])) as proxy:
        service = echo(cluster, "late", WARTA_KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{proxy.port}")

        async def connected() -> bool:
            return '"service.started"' in service.text()

        await until(connected, why=service.text)
        await asyncio.to_thread(proxy.refuse)

        async def waits() -> bool:
            return service.text().count("_App]: Starting") >= 2

        await until(waits, why=service.text)
        await asyncio.to_thread(proxy.heal)
        await until(lambda: all_done(cluster, {f"a{n}" for n in range(5)}), why=service.text)
        assert service.stop() == 0
