"""The newest version of an article that anybody has published: what an older one must not be published behind.

articles.parsed is compacted, so the last record of a key stays, not the newest version. The index knows the newest
version of all that the indexer has committed; what it has not yet is read here, and kept up with.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

import msgspec
import stamina
from aiokafka import TopicPartition
from elasticsearch import AsyncElasticsearch

from operations.ranges import records
from shared import codec, kafka
from shared.coalesce import Coalescer
from shared.documents import ARTICLES_WRITE
from shared.partitions import partitions
from shared.settings import KafkaSettings
from shared.topics import ARTICLES_PARSED, group_of

MOST_AT_ONCE = 500
MOST_AT_A_POLL = 50
COORDINATOR_SECONDS = 20.0


class _Versioned(msgspec.Struct):
    version: int


class Newest:
    """`async with Newest(client, settings, but_from=source) as newest`: then `await newest.version(article_id)`.

    Events of the source `but_from` (one's own) don't count. Raises what the Elasticsearch client raises.
    """

    def __init__(self, client: AsyncElasticsearch, settings: KafkaSettings, *, but_from: str) -> None:
        self._client = client
        self._settings = settings
        self._but_from = but_from.encode()
        self._published: dict[bytes, int] = {}
        self._stored = Coalescer[str, int](self._look_up, most=MOST_AT_ONCE)
        self._consumer: Any = kafka.consumer(settings, client_id="warta-newest")
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await kafka.start(self._consumer, self._settings)
        try:
            await self._read_to_the_end()
        except BaseException:
            await self._consumer.stop()
            raise
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._following:
            self._following.cancel()
            await asyncio.wait({self._following})
        await self._consumer.stop()

    async def version(self, article_id: str) -> int:
        """The newest version of `article_id`, published article or removal; -1 when there is none."""
        if self._following and self._following.done():
            self._following.result()
        stored = await self._stored(article_id)
        return max(stored, self._published.get(article_id.encode(), -1))

    async def _look_up(self, ids: Sequence[str]) -> list[int | Exception]:
        answer = await self._client.mget(
            index=ARTICLES_WRITE, ids=list(ids), source=False, filter_path="docs._version,docs.found,docs.error"
        )
        return [int(doc["_version"]) if doc.get("found") else -1 for doc in answer["docs"]]

    async def _read_to_the_end(self) -> None:
        everywhere = partitions(ARTICLES_PARSED)
        begins = await self._consumer.beginning_offsets(everywhere)
        ends = await self._consumer.end_offsets(everywhere)
        committed = await self._committed()
        starts = {p: max(begins[p], committed[p].offset) for p in everywhere}
        async for record in records(self._consumer, {p: (starts[p], ends[p]) for p in everywhere}):
            self._take(record)
        self._consumer.assign(everywhere)
        for partition in everywhere:
            self._consumer.seek(partition, max(starts[partition], ends[partition]))

    async def _committed(self) -> dict[TopicPartition, kafka.Committed]:
        admin = kafka.admin(self._settings)
        await kafka.start(admin, self._settings)
        try:
            async for attempt in stamina.retry_context(on=kafka.passes, attempts=None, timeout=COORDINATOR_SECONDS):
                with attempt:  # a broker without any group yet has to make room for them first
                    return await kafka.committed(admin, group_of("indexer"), partitions(ARTICLES_PARSED))
        finally:
            await admin.close()
        raise AssertionError("unreachable")

    async def _follow(self) -> None:
        while True:
            for batch in (await self._consumer.getmany(timeout_ms=200, max_records=MOST_AT_A_POLL)).values():
                for record in batch:
                    self._take(record)

    def _take(self, record: Any) -> None:
        if record.key is None or dict(record.headers).get("ce_source") == self._but_from:
            return
        try:
            version = msgspec.json.decode(record.value or b"", type=_Versioned).version
        except codec.UNDECODABLE:
            return  # the indexer makes a dead letter of it
        if version > self._published.get(record.key, -1):
            self._published[record.key] = version
