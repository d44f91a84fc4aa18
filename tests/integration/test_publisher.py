"""The publisher on the real broker: what the broker refuses costs that one message."""

import asyncio
import os

import pytest

from shared.delivery import Outgoing, Publisher
from shared.errors import DeadLetter
from shared.events import CrawlRequested
from shared.settings import DeliverySettings
from shared.topics import CRAWL_REQUESTS
from tests.support.cluster import Cluster


def request(url: str) -> Outgoing:
    return Outgoing(topic=CRAWL_REQUESTS, key="contoh.id", event=CrawlRequested(url=url))


async def test_what_the_broker_refuses_as_too_large_leaves_the_way_open_for_what_follows(cluster: Cluster) -> None:
    publisher = Publisher("test", cluster.kafka, DeliverySettings())
    await publisher.start()
    large = request("https://contoh.id/" + os.urandom(2 * CRAWL_REQUESTS.max_message_bytes).hex())
    await publisher.publish(request("https://contoh.id/1"))
    with pytest.raises(DeadLetter, match="too_large"):
        await publisher.publish(large)
    await publisher.publish(request("https://contoh.id/2"))
    results = await asyncio.gather(
        publisher.publish(large), *(publisher.publish(request(f"https://contoh.id/{n}")) for n in range(3, 30)),
        return_exceptions=True,
    )  # fmt: skip
    await publisher.stop()
    assert [type(result) for result in results].count(DeadLetter) == 1
    found = {event.event.url for event in await cluster.events(CRAWL_REQUESTS)}
    assert found == {f"https://contoh.id/{n}" for n in range(1, 30)}
