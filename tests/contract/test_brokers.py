"""The cluster of three that the fault tests break: one broker's death or freeze loses nothing and stops nobody."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from shared import kafka
from shared.settings import KafkaSettings
from shared.topics import RELATED_REQUESTS
from tests.support.brokers import Brokers
from tests.support.cluster import until

TOPIC = RELATED_REQUESTS


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Brokers]:
    brokers = Brokers(tmp_path, report=lambda _line: None)
    try:
        brokers.up()
        yield brokers
    finally:
        brokers.down()


async def in_sync(settings: KafkaSettings) -> set[int]:
    """The brokers that hold every partition of the topic in sync."""
    admin = kafka.admin(settings)
    await kafka.start(admin, settings)
    try:
        (described,) = await admin.describe_topics([TOPIC.name])
    finally:
        await admin.close()
    return set.intersection(*(set(partition["isr"]) for partition in described["partitions"]))


async def values(settings: KafkaSettings, wanted: set[bytes]) -> set[bytes]:
    consumer = kafka.consumer(settings, TOPIC, client_id="test", group_id="test-brokers")
    await kafka.start(consumer, settings)
    found: set[bytes] = set()

    async def all_found() -> bool:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found.update(record.value for record in records)
        return wanted <= found

    try:
        await until(all_found, why=lambda: f"missing {len(wanted - found)}")
    finally:
        await consumer.stop()
    return found


async def test_one_broker_killed_or_frozen_loses_nothing_and_comes_back(brokers: Brokers) -> None:
    settings = KafkaSettings(bootstrap_servers=brokers.bootstrap_servers, replication_factor=3, min_insync_replicas=2)
    await kafka.create_topics(settings, lambda _line: None)
    await until(lambda: _topics_there(settings))  # each broker learns of them in its own time
    acknowledged: set[bytes] = set()
    producer = AIOKafkaProducer(  # ours gives a frozen broker 30 s
        bootstrap_servers=settings.bootstrap_servers, acks="all", enable_idempotence=True, request_timeout_ms=4000
    )
    await producer.start()

    async def produce_on() -> None:
        while True:
            value = b"%d" % len(acknowledged)
            await producer.send_and_wait(TOPIC.name, value, key=value)
            acknowledged.add(value)

    async def more(than: int) -> Any:
        if producing.done():
            producing.result()
        return len(acknowledged) > than

    async def goes_on() -> None:
        wanted = len(acknowledged) + 20
        await until(lambda: more(wanted), every=0.05)

    producing = asyncio.create_task(produce_on())
    try:
        await goes_on()
        for broken in (brokers.kill, brokers.pause):
            victim = 1 if broken == brokers.kill else 2
            await asyncio.to_thread(broken, victim)
            await goes_on()
            await until(lambda victim=victim: _without(settings, victim))  # type: ignore[misc]
            mend = brokers.restart if broken == brokers.kill else brokers.resume
            await asyncio.to_thread(mend, victim)
            await until(lambda: _complete(settings))
            await goes_on()
    finally:
        producing.cancel()
        await asyncio.gather(producing, return_exceptions=True)
        await producer.stop()
    assert await values(settings, acknowledged) >= acknowledged


async def _topics_there(settings: KafkaSettings) -> bool:
    return await kafka.missing_topics(settings) == []


async def _without(settings: KafkaSettings, victim: int) -> bool:
    return victim not in await in_sync(settings)


async def _complete(settings: KafkaSettings) -> bool:
    return await in_sync(settings) == {1, 2, 3}
