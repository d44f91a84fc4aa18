"""A host that doesn't answer: its URLs wait, it is asked ever less often, and only after long do they end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from msgspec import structs

from services.crawler.hosts import SAY_AGAIN_AFTER, say_pauses_again, tell_reached, tell_unreachable
from services.crawler.job import Again, Ended, Job
from services.crawler.kept_robots import KeptRobots
from services.crawler.known import Known
from services.crawler.outages import MAX_ORIGINS, Outage, Outages
from services.crawler.partition import Partition
from services.crawler.patience import Patience
from services.crawler.robots import Robots
from services.crawler.settings import CrawlerSettings
from services.crawler.visit import Visitor
from shared import codec
from shared.clock import utcnow
from shared.codec import wrap
from shared.events import CrawlRequested, FetchFailed, FetchSettled, RequestKind
from shared.topics import CRAWL_OUTCOMES
from tests.support.fakes.log import FakeLog, FakePublisher
from tests.support.loopback import Site
from tests.support.visiting import visiting

NOW = datetime(2024, 10, 8, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Make = Callable[..., Awaitable[Visitor]]
ORIGIN = "https://contoh.example"


@pytest.fixture
async def visitor_of(site: Site) -> AsyncIterator[Make]:
    async with AsyncExitStack() as open_visitors:

        async def made(**settings: Any) -> Visitor:
            own = CrawlerSettings.model_validate({"backoff_seconds": 0.0, "delay_seconds": 0.0, **settings})
            return await open_visitors.enter_async_context(visiting(own, (site.netloc, "127.0.0.1:1")))

        yield made


def job(url: str, *, kind: RequestKind = "page", asked: bool = True) -> Job:
    request = CrawlRequested(url=url, kind=kind)
    envelope = wrap(request, source="/t", time=NOW) if asked else None
    return Job(url=url, host="127.0.0.1", request=request, partition=Partition(0), envelope=envelope)


async def tried(visitor: Visitor, wanted: Job, times: int) -> Again | Ended:
    """The verdict after so many requests at most, each as soon as it may be made."""
    for _ in range(times):
        verdict = await visitor.visit(wanted)
        if isinstance(verdict, Ended):
            break
        await asyncio.sleep(verdict.host_pause.total_seconds())
        wanted = structs.replace(wanted, attempt=verdict.attempt)
    return verdict


async def test_a_url_waits_for_a_host_that_refuses_connections(visitor_of: Make) -> None:
    visitor = await visitor_of()
    wanted = job("http://127.0.0.1:1/a")
    verdict = await tried(visitor, wanted, 6)
    assert isinstance(verdict, Again)
    assert (verdict.attempt, verdict.why) == (1, "network")
    assert verdict.host_pause > timedelta(0)
    outage = visitor.outage(wanted.url)
    assert outage is not None
    assert outage.tries == 6
    assert not visitor.is_reached(wanted.url)


async def test_a_new_owner_looks_for_itself_before_what_waited_for_long_ends(visitor_of: Make) -> None:
    visitor = await visitor_of(unreachable_seconds=3600)
    wanted = job("http://127.0.0.1:1/a")
    wanted.partition.known.unreachable["http://127.0.0.1:1"] = utcnow() - timedelta(hours=2)
    assert isinstance(await tried(visitor, wanted, 2), Again)
    verdict = await tried(visitor, wanted, 1)
    assert isinstance(verdict, Ended)
    assert isinstance(verdict.outcome, FetchFailed)
    assert verdict.outcome.reason == "network"


def test_what_waited_for_too_long_ends_without_a_try_while_it_is_not_time_for_one() -> None:
    patience = Patience(CrawlerSettings.model_validate({"backoff_seconds": 2, "unreachable_seconds": 3600}))
    wanted = job(f"{ORIGIN}/a")
    assert patience.now_waiting(wanted, NOW) is None
    for tries, pause in enumerate((2, 8, 32, 128), start=1):
        verdict = patience.unanswered(wanted, "dns", NOW)
        assert verdict == Again(attempt=1, why="dns", host_pause=pause * SECOND)
        assert (patience.outage(wanted.url) is not None) == (tries >= 3)
    assert patience.now_waiting(wanted, NOW + SECOND) == Again(attempt=1, why="dns", host_pause=127 * SECOND)
    assert patience.now_waiting(wanted, NOW + 128 * SECOND) is None
    later = NOW + 3600 * SECOND
    assert isinstance(patience.unanswered(wanted, "dns", later), Ended)
    ended = patience.now_waiting(wanted, later + SECOND)
    assert isinstance(ended, Ended)
    assert isinstance(ended.outcome, FetchFailed)
    assert ended.outcome.detail == "no answer since 2024-10-08 12:00 UTC"


HOUR = timedelta(hours=1)


def _asked_until_it_ends(patience: Patience, wanted: Job, absent: Callable[[int], bool]) -> tuple[timedelta, Ended]:
    """How long after the first try, and how."""
    now = NOW
    for tries in range(100):
        verdict = patience.unanswered(wanted, "dns", now, absent=absent(tries))
        if isinstance(verdict, Ended):
            return now - NOW, verdict
        now += verdict.host_pause
    raise AssertionError("it never ends")


def test_a_name_that_does_not_exist_ends_after_some_tries_and_says_so() -> None:
    patience = Patience(CrawlerSettings.model_validate({"unreachable_seconds": 48 * 3600}))
    wanted = job(f"{ORIGIN}/a")
    took, ended = _asked_until_it_ends(patience, wanted, lambda _tries: True)
    assert HOUR <= took <= 3 * HOUR
    assert isinstance(ended.outcome, FetchFailed)
    assert (ended.outcome.reason, ended.outcome.detail) == (
        "dns", "the name doesn't exist: looked up since 2024-10-08 12:00 UTC",
    )  # fmt: skip
    assert patience.limit(wanted) == HOUR
    assert isinstance(patience.now_waiting(job(f"{ORIGIN}/b"), NOW + took), Ended)


def test_a_resolver_that_fails_in_passing_is_an_outage_as_any() -> None:
    for absent in (lambda _tries: False, lambda tries: tries % 2 > 0):
        patience = Patience(CrawlerSettings.model_validate({"unreachable_seconds": 48 * 3600}))
        took, _ended = _asked_until_it_ends(patience, job(f"{ORIGIN}/a"), absent)
        assert took > 40 * HOUR


def test_a_host_that_was_there_keeps_the_long_patience_though_its_name_is_gone() -> None:
    wanted = structs.replace(job(f"{ORIGIN}/a"), host="contoh.example")
    there = FetchSettled(url=f"{ORIGIN}/b", outcome="published", settled_at=NOW)
    wanted.partition.known.note(wrap(there, source="/t", time=NOW))
    before = Patience(CrawlerSettings.model_validate({"unreachable_seconds": 48 * 3600}))
    took, ended = _asked_until_it_ends(before, wanted, lambda _tries: True)
    assert took >= 48 * HOUR
    assert isinstance(ended.outcome, FetchFailed)
    assert ended.outcome.detail.startswith("no answer since")
    now = Patience(CrawlerSettings.model_validate({"unreachable_seconds": 48 * 3600}))
    now.outages.answered(ORIGIN)
    assert _asked_until_it_ends(now, job(f"{ORIGIN}/a"), lambda _tries: True)[0] >= 48 * HOUR


async def test_a_poll_ends_so_that_a_silent_source_is_told(visitor_of: Make) -> None:
    verdict = await tried(await visitor_of(), job("http://127.0.0.1:1/rss", kind="feed", asked=False), 3)
    assert isinstance(verdict, Ended)
    verdict = await tried(await visitor_of(), job("http://127.0.0.1:1/rss", asked=False), 3)
    assert isinstance(verdict, Again)


async def test_a_page_that_alone_brings_no_answer_ends_as_before(site: Site, visitor_of: Make) -> None:
    visitor = await visitor_of(read_seconds=0.05)

    async def never(request: Any) -> Any:
        request.transport.close()

    verdict = await tried(visitor, job(site.handle("/a", never)), 4)
    assert isinstance(verdict, Ended)
    assert isinstance(verdict.outcome, FetchFailed)
    assert verdict.outcome.attempts == 3
    assert visitor.is_reached(f"http://{site.netloc}/b")


@pytest.mark.parametrize("status", [0, 502, 503])
async def test_a_host_that_fails_every_page_costs_a_few_of_them_and_the_others_wait(
    site: Site, visitor_of: Make, status: int
) -> None:
    visitor = await visitor_of()

    async def bad(request: web.Request) -> web.StreamResponse:
        if status:
            return web.Response(status=status)
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    for number in range(3):
        verdict = await tried(visitor, job(site.handle(f"/{number}", bad)), 4)
        assert isinstance(verdict, Ended)
        assert visitor.outage(site.handle("/x", bad)) is None
    verdict = await tried(visitor, job(site.handle("/3", bad)), 9)
    assert isinstance(verdict, Again)
    outage = visitor.outage(f"http://{site.netloc}/")
    assert outage is not None
    assert outage.reason == ("http_error" if status else "network")
    poll = await tried(visitor, job(site.handle("/rss", bad), kind="feed", asked=False), 9)
    assert isinstance(poll, Ended)
    assert visitor.outage(f"http://{site.netloc}/") is not None
    assert isinstance(await tried(visitor, job(site.serve("/baik")), 1), Ended)
    assert visitor.outage(f"http://{site.netloc}/") is None
    assert visitor.is_reached(f"http://{site.netloc}/")


async def test_pages_that_fail_among_others_end(site: Site, visitor_of: Make) -> None:
    visitor = await visitor_of()
    for number in range(6):
        assert isinstance(await tried(visitor, job(site.serve(f"/{number}", status=500)), 4), Ended)
        assert isinstance(await tried(visitor, job(site.serve("/tiada", status=403)), 1), Ended)


async def test_a_copy_of_robots_is_good_while_there_is_no_other(site: Site, visitor_of: Make) -> None:
    visitor = await visitor_of(robots_seconds=0.001, backoff_seconds=60)
    site.serve("/robots.txt", b"User-agent: *\nDisallow: /tutup")
    open_page, closed_page = job(site.serve("/a")), job(site.serve("/tutup"))
    assert await visitor.visit(open_page) == Again(attempt=1, why="robots")
    site.serve("/robots.txt", status=500)
    await asyncio.sleep(0.01)
    assert await visitor.visit(open_page) == Again(attempt=1, why="robots")
    verdict = await visitor.visit(open_page)
    assert isinstance(verdict, Ended)
    assert verdict.page is not None
    verdict = await visitor.visit(closed_page)
    assert isinstance(verdict, Ended)
    assert isinstance(verdict.outcome, FetchSettled)
    assert verdict.outcome.reason == "robots"
    assert visitor.outage(open_page.url) is None
    assert site.paths == ["/robots.txt", "/robots.txt", "/a"]


def test_pauses_grow_to_an_hour_and_are_not_shorter_than_asked_for() -> None:
    outages = Outages(2 * SECOND)
    pauses = [(outages.failed(ORIGIN, "dns", NOW).until - NOW).total_seconds() for _ in range(9)]
    assert pauses == [2, 8, 32, 128, 512, 2048, 3600, 3600, 3600]
    later = NOW + timedelta(hours=9)
    assert outages.failed(ORIGIN, "dns", later, asked=timedelta(hours=5)) == Outage(
        reason="dns", since=NOW, until=later + timedelta(hours=5), tries=10
    )
    outages.answered(ORIGIN)
    assert outages.of(ORIGIN) is None


def test_outages_are_bounded() -> None:
    outages = Outages(SECOND)
    for number in range(MAX_ORIGINS + 5):
        outages.failed(f"https://{number}.example", "dns", NOW)
    assert outages.of("https://4.example") is None
    assert outages.of("https://5.example") is not None


def test_robots_are_bounded_by_their_bytes_and_the_latest_looked_at_stay() -> None:
    kept = KeptRobots(most=10, most_bytes=100)
    for number in range(4):
        kept.keep(str(number), Robots(valid_until=NOW, size=30))
        assert kept.get("0") is not None
    assert [name for name in "0123" if kept.get(name)] == ["0", "2", "3"]
    kept.keep("huge", Robots(valid_until=NOW, size=500))
    assert len(kept) == 1
    kept.keep("huge", Robots(valid_until=NOW, size=1))
    for number in range(20):
        kept.keep(str(number), Robots(valid_until=NOW, size=1))
    assert len(kept) == 10


async def test_who_fetches_next_knows_of_it_until_it_is_over() -> None:
    log, partition = FakeLog(), Partition(0)
    publisher = FakePublisher("crawler", log)
    outage = Outage(reason="dns", since=NOW, until=NOW + SECOND, tries=3)

    def restored() -> Known:
        known = Known()
        for record in log.kept(CRAWL_OUTCOMES.name):
            known.note(codec.decode(record.headers, record.value))
        return known

    for _ in range(3):
        await tell_unreachable(partition, f"{ORIGIN}/a", outage, publisher, waiting=SECOND)
    assert len(log.ever) == 1
    assert restored().unreachable == partition.known.unreachable == {ORIGIN: NOW}
    assert restored().get(f"{ORIGIN}/") is None
    await tell_reached(partition, "http://contoh.example/a", publisher, NOW)
    assert restored().unreachable
    await tell_reached(partition, f"{ORIGIN}/b", publisher, NOW)
    assert restored().unreachable == partition.known.unreachable == {}


async def test_a_pause_is_said_again_before_it_is_forgotten_until_it_is_over() -> None:
    log, partition = FakeLog(), Partition(0)
    publisher = FakePublisher("crawler", log)
    said = FetchSettled(url=f"{ORIGIN}/", outcome="paused", settled_at=NOW)
    partition.known.note(wrap(said, source="/t", time=NOW))
    partition.frontier.pause("contoh.example")
    await say_pauses_again(partition, publisher, NOW + SAY_AGAIN_AFTER - SECOND)
    assert not log.ever
    later = NOW + SAY_AGAIN_AFTER
    for _ in range(3):
        await say_pauses_again(partition, publisher, later)
    (record,) = log.ever
    again = codec.decode(record.headers, record.value).event
    assert again == structs.replace(said, settled_at=later)
    assert timedelta(milliseconds=CRAWL_OUTCOMES.retention_ms or 0) > 2 * SAY_AGAIN_AFTER
    partition.frontier.resume("contoh.example")
    await say_pauses_again(partition, publisher, later + SAY_AGAIN_AFTER)
    assert len(log.ever) == 1
