"""A site without an end, crawled on loopback by the crawler's and parser's own rules: the crawl ends, and has it all.

Kafka is a list here: a crash forgets everything else, and the list is read again from its beginning.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.crawler.admission import refusal
from services.crawler.calendars import calendar_day
from services.crawler.fetch import Fetcher
from services.crawler.guard import Guard
from services.crawler.job import Again, Ended, Job
from services.crawler.partition import Partition
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import Sites, parse_sites
from services.crawler.verdict import refused
from services.parser.app import dropped, published
from services.parser.parse import parse
from shared.codec import Envelope, wrap
from shared.errors import Skip
from shared.events import ArticleParsed, CrawlRequested, FetchSettled, PageFetched
from shared.urls import canonical_url
from tests.support.endless_site import EndlessSite, Missing, endless_site
from tests.support.visiting import visitor_by

MAX_DEPTH = 4
CALENDAR_PAGES, QUERY_PAGES, LINKED_PAGES = 10, 8, 500
SETTINGS = CrawlerSettings.model_validate({"delay_seconds": 0.0, "backoff_seconds": 0.0, "max_attempts": 1})


class Crawl:
    """What the crawler and the parser make of each other's messages."""

    def __init__(self, site: EndlessSite, now: datetime) -> None:
        budgets = f"calendar_pages = {CALENDAR_PAGES}\nquery_pages = {QUERY_PAGES}\nlinked_pages = {LINKED_PAGES}\n"
        self._site = site
        self._now = now
        self._sites: Sites = parse_sites(f'[a]\nhosts = ["127.0.0.1"]\n{budgets}')
        self._requests: list[Envelope[CrawlRequested]] = []
        self._outcomes: list[Envelope[Any]] = []
        self._asked_for: set[str] = set()
        self.parsed: Counter[str] = Counter()
        self._start()

    def _start(self) -> None:
        """A process that knows what Kafka does."""
        self._place = 0
        self._partition = Partition(0)
        for outcome in self._outcomes:
            self._partition.known.note(outcome)
            if isinstance(outcome.event, FetchSettled):
                self._partition.known.budgets.restore(outcome.event)
        self._fetcher = Fetcher(Guard(ports=(80,), private_hosts=(f"127.0.0.1:{self._site.port}",)), SETTINGS)
        self._visitor = visitor_by(self._fetcher, SETTINGS, self._sites)

    @property
    def outcomes(self) -> dict[str, str]:
        """How each URL ended last: by its reason, or as what."""
        return {one.event.url: one.event.reason or one.event.outcome for one in self._outcomes}

    async def run(self, crashes: set[int]) -> None:
        self._ask([CrawlRequested(url=f"{self._site.url}/", found_by="seed")], None)
        fetches = 0
        while self._place < len(self._requests):
            envelope = self._requests[self._place]
            self._place += 1
            fetches += await self._take(envelope)
            if fetches in crashes:
                crashes.discard(fetches)
                await self._fetcher.close()
                self._start()
        await self._fetcher.close()

    def _ask(self, requests: list[CrawlRequested], cause: Envelope[Any] | None) -> None:
        for ordinal, request in enumerate(requests):
            envelope = wrap(request, source="/t", time=self._now, cause=cause, root=str(ordinal), ordinal=ordinal)
            if envelope.id not in self._asked_for:  # a repeated one changes nothing
                self._asked_for.add(envelope.id)
                self._requests.append(envelope)

    async def _take(self, envelope: Envelope[CrawlRequested]) -> bool:
        """End one request; whether it was fetched."""
        request, url = envelope.event, canonical_url(envelope.event.url)
        known = self._partition.known
        if known.is_duplicate(envelope, url, self._now):
            return False
        job = Job(url=url, host="127.0.0.1", request=request, partition=self._partition, envelope=envelope, offset=0)
        reason = refusal(request, url, self._sites, max_depth=MAX_DEPTH)
        over = None if reason else known.budgets.spend(request, url, self._sites.of(url), self._now)
        verdict: Again | Ended | None = refused(job, reason, self._now) if reason else None
        if over is not None:
            verdict = refused(job, over.reason, self._now)
        is_fetched = verdict is None
        while not isinstance(verdict, Ended):
            verdict = await self._visitor.visit(job)
        if verdict.page is not None:
            self._parse(verdict.page, envelope)
        self._ask([follow.request for follow in verdict.follows], envelope)
        outcome = wrap(verdict.outcome, source="/t", time=self._now, cause=envelope)
        self._outcomes.append(outcome)
        known.note(outcome)
        return is_fetched

    def _parse(self, page: PageFetched, cause: Envelope[Any]) -> None:
        try:
            sent = published(page, parse(page), max_depth=MAX_DEPTH)
        except Skip as skip:
            sent = dropped(page, skip, max_depth=MAX_DEPTH)
        self.parsed.update(urlsplit(one.event.url).path for one in sent if isinstance(one.event, ArticleParsed))
        self._ask([one.event for one in sent if isinstance(one.event, CrawlRequested)], cause)


async def crawled(articles: int, missing: Missing, crashes: set[int]) -> tuple[EndlessSite, Crawl]:
    now = datetime.now(UTC)
    async with endless_site(articles, missing, now.date()) as site:
        crawl = Crawl(site, now)
        async with asyncio.timeout(120):
            await crawl.run(crashes)
    return site, crawl


def check(site: EndlessSite, crawl: Crawl, crashes: int) -> None:
    fetched = Counter(path for path in site.asked if path != "/robots.txt")
    lists = [path for path in fetched if calendar_day(f"{site.url}{path}")]
    assert site.articles <= crawl.parsed.keys()
    assert not any("tidak-pernah-ada" in path for path in crawl.parsed)
    # Recent, past, and a tenth of days to come; what was in flight at a crash isn't counted twice by a list.
    assert len(lists) <= 2 * CALENDAR_PAGES + CALENDAR_PAGES // 10
    assert len([path for path in fetched if "?" in path]) <= QUERY_PAGES
    assert len(fetched) <= LINKED_PAGES * (1 + crashes)
    assert max(count for path, count in fetched.items() if path in site.articles) <= 1 + crashes


@settings(max_examples=8, deadline=None)
@given(
    st.integers(1, 12), st.sampled_from(("same page", "own page", "front page")),
    st.sets(st.integers(1, 60), max_size=2),
)  # fmt: skip
def test_the_crawl_ends_within_its_bounds_and_misses_no_article(
    articles: int, missing: Missing, crashes: set[int]
) -> None:
    many = len(crashes)
    site, crawl = asyncio.run(crawled(articles, missing, crashes))
    check(site, crawl, many)


@pytest.mark.parametrize("missing", ["same page", "own page", "front page"])
async def test_each_trap_is_told_by_its_name(missing: Missing) -> None:
    site, crawl = await crawled(12, missing, set())
    check(site, crawl, 0)
    reasons = Counter(crawl.outcomes.values())
    assert reasons["calendar"] > CALENDAR_PAGES
    assert reasons["over_budget"] > QUERY_PAGES
    assert reasons["trap"] > 0
    missed = Counter(
        reason for url, reason in crawl.outcomes.items()
        if "/read/" in url and urlsplit(url).path not in site.articles and reason in {"published", "soft_404"}
    )  # fmt: skip
    assert (missed["soft_404"] > 0) == (missing != "own page")
    assert missed["published"] == {"same page": 3, "front page": 0}.get(missing, missed.total())
