"""Stored pages parsed again by the parser of now, beside the running services: the same events with the same ids."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, aclosing
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from msgspec import structs

from operations.newest import Newest
from operations.ranges import records, require_topics
from operations.replay_delivery import END_FIELD, End, delivery, rehearsal
from operations.replay_pages import Reached, Scope, Selection, scope_of
from services.parser.app import dropped, published
from services.parser.pool import ParserPool, PoolSettings
from shared import codec, kafka, search
from shared.articles import PARSER_REVISION
from shared.codec import Envelope
from shared.delivery import LogFields, Outgoing, Publisher, pure
from shared.errors import DeadLetter, Retry, Skip
from shared.events import ArticleParsed, PageFetched
from shared.settings import DeliverySettings, ElasticsearchSettings, KafkaSettings
from shared.topics import MIB, PAGES_FETCHED

SERVICE = "replay"
PAGES_PER_WORKER = 8
MOST_BYTES_AT_ONCE = 32 * MIB


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of what a replay talks to."""

    kafka: KafkaSettings
    elasticsearch: ElasticsearchSettings
    delivery: DeliverySettings


class Replay:
    """One replay: `await replay.run(stopping)`; its attributes say what came of it, after an error too.

    `ends` counts the pages by what became of them: `article`, `superseded` (not published, because a newer version or
    a removal is), `dropped: reason` or `dead letter: reason`. `equal` of the articles had a version that was there
    already. `no_pages` are records that are no pages at all. What is not done was stored at `go_on_from` or later.
    `report` is told how many records of how many have been read, `warn` what a person should know.
    """

    def __init__(
        self, selection: Selection, servers: Servers, pool: PoolSettings, *,
        dry_run: bool = False, revision: int = PARSER_REVISION,
        report: Callable[[int, int], None] = lambda _done, _total: None,
        warn: Callable[[str], None] = lambda _why: None,
    ) -> None:  # fmt: skip
        self._selection = selection
        self._servers = servers
        self._pool_settings = pool
        self._dry_run = dry_run
        self._revision = revision
        self._report = report
        self._warn = warn
        self.ends: Counter[str] = Counter()
        self.equal = 0
        self.no_pages = 0
        self.began = False
        self.go_on_from: datetime | None = selection.stored_from

    async def run(self, stopping: asyncio.Event) -> None:
        """Work up to the present end of the topic, or until `stopping` is set: then the batch in work is finished.

        To run it again is harmless. Raises `KafkaUnreachableError` and `TooManyDeadLettersError`.
        """
        kafka_settings = self._servers.kafka
        async with AsyncExitStack() as stack:
            consumer: Any = kafka.consumer(kafka_settings, client_id="warta-replay")
            await kafka.start(consumer, kafka_settings)
            stack.push_async_callback(consumer.stop)
            await require_topics(kafka_settings)
            scope = await scope_of(self._selection, consumer)
            if scope.kept_from:
                self._warn(f"{PAGES_FETCHED.name} has pages from {scope.kept_from.isoformat()} on: older ones are gone")
            client = await stack.enter_async_context(search.client(self._servers.elasticsearch))
            self._newest = await stack.enter_async_context(Newest(client, kafka_settings, but_from=f"/warta/{SERVICE}"))
            end: End = rehearsal
            if not self._dry_run:
                publisher = Publisher(SERVICE, kafka_settings, self._servers.delivery, waiting=self._warn)
                await publisher.start()
                stack.push_async_callback(publisher.stop)
                end = delivery(publisher)
            self._pool = ParserPool(self._pool_settings)
            await self._pool.start()
            stack.push_async_callback(self._pool.stop)
            await self._through(consumer, scope, end, stopping)

    async def _through(self, consumer: Any, scope: Scope, end: End, stopping: asyncio.Event) -> None:
        at_once = PAGES_PER_WORKER * self._pool_settings.workers
        reached = Reached(scope, self._selection.stored_from)
        self.began = True
        read = size = 0
        batch: list[Any] = []
        async with aclosing(records(consumer, scope.ranges)) as reading:
            async for record in reading:
                read += 1
                reached.read(record)
                if self._takes(record):
                    batch.append(record)
                    size += len(record.value or b"")
                if len(batch) >= at_once or size >= MOST_BYTES_AT_ONCE or stopping.is_set():
                    await self._batch(batch, end)
                    batch, size = [], 0
                if not batch:
                    self.go_on_from = reached.go_on_from
                self._report(read, scope.total)
                if stopping.is_set() and not batch:
                    return
        await self._batch(batch, end)
        self.go_on_from = None

    def _takes(self, record: Any) -> bool:
        try:
            event = codec.decode(record.headers, record.value).event
        except DeadLetter:
            event = None
        if not isinstance(event, PageFetched):
            self.no_pages += 1
            return False
        return self._selection.takes(event)

    async def _batch(self, batch: list[Any], end: End) -> None:
        """Parse all at once; publish in the order of each partition, so that a key's newest version is its last."""
        last: dict[int, asyncio.Task[str]] = {}
        tasks: list[asyncio.Task[str]] = []
        for record in batch:
            work = partial(self._work, before=last.get(record.partition))
            last[record.partition] = task = asyncio.create_task(end(record, work))
            tasks.append(task)
        try:
            self.ends.update(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def _work(
        self, envelope: Envelope[Any], fields: LogFields, *, before: asyncio.Task[str] | None
    ) -> list[Outgoing]:
        page: PageFetched = structs.replace(envelope.event, found_by="replay")
        try:
            outgoing = await self._parsed(page, fields)
        finally:
            if before is not None:
                await asyncio.wait({before})
        if before is not None:
            before.result()
        if isinstance(event := outgoing[0].event, ArticleParsed):
            newest = await self._newest_version(event.article_id)
            if newest > event.version:
                fields[END_FIELD] = "superseded"
                return []
            self.equal += newest == event.version
        return outgoing

    async def _parsed(self, page: PageFetched, fields: LogFields) -> list[Outgoing]:
        try:
            parsed = await self._pool.parse(page)
        except Skip as skip:
            fields[END_FIELD] = f"dropped: {skip.reason}"
            return pure(dropped, page, skip, max_depth=0)
        fields[END_FIELD] = "article"
        return pure(published, page, parsed, max_depth=0, revision=self._revision)

    async def _newest_version(self, article_id: str) -> int:
        try:
            return await self._newest.version(article_id)
        except search.CLIENT_ERRORS as error:
            why = search.instruction(error)
            if isinstance(why, Retry):
                self._warn(f"waiting for {why.dependency}")
            raise why from None
