"""One try at a time, against a real server: robots.txt first, then the page."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from services.crawler.fetch import Fetcher
from services.crawler.guard import Guard
from services.crawler.job import Again, Ended, Job
from services.crawler.partition import Partition
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import parse_sites
from services.crawler.visit import Visitor
from shared.codec import wrap
from shared.events import CrawlRequested, FetchFailed, FetchSettled
from tests.support.loopback import Site
from tests.support.visiting import Names, visiting, visitor_by

SETTINGS = CrawlerSettings.model_validate({"backoff_seconds": 0.0, "delay_seconds": 2.0, "read_seconds": 1.0})


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    async with visiting(SETTINGS, (site.netloc, "localhost")) as made:
        yield made


def job(url: str, **fields: Any) -> Job:
    request = CrawlRequested(url=url, kind=fields.pop("kind", "page"))
    envelope = wrap(request, source="/t", time=datetime.now(UTC))
    values: dict[str, Any] = {
        "host": "127.0.0.1", "partition": Partition(0), "envelope": envelope, "offset": 0, **fields
    }  # fmt: skip
    return Job(url=url, request=request, **values)


async def end_of(visitor: Visitor, wanted: Job, tries: int = 20) -> FetchSettled | FetchFailed:
    for _ in range(tries):
        verdict = await visitor.visit(wanted)
        if isinstance(verdict, Ended):
            return verdict.outcome
        wanted = Job(
            url=wanted.url, host=wanted.host, request=wanted.request, partition=wanted.partition,
            envelope=wanted.envelope, offset=wanted.offset, attempt=verdict.attempt,
        )  # fmt: skip
    raise AssertionError(f"no end after {tries} tries: {verdict}")


async def test_robots_takes_the_hosts_turn_and_is_asked_once(site: Site, visitor: Visitor) -> None:
    site.serve("/robots.txt", b"User-agent: *\nDisallow: /admin\nCrawl-delay: 7")
    first = job(site.serve("/a"))
    assert await visitor.visit(first) == Again(attempt=1, why="robots")
    assert site.paths == ["/robots.txt"]
    assert isinstance(await visitor.visit(first), Ended)
    refused = await end_of(visitor, job(site.serve("/admin/x")))
    assert isinstance(refused, FetchSettled)
    assert refused.reason == "robots"
    assert site.paths == ["/robots.txt", "/a"]
    assert visitor.delay(first.url) == timedelta(seconds=7)
    assert visitor.delay("http://lain.example/") == timedelta(seconds=2)


async def test_a_missing_robots_allows_all(site: Site, visitor: Visitor) -> None:
    end = await end_of(visitor, job(site.serve("/a")))
    assert isinstance(end, FetchSettled)
    assert end.outcome == "published"


async def test_robots_behind_redirects_counts_and_a_loop_of_them_allows_all(site: Site, visitor: Visitor) -> None:
    site.serve("/robots.txt", status=301, Location="/aturan")
    site.serve("/aturan", b"User-agent: wartabot\nDisallow: /a")
    refused = await end_of(visitor, job(site.serve("/a")))
    assert isinstance(refused, FetchSettled)
    assert refused.reason == "robots"


async def test_robots_in_a_redirect_loop_is_as_good_as_none(site: Site, visitor: Visitor) -> None:
    site.serve("/robots.txt", status=302, Location="/robots.txt")
    end = await end_of(visitor, job(site.serve("/a")))
    assert isinstance(end, FetchSettled)
    assert site.paths.count("/robots.txt") == 6


@pytest.mark.parametrize("location", ["http://[", "//[x", "http://a:99999/", "http://\N{ACCOUNT OF}/"])
async def test_a_robots_that_leads_to_what_is_no_url_is_unreachable(
    site: Site, visitor: Visitor, location: str
) -> None:
    site.serve("/robots.txt", status=301, Location=location)
    wanted = job(site.serve("/a"))
    for _ in range(3):
        verdict = await visitor.visit(wanted)
    assert isinstance(verdict, Again)
    assert verdict.why == "robots unreachable"
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/", "http://[::ffff:127.0.0.1]/", "file:///etc/passwd"]
)
async def test_a_robots_that_leads_inside_is_followed_no_further(site: Site, visitor: Visitor, location: str) -> None:
    site.serve("/robots.txt", status=302, Location=location)
    wanted = job(site.serve("/a"))
    for _ in range(3):
        verdict = await visitor.visit(wanted)
    assert isinstance(verdict, Again)
    assert verdict.why == "robots unreachable"
    assert site.paths == ["/robots.txt"]


async def test_each_hop_of_a_page_is_checked(site: Site) -> None:
    """A listed site's own redirect may name any host of its own; what that resolves to is checked like the first."""
    sites = parse_sites('[a]\nhosts = ["contoh.example"]\n')
    guard = Guard(ports=(80, site.port), private_hosts=(f"contoh.example:{site.port}",))
    fetcher = Fetcher(guard, SETTINGS, resolver=Names("127.0.0.1"))
    visitor = visitor_by(fetcher, SETTINGS, sites)
    inside = f"http://dalam.contoh.example:{site.port}/rahasia"
    site.serve("/a", status=302, Location=inside)
    first = job(f"http://contoh.example:{site.port}/a", host="contoh.example")
    await visitor.visit(first)
    moved = await visitor.visit(first)
    assert isinstance(moved, Ended)
    (follow,) = moved.follows
    assert follow.request.url == inside
    ended = await end_of(visitor, job(inside, host="dalam.contoh.example"))
    assert isinstance(ended, FetchFailed)
    assert ended.reason == "blocked_address"
    assert "/rahasia" not in site.paths
    await fetcher.close()


@pytest.mark.parametrize("status", [500, 503])
async def test_an_unreachable_robots_means_wait_and_after_long_a_recorded_failure(
    site: Site, visitor: Visitor, status: int
) -> None:
    site.serve("/robots.txt", status=status)
    wanted = job(site.serve("/a"))
    assert await visitor.visit(wanted) == Again(attempt=1, why="robots")
    waiting = await visitor.visit(wanted)
    assert isinstance(waiting, Again)
    assert waiting.host_pause > timedelta(0)
    assert site.paths == ["/robots.txt"]

    async def answer(_request: web.Request) -> web.StreamResponse:
        raise AssertionError("the page must not be fetched")

    site.handle("/a", answer)
    wanted.partition.known.unreachable[f"http://{site.netloc}"] = datetime.now(UTC) - SETTINGS.unreachable
    for _ in range(200):
        verdict = await visitor.visit(wanted)
        if isinstance(verdict, Ended):
            break
        await asyncio.sleep(0.01)
    assert isinstance(verdict, Ended)
    assert isinstance(verdict.outcome, FetchFailed)
    assert verdict.outcome.reason == "robots_unreachable"
    assert site.paths == ["/robots.txt"] * SETTINGS.max_attempts


async def test_what_blocks_robots_blocks_the_page_by_its_own_name(visitor: Visitor) -> None:
    for url, reason in (("http://169.254.169.254/", "blocked_address"), ("http://u:p@contoh.example/", "bad_url")):
        end = await end_of(visitor, job(url))
        assert isinstance(end, FetchFailed)
        assert end.reason == reason


async def test_another_spelling_is_followed_in_place_but_not_for_ever(site: Site, visitor: Visitor) -> None:
    async def once(request: web.Request) -> web.StreamResponse:
        if request.query_string:
            return web.Response(body=b"teks")
        return web.Response(status=302, headers={"Location": "/a?utm_source=x"})

    end = await end_of(visitor, job(site.handle("/a", once)))
    assert isinstance(end, FetchSettled)
    assert (end.outcome, end.final_url) == ("published", f"http://{site.netloc}/a?utm_source=x")

    loop = await end_of(visitor, job(site.serve("/b", status=302, Location="/b#x")))
    assert isinstance(loop, FetchFailed)
    assert loop.reason == "redirect_loop"
    assert site.paths.count("/b") <= 6


async def test_a_source_ends_with_the_requests_for_what_it_lists(site: Site, visitor: Visitor) -> None:
    url = site.serve("/rss", b"<rss><channel><item><link>/read/1</link></item></channel></rss>")
    feed = job(url, kind="feed")
    await visitor.visit(feed)
    verdict = await visitor.visit(feed)
    assert isinstance(verdict, Ended)
    assert [follow.request.url for follow in verdict.follows] == [f"http://{site.netloc}/read/1"]
    broken = await end_of(visitor, job(site.serve("/peta.xml.gz", b"\x1f\x8bxx"), kind="sitemap"))
    assert isinstance(broken, FetchFailed)


async def test_a_passing_failure_is_tried_so_often_and_no_more(site: Site, visitor: Visitor) -> None:
    end = await end_of(visitor, job(site.serve("/a", status=502)))
    assert isinstance(end, FetchFailed)
    assert (end.reason, end.status, end.attempts) == ("http_error", 502, 3)
    assert site.paths.count("/a") == 3


async def test_each_hop_takes_a_turn_of_its_own(site: Site, visitor: Visitor) -> None:
    site.serve("/robots.txt", status=301, Location="/aturan")
    site.serve("/aturan", b"User-agent: *\nDisallow: /x")
    wanted = job(site.serve("/a", status=302, Location="/a?utm_source=x"))
    for count in range(1, 5):
        assert isinstance(await visitor.visit(wanted), Again)
        assert len(site.paths) == count
    assert site.paths == ["/robots.txt", "/aturan", "/a", "/a"]


async def test_robots_on_another_host_waits_for_that_hosts_pace_and_makes_it_wait(site: Site, visitor: Visitor) -> None:
    port = site.netloc.partition(":")[2]
    site.serve("/robots.txt", status=301, Location=f"http://localhost:{port}/aturan")
    site.serve("/aturan", b"User-agent: *\nDisallow: /x")
    there = Job(
        url=f"http://localhost:{port}/b", host="localhost", partition=Partition(0),
        request=CrawlRequested(url=f"http://localhost:{port}/b"),
    )  # fmt: skip
    here = job(site.serve("/a"))
    assert await visitor.visit(here) == Again(attempt=1, why="robots")
    await visitor.visit(there)
    waiting = await visitor.visit(here)
    assert isinstance(waiting, Again)
    assert timedelta(seconds=1) < waiting.host_pause <= SETTINGS.delay
    assert site.paths == ["/robots.txt", "/robots.txt"]


async def test_robots_on_another_host_waits_as_long_as_a_page_there_was_told_to(site: Site, visitor: Visitor) -> None:
    port = site.netloc.partition(":")[2]
    site.serve("/b", status=503, Retry_After="90")
    there = Job(
        url=f"http://localhost:{port}/b", host="localhost", partition=Partition(0),
        request=CrawlRequested(url=f"http://localhost:{port}/b"),
    )  # fmt: skip
    await visitor.visit(there)
    await visitor.visit(there)
    site.serve("/robots.txt", status=301, Location=f"http://localhost:{port}/aturan")
    here = job(site.serve("/a"))
    assert await visitor.visit(here) == Again(attempt=1, why="robots")
    waiting = await visitor.visit(here)
    assert isinstance(waiting, Again)
    assert timedelta(seconds=85) < waiting.host_pause <= timedelta(seconds=90)
    assert site.paths == ["/robots.txt", "/b", "/robots.txt"]


async def test_a_busy_robots_is_left_alone_as_long_as_it_asks(site: Site, visitor: Visitor) -> None:
    wanted = job(site.serve("/a"))
    site.serve("/robots.txt", status=503, Retry_After="90")
    assert await visitor.visit(wanted) == Again(attempt=1, why="robots")
    waiting = await visitor.visit(wanted)
    assert isinstance(waiting, Again)
    assert timedelta(seconds=85) < waiting.host_pause <= timedelta(seconds=90)
    assert site.paths == ["/robots.txt"]


async def test_the_sitemaps_that_robots_names_are_requested_without_another_fetch(site: Site, visitor: Visitor) -> None:
    base = f"http://{site.netloc}"
    site.serve("/robots.txt", f"Disallow: /\nSitemap: {base}/peta.xml\nSitemap: https://lain.example/x".encode())
    source = job(f"{base}/robots.txt", kind="sitemap")
    await visitor.visit(source)
    verdict = await visitor.visit(source)
    assert isinstance(verdict, Ended)
    assert isinstance(verdict.outcome, FetchSettled)
    assert verdict.outcome.outcome == "read"
    assert [(one.request.url, one.request.kind) for one in verdict.follows] == [(f"{base}/peta.xml", "sitemap")]
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize("agent", ["GPTBot", "BotRakus"])
async def test_a_site_that_keeps_ai_crawlers_out_is_marked_on_its_pages(
    site: Site, visitor: Visitor, agent: str
) -> None:
    site.serve("/robots.txt", f"User-agent: {agent}\nDisallow: /".encode())
    wanted = job(site.serve("/a"))
    await visitor.visit(wanted)
    verdict = await visitor.visit(wanted)
    assert isinstance(verdict, Ended)
    assert verdict.page is not None
    assert verdict.page.ai_opt_out == ("robots.txt" if agent == "GPTBot" else None)


async def test_how_a_url_is_spelled_is_forgotten_with_its_end(site: Site, visitor: Visitor) -> None:
    url = site.serve("/a", status=302, Location="/a?utm_source=x")
    await visitor.visit(job(url))
    await visitor.visit(job(url))

    async def dead(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    site.handle("/a", dead)
    end = await end_of(visitor, job(url))
    assert isinstance(end, FetchFailed)
    site.serve("/a")
    end = await end_of(visitor, job(url))
    assert isinstance(end, FetchSettled)
    assert end.final_url is None
