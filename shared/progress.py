"""How far the services are: records in each topic, and what each group has yet to commit."""

from typing import Any, Self

import msgspec
import stamina

from shared import kafka
from shared.partitions import partitions
from shared.settings import KafkaSettings
from shared.topics import CONSUMERS, TOPICS, group_of

RETRY_SECONDS = 20.0


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """`records` by topic (first to last offset kept), `lags` by service and topic: records not yet committed."""

    records: dict[str, int]
    lags: dict[str, dict[str, int]]

    @property
    def lag(self) -> int:
        """All services' lag."""
        return sum(lag for by_topic in self.lags.values() for lag in by_topic.values())


class ProgressReader:
    """Reads `Progress` over one connection. `async with ProgressReader(settings) as reader: await reader.read()`."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._consumer: Any = kafka.consumer(settings, client_id="warta-progress")
        self._admin: Any = kafka.admin(settings)

    async def __aenter__(self) -> Self:
        await kafka.start(self._consumer, self._settings)
        await kafka.start(self._admin, self._settings)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await kafka.leave(self._consumer)
        await self._admin.close()

    async def read(self) -> Progress:
        """The state now. Topics that don't exist yet count as empty. Waits for a broker that has just started."""
        async for attempt in stamina.retry_context(on=kafka.passes, attempts=None, timeout=RETRY_SECONDS):
            with attempt:
                return await self._read()
        raise AssertionError("unreachable")

    async def _read(self) -> Progress:
        present = set(await self._admin.list_topics())
        topics = [topic for topic in TOPICS.values() if topic.name in present]
        everywhere = [partition for topic in topics for partition in partitions(topic)]
        ends = await self._consumer.end_offsets(everywhere)
        begins = await self._consumer.beginning_offsets(everywhere)
        lags: dict[str, dict[str, int]] = {}
        for service, reads in CONSUMERS.items():
            wanted = [partition for topic in reads if topic.name in present for partition in partitions(topic)]
            committed = await kafka.committed(self._admin, group_of(service), wanted)
            lags[service] = {
                topic.name: sum(
                    ends[p] - max(begins[p], committed[p].offset) for p in partitions(topic) if p in committed
                )
                for topic in reads
            }
        records = {topic.name: sum(ends[p] - begins[p] for p in partitions(topic)) for topic in topics}
        return Progress(records=records, lags=lags)
