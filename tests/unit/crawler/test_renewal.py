"""Requests that wait longer than Kafka keeps them, and those that meet what waits: nothing lost, nothing twice."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.crawler import kept_job
from services.crawler.intake import Intake
from services.crawler.job import Job
from services.crawler.partition import Partition
from services.crawler.renewal import RENEW_AFTER, REST, STEP, Renewal
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import Sites
from shared import codec
from shared.codec import Envelope, wrap
from shared.events import CrawlRequested, FetchSettled, FoundBy
from shared.partitions import partition_of
from shared.topics import CRAWL_REQUESTS
from tests.support.fakes.log import FakeLog, FakePublisher

NOW = datetime(2024, 10, 8, 12, 0, tzinfo=UTC)
HOST = "contoh.example"
URL = f"https://{HOST}/baca/1"


class _Calm:
    """What an intake wants to know of attempts and health: nothing here."""

    async def take(self, _records: Any) -> None: ...
    async def begin(self, _records: Any) -> None: ...
    async def wait(self, _records: Any) -> None: ...
    def check(self, _record: Any) -> None: ...
    def blameless(self) -> nullcontext[None]:
        return nullcontext()

    def progressed(self, *_what: Any, **_more: Any) -> None: ...


class Crawler:
    """A partition with its log, as a crawl holds it; a new one on the same log is its next owner."""

    def __init__(self, log: FakeLog, committed: int = 0) -> None:
        self.log = log
        self.partition = Partition(partition_of(HOST, CRAWL_REQUESTS))
        self.publisher = FakePublisher("crawler", log)
        self._position = committed
        context: Any = type("Context", (), {"attempts": _Calm(), "health": _Calm(), "publisher": self.publisher})()
        self._intake = Intake(context, Sites(), CrawlerSettings(), self.enqueue)

    def enqueue(self, job: Job, *, priority: int = 1) -> None:
        work, url = job.key
        self.partition.put(job.host, work, url, kept_job.encode(job), priority=priority, now=NOW, not_before=NOW)

    async def read(self) -> None:
        records: list[Any] = self.log.read(CRAWL_REQUESTS.name, self.partition.number, self._position, 1000)
        await self._intake.take(self.partition, records)
        self._position += len(records)

    def fetch(self) -> Job | None:
        kept = self.partition.frontier.take(NOW + timedelta(days=1))
        if kept is None:
            return None
        job = kept_job.decode(kept, self.partition)
        self.partition.take_in_hand(*job.key, job.envelope.id if job.envelope else None)
        return job

    def end(self, job: Job) -> None:
        event = FetchSettled(url=job.url, outcome="published", settled_at=NOW)
        self.partition.known.note(wrap(event, source="/t", time=NOW, cause=job.envelope))
        self.partition.let_go(*job.key)
        if job.offset is not None:
            self.partition.gaps.ended(job.offset)
        self.partition.frontier.release(job.host, now=NOW, delay=timedelta(0))

    @property
    def committable(self) -> int:
        return self.partition.gaps.committable


def ask(log: FakeLog, url: str = URL, *, at: datetime = NOW, found_by: FoundBy = "feed") -> Envelope[CrawlRequested]:
    envelope = wrap(CrawlRequested(url=url, found_by=found_by, depth=1), source="/t", time=at, root=f"{url} {at}")
    headers, value = codec.encode(envelope)
    log.append(CRAWL_REQUESTS.name, HOST.encode(), value, headers)
    return envelope


async def test_an_old_request_is_renewed_once_and_its_copy_takes_its_place() -> None:
    crawler, renewal = Crawler(FakeLog()), Renewal()
    old = ask(crawler.log)
    await crawler.read()
    await renewal.step(crawler.partition, crawler.publisher, NOW + RENEW_AFTER - timedelta(seconds=1))
    await renewal.step(crawler.partition, crawler.publisher, NOW + RENEW_AFTER)  # the end of the walk, and a rest
    assert len(crawler.log.ever) == 1
    for _ in range(3):
        await renewal.step(crawler.partition, crawler.publisher, NOW + RENEW_AFTER + REST)
    (copy,) = [codec.decode(record.headers, record.value) for record in crawler.log.ever[1:]]
    assert copy.event == old.event
    assert (copy.cause, copy.trace_id) == (old.id, old.trace_id)
    assert crawler.committable == 1
    await crawler.read()
    assert crawler.committable == 1  # the copy is what Kafka keeps it by
    job = crawler.fetch()
    assert job is not None
    assert job.envelope is not None
    assert job.envelope.id == copy.id
    assert crawler.fetch() is None
    crawler.end(job)
    assert crawler.committable == 2


async def test_the_next_owner_has_it_once_whenever_the_crash_comes() -> None:
    log = FakeLog()
    first, renewal = Crawler(log), Renewal()
    ask(log)
    await first.read()
    await renewal.step(first.partition, first.publisher, NOW + RENEW_AFTER)
    for committed in (0, first.committable):
        second = Crawler(log, committed)
        await second.read()
        job = second.fetch()
        assert job is not None
        second.end(job)
        assert second.fetch() is None
        assert second.committable == 2


@pytest.mark.parametrize("found_by", ["feed", "refetch"])
async def test_a_copy_that_is_read_after_the_fetch_is_no_second_one(found_by: FoundBy) -> None:
    crawler, renewal = Crawler(FakeLog()), Renewal()
    ask(crawler.log, found_by=found_by)
    await crawler.read()
    await renewal.step(crawler.partition, crawler.publisher, NOW + RENEW_AFTER)
    job = crawler.fetch()
    assert job is not None
    crawler.end(job)
    await crawler.read()
    assert crawler.fetch() is None
    assert crawler.committable == 2


@pytest.mark.parametrize("found_by", ["feed", "refetch"])
async def test_a_fetch_that_begins_while_its_copy_is_sent_is_the_only_one(found_by: FoundBy) -> None:
    crawler, renewal = Crawler(FakeLog()), Renewal()
    ask(crawler.log, found_by=found_by)
    await crawler.read()
    taken: list[Job | None] = []

    def sending(when: str) -> None:
        if when == "after":
            taken.append(crawler.fetch())

    await renewal.step(crawler.partition, FakePublisher("crawler", crawler.log, sending), NOW + RENEW_AFTER)
    assert crawler.committable == 0
    (job,) = taken
    assert job is not None
    crawler.end(job)
    await crawler.read()
    assert crawler.fetch() is None
    assert crawler.committable == 2


async def test_all_that_waits_is_walked_through_in_steps_and_visits_that_nobody_asked_for_are_not_renewed() -> None:
    crawler, renewal = Crawler(FakeLog()), Renewal()
    for number in range(STEP + 10):
        ask(crawler.log, f"{URL}/{number}")
    await crawler.read()
    visit = CrawlRequested(url=URL, found_by="refetch")
    crawler.enqueue(Job(url=URL, host=HOST, request=visit, partition=crawler.partition))
    for _ in range(3):
        await renewal.step(crawler.partition, crawler.publisher, NOW + RENEW_AFTER)
    assert len(crawler.log.ever) == 2 * (STEP + 10)
    await renewal.step(crawler.partition, crawler.publisher, NOW + RENEW_AFTER + REST)
    assert len(crawler.log.ever) == 2 * (STEP + 10)


def test_there_is_time_to_renew_all_before_kafka_forgets() -> None:
    assert timedelta(milliseconds=CRAWL_REQUESTS.retention_ms or 0) - RENEW_AFTER > timedelta(days=3)


async def test_a_refetch_takes_the_place_of_a_visit_that_nobody_asked_for() -> None:
    crawler = Crawler(FakeLog())
    for url in (f"https://{HOST}/lain", URL):
        visit = CrawlRequested(url=url, found_by="refetch")
        crawler.enqueue(Job(url=url, host=HOST, request=visit, partition=crawler.partition), priority=9)
    asked = ask(crawler.log, found_by="refetch")
    await crawler.read()
    assert crawler.committable == 0
    job = crawler.fetch()
    assert job is not None
    assert job.envelope is not None
    assert job.envelope.id == asked.id
    crawler.end(job)
    assert crawler.committable == 1


async def test_a_refetch_brings_a_waiting_request_forward_and_is_its_duplicate() -> None:
    crawler = Crawler(FakeLog())
    ask(crawler.log, f"{URL}/lain")
    first = ask(crawler.log)
    ask(crawler.log, at=NOW + timedelta(hours=1), found_by="refetch")
    await crawler.read()
    job = crawler.fetch()
    assert job is not None
    assert job.envelope is not None
    assert job.envelope.id == first.id
    crawler.end(job)
    job = crawler.fetch()
    assert job is not None
    crawler.end(job)
    assert crawler.committable == 3
