"""An index that tells no dates: its children are asked for by what they bring, the silent ones ever less."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from services.crawler.child_sitemaps import USUAL, ChildSitemaps
from services.crawler.discovery import Discovery
from services.crawler.job import Again, Ended, Job
from services.crawler.partition import Partition
from services.crawler.rhythm import SLOWEST
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import parse_sites
from services.crawler.visit import Visitor
from shared.codec import wrap
from shared.events import CrawlRequested, FetchSettled
from tests.support.loopback import Site
from tests.support.visiting import visiting

NOW = datetime(2024, 10, 8, tzinfo=UTC)
POLL = timedelta(minutes=5)
DAY = timedelta(days=1)
BASE = "https://contoh.example"
SITES = parse_sites('[a]\nhosts = ["contoh.example"]\n')
INDEX = CrawlRequested(url=f"{BASE}/peta.xml", kind="sitemap")
CHILDREN = [f"{BASE}/arsip-{number}.xml" for number in range(3)]
BODY = f"<sitemapindex>{''.join(f'<sitemap><loc>{url}</loc></sitemap>' for url in CHILDREN)}</sitemapindex>".encode()


def asked(discovery: Discovery, days: int, *, lively: str | None = None) -> dict[str, list[datetime]]:
    """When each child is asked for, if the index is polled every five minutes; `lively` has a new page each time."""
    times: dict[str, list[datetime]] = {url: [] for url in CHILDREN}
    for number in range(days * (DAY // POLL)):
        now = NOW + number * POLL
        for follow in discovery.listed(INDEX, INDEX.url, BODY, "text/xml", now):
            times[follow.request.url].append(now)
            page = f"<urlset><url><loc>{BASE}/read/{number if follow.request.url == lively else 0}</loc></url></urlset>"
            discovery.listed(follow.request, follow.request.url, page.encode(), "text/xml", now)
    return times


def test_silent_children_are_asked_for_ever_less_and_lively_ones_as_often_as_before() -> None:
    known = f"{BASE}/read/0"
    times = asked(Discovery(SITES, lambda url: url == known), 10, lively=CHILDREN[0])
    apart = {url: [after - before for before, after in pairwise(at)] for url, at in times.items()}
    assert max(apart[CHILDREN[0]]) <= timedelta(hours=1)
    for url in CHILDREN[1:]:
        assert apart[url] == sorted(apart[url])
        assert apart[url][0] == USUAL
        assert 16 * USUAL <= apart[url][-1] <= SLOWEST * USUAL + POLL
        assert len(times[url]) < 10 * 24 / 4  # of those that an hour each would be


def test_a_silent_child_that_brings_something_is_asked_for_sooner_again() -> None:
    children, at = ChildSitemaps(), NOW
    apart: list[timedelta] = []
    while len(apart) < 12:
        before = at
        while children.turn("a", at) is None:
            at += POLL
        apart.append(at - before)
        if len(apart) > 8:
            children.read("a", 5)
    assert apart[8] > apart[1]
    assert apart[11] < apart[8]


def test_each_turn_has_a_name_of_its_own_and_memory_is_bounded() -> None:
    children = ChildSitemaps(most=2)
    names = [children.turn("a", NOW + number * timedelta(minutes=30)) for number in range(200)]
    told = [name for name in names if name]
    assert len(set(told)) == len(told) > 10
    for url in ("b", "c"):
        assert children.turn(url, NOW) == "2024-10-08T00"
    assert children.turn("a", NOW + DAY) == "2024-10-09T00"  # it fell out


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    async with visiting(CrawlerSettings.model_validate({"delay_seconds": 0.0}), (site.netloc,)) as made:
        yield made


async def test_a_child_is_asked_whether_it_changed(site: Site, visitor: Visitor) -> None:
    partition = Partition(0)
    url = site.serve("/arsip.xml", b"<urlset/>", ETag='"a"')
    for number, status in enumerate((200, 304)):
        site.serve("/arsip.xml", b"<urlset/>", status=status, ETag='"a"')
        request = CrawlRequested(url=url, kind="sitemap", found_by="sitemap", depth=1)
        envelope = wrap(request, source="/t", time=NOW, root=str(number))
        wanted = Job(url=url, host="127.0.0.1", request=request, partition=partition, envelope=envelope)
        verdict: Again | Ended | None = None
        while not isinstance(verdict, Ended):
            verdict = await visitor.visit(wanted)
        assert isinstance(verdict.outcome, FetchSettled)
        assert verdict.outcome.outcome == ("read" if status == 200 else "unchanged")
        partition.known.note(wrap(verdict.outcome, source="/t", time=NOW, cause=envelope))
    assert site.requests[-1].headers["If-None-Match"] == '"a"'
