"""Where the topics and the groups stand at one moment."""

import time
from datetime import datetime
from typing import Any, Self

import msgspec
import stamina
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from operations.audit.report import ExpiredUnread
from shared import kafka
from shared.clock import utcnow
from shared.errors import WartaError
from shared.settings import KafkaSettings
from shared.topics import CONSUMERS, TOPICS, group_of

RETRY_SECONDS = 20.0
# Clocks of producers differ, and a partition's times aren't quite in order.
SLACK_MS = 60_000


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """`begins` and `ends` are offsets of all topics, `committed` those of the groups, 0 where there is none.

    `since` says by topic from when on it has everything, 0 if nothing has expired.
    """

    at: datetime
    begins: dict[TopicPartition, int]
    ends: dict[TopicPartition, int]
    committed: dict[TopicPartition, int]
    since: dict[str, int]

    def partitions(self, topic: str) -> list[TopicPartition]:
        """Those of one topic."""
        return [partition for partition in self.ends if partition.topic == topic]

    @property
    def expired_unread(self) -> tuple[ExpiredUnread, ...]:
        """What retention took before it was read. Compaction moves no partition's beginning, so it doesn't show."""
        service_of = {topic.name: service for service, reads in CONSUMERS.items() for topic in reads}
        return tuple(
            ExpiredUnread(
                service=service_of[partition.topic], topic=partition.topic, partition=partition.partition,
                records=self.begins[partition] - offset,
            )
            for partition, offset in sorted(self.committed.items())
            if offset < self.begins[partition]
        )  # fmt: skip


class Scout:
    """Takes cuts. `async with Scout(settings) as scout: await scout.cut()`."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._consumer: Any = kafka.consumer(settings, client_id="warta-audit-cut")
        self._admin: Any = kafka.admin(settings)

    async def __aenter__(self) -> Self:
        await kafka.start(self._consumer, self._settings)
        await kafka.start(self._admin, self._settings)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def cut(self) -> Cut:
        """The state now. Raises `WartaError` where topics are missing, and waits for a broker that has just started."""
        try:
            async for attempt in stamina.retry_context(on=kafka.passes, attempts=None, timeout=RETRY_SECONDS):
                with attempt:
                    return await self._cut()
        except KafkaError as error:
            raise WartaError(f"Kafka doesn't say how far its topics are: {type(error).__name__}") from None
        raise AssertionError("unreachable")

    async def _cut(self) -> Cut:
        partitions = await self._partitions()
        # In this order: what is committed has its outputs before the ends, and wasn't yet expired at the beginnings.
        begins = await self._consumer.beginning_offsets(partitions)
        committed = await self._committed(partitions)
        at = utcnow()
        ends = await self._consumer.end_offsets(partitions)
        return Cut(at=at, begins=begins, ends=ends, committed=committed, since=await self._since(begins))

    async def _partitions(self) -> list[TopicPartition]:
        described = await self._admin.describe_topics(list(TOPICS))
        missing = sorted(topic["topic"] for topic in described if not topic["partitions"])
        if missing:
            raise WartaError(f"there is no topic {', '.join(missing)}: run `./warta bootstrap`")
        return [TopicPartition(topic["topic"], one["partition"]) for topic in described for one in topic["partitions"]]

    async def _committed(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        found: dict[TopicPartition, int] = {}
        for service, reads in CONSUMERS.items():
            names = {topic.name for topic in reads}
            wanted = [partition for partition in partitions if partition.topic in names]
            committed = await kafka.committed(self._admin, group_of(service), wanted)
            found |= {one: max(0, committed[one].offset) for one in wanted}
        return found

    async def _since(self, begins: dict[TopicPartition, int]) -> dict[str, int]:
        since = dict.fromkeys(TOPICS, 0)
        cut_short = {partition: 0 for partition, begin in begins.items() if begin > 0}
        if not cut_short:
            return since
        now = time.time_ns() // 1_000_000
        first = await self._consumer.offsets_for_times(cut_short)
        for partition, found in first.items():
            # An empty partition has lost what is older than its retention; nothing younger.
            at = found.timestamp if found is not None else now - (TOPICS[partition.topic].retention_ms or 0)
            since[partition.topic] = max(since[partition.topic], at + SLACK_MS)
        return since
