"""The parser's and the indexer's real code between a log and an index in memory, driven step by step."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, cast

import pytest
import structlog

import services.indexer.app
from operations.checksum import articles_checksum
from services.parser.app import dropped, published
from services.parser.parse import Parsed
from shared import codec, search
from shared.articles import Article
from shared.clock import utcnow
from shared.codec import Envelope
from shared.delivery import LogFields, Outgoing, Record, Work, deliver, pure
from shared.documents import ARTICLES_READ, ARTICLES_WRITE
from shared.errors import DeadLetter, Skip
from shared.events import Event, PageFetched
from shared.health import Health
from shared.service import Context
from shared.settings import DeliverySettings, ElasticsearchSettings, HealthSettings, KafkaSettings
from shared.topics import ARTICLES_INDEXED, ARTICLES_PARSED, PAGES_FETCHED, PAGES_OUTCOMES, Topic
from tests.support.fakes.elasticsearch import DiedError, FakeElasticsearch
from tests.support.fakes.log import FakeLog, FakePublisher, FakeRecord

Service = Literal["parser", "indexer"]
READS: dict[Service, Topic] = {"parser": PAGES_FETCHED, "indexer": ARTICLES_PARSED}
# Where each service's record may end, beside the dead letters of its topic.
ENDS: dict[Service, tuple[Topic, ...]] = {
    "parser": (ARTICLES_PARSED, PAGES_OUTCOMES), "indexer": (ARTICLES_INDEXED,),
}  # fmt: skip
INDEX = "articles-000001"
PUBLISHED = {"term": {"status": "published"}}


class Pipeline:
    """Topics, an index, and the two services. `dying_at` counts down appends until the process that sends dies.

    `indexed_up_to` is what the indexer has once committed, by partition, whatever it reads again.
    """

    def __init__(self) -> None:
        self.log = FakeLog()
        self.elasticsearch = FakeElasticsearch()
        self.elasticsearch.create(INDEX, {ARTICLES_READ: PUBLISHED, ARTICLES_WRITE: None})
        self.dying_at: int | None = None
        self.indexed_up_to: dict[int, int] = {}
        self._ended: set[FakeRecord] = set()
        self._works: dict[Service, Work] = {}
        self._indexer: asyncio.Task[None] | None = None
        self._client = self.elasticsearch.client()

    def put(self, topic: Topic, key: str, event: Event) -> FakeRecord:
        """An event from outside."""
        headers, value = codec.encode(codec.wrap(event, source="/test", time=utcnow()))
        return self.log.append(topic.name, key.encode(), value, headers)

    def again(self, record: FakeRecord) -> None:
        """The same bytes once more, as a producer's retry or a replay has it."""
        self.log.append(record.topic, record.key, record.value, list(record.headers))

    def waiting(self, service: Service) -> list[int]:
        """The partitions with records that the service hasn't committed."""
        topic = READS[service]
        return [n for n in range(topic.partitions) if self._next(service, n) < self.log.end(topic.name, n)]

    async def step(self, service: Service, partition: int, most: int, *, commit: bool = True) -> bool:
        """Deliver at most `most` records and commit. False if the process died on the way, with nothing committed.

        Without `commit` it dies, or loses the partition, between the two.
        """
        topic = READS[service]
        records = self.log.read(topic.name, partition, self._next(service, partition), most)
        work = await self._work(service)
        try:
            await _all(self._deliver(service, record, work) for record in records)
        except DiedError:
            await self.kill(service)
            return False
        if commit:
            after = records[-1].offset + 1 if records else self.log.end(topic.name, partition)
            self.log.commit(service, topic.name, partition, after)
            if service == "indexer":
                self.indexed_up_to[partition] = max(after, self.indexed_up_to.get(partition, 0))
        return True

    async def kill(self, service: Service) -> None:
        """End the process: what it held in memory is gone."""
        self.dying_at = None
        self._works.pop(service, None)
        if service == "indexer" and self._indexer:
            self._indexer.cancel()
            await asyncio.wait({self._indexer})
            self._indexer = None

    async def drain(self) -> None:
        """Let both work undisturbed until nothing waits."""
        self.elasticsearch.faults.clear()
        self.dying_at = None
        while any(waiting := {service: self.waiting(service) for service in READS}.values()):
            for service, partitions in zip(READS, waiting, strict=True):
                for partition in partitions:
                    assert await self.step(service, partition, 100)

    async def contents(self) -> dict[str, tuple[Any, ...]]:
        """What convergence compares, by id; with the operator's checksum as one more entry."""
        found = await self._client.search(index=ARTICLES_WRITE, size=1000)
        rows = {hit["_id"]: tuple(hit["_source"].get(name) for name in ("version", "content_hash", "status"))
                for hit in found["hits"]["hits"]}  # fmt: skip
        checksum = await articles_checksum(self._client)
        return {**rows, "checksum": (checksum.count, checksum.hash)}

    def unended(self) -> list[tuple[Service, FakeRecord]]:
        """What has been committed, compacted away or not, though its end isn't in the log.

        An end is an output that names the record as its cause, or its dead letter; of an article also that its version,
        or a newer one, is searchable. What has ended once stays so.
        """
        missing: list[tuple[Service, FakeRecord]] = []
        for service, topic in READS.items():
            for record in self.log.ever:
                if record.topic != topic.name or record in self._ended:
                    continue
                if record.offset < self._next(service, record.partition):
                    if self._has_end(service, record):
                        self._ended.add(record)
                    else:
                        missing.append((service, record))
        return missing

    def _has_end(self, service: Service, record: FakeRecord) -> bool:
        if service == "indexer":
            event = codec.decode(record.headers, record.value).event
            if (self.elasticsearch.visible_version(INDEX, event.article_id) or 0) < event.version:
                return False
        topics = {topic.name for topic in ENDS[service]} | {READS[service].dlq}
        cause = dict(record.headers)["ce_id"]
        where = {"ce_sourcepartition": b"%d" % record.partition, "ce_sourceoffset": b"%d" % record.offset}
        for other in self.log.ever:
            headers = dict(other.headers)
            if other.topic in topics and (headers.get("ce_cause") == cause or where.items() <= headers.items()):
                return True
        return False

    async def close(self) -> None:
        """End what runs."""
        for service in READS:
            await self.kill(service)
        await self._client.close()

    def _next(self, service: Service, partition: int) -> int:
        return self.log.committed(service, READS[service].name, partition) or 0

    async def _deliver(self, service: Service, record: FakeRecord, work: Work) -> None:
        publisher = FakePublisher(service, self.log, self._sending)
        await deliver(
            cast("Record", record), work, publisher, Health(service, HealthSettings.model_construct()), action="tested"
        )

    def _sending(self, _when: str) -> None:
        if self.dying_at is not None:
            self.dying_at -= 1
            if self.dying_at < 0:
                raise DiedError

    async def _work(self, service: Service) -> Work:
        if service not in self._works:
            self._works[service] = parse if service == "parser" else await self._started()
        return self._works[service]

    async def _started(self) -> Work:
        """The indexer's own `run`, with our server for its client and these steps for its consumer."""
        given: asyncio.Future[Work] = asyncio.get_running_loop().create_future()

        async def consume(_context: Context, _topic: Topic, work: Work, **_options: Any) -> None:
            given.set_result(work)
            await asyncio.Event().wait()

        unused: Any = None
        context = Context(
            service="indexer", instance="fake", kafka=KafkaSettings.model_construct(),
            elasticsearch=ElasticsearchSettings.model_construct(), delivery=DeliverySettings.model_construct(),
            health=Health("indexer", HealthSettings.model_construct()), publisher=FakePublisher("indexer", self.log),
            attempts=unused, watch=unused, stopping=asyncio.Event(),
        )  # fmt: skip
        with pytest.MonkeyPatch.context() as seams:
            seams.setattr(services.indexer.app, "consume", consume)
            seams.setattr(search, "client", lambda _settings: self.elasticsearch.client())
            self._indexer = asyncio.create_task(services.indexer.app.run(context))
            return await given


async def parse(envelope: Envelope[Any], _fields: LogFields) -> list[Outgoing]:
    """The parser's work, but for the parsing: a page's body is its title, or says that there is none."""
    page: PageFetched = envelope.event
    if page.body == b"listing":
        return pure(dropped, page, Skip("listing"), max_depth=0)
    if page.body == b"broken":
        raise DeadLetter("undecodable_page")
    article = Article(title=page.body.decode(), canonical_url=page.url, site="contoh.id", body=("Isi.",))
    return pure(published, page, Parsed(article=article, links=()), max_depth=0)


async def _all(work: Iterator[Any]) -> None:
    """All at once; when one fails, the rest ends with it, as in a process that dies."""
    tasks = [asyncio.ensure_future(one) for one in work]
    if not tasks:
        return
    try:
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
        assert not pending
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the log lines, one for each record."""
    with structlog.testing.capture_logs():
        yield
