"""One try at one job: robots.txt first, then the fetch, then the verdict, and what a source lists."""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

import msgspec

from services.crawler import backoff, robots
from services.crawler.admission import MAX_REDIRECTS
from services.crawler.answer import Answer, FetchError
from services.crawler.decoding import DecodingError
from services.crawler.discovery import Discovery
from services.crawler.fetch import Fetcher
from services.crawler.job import Again, Ended, Hop, Job
from services.crawler.robots import Robots
from services.crawler.settings import CrawlerSettings
from services.crawler.sitemaps import MAX_SITEMAP_BYTES
from services.crawler.verdict import REDIRECTS, Judge, failed, refused
from shared.clock import utcnow
from shared.events import FetchFailure, FetchSettled

MAX_ORIGINS = 20_000
# What stands in the way of robots.txt stands in the way of the page too, and says more than "robots unreachable".
SAME_FOR_PAGE: frozenset[FetchFailure] = frozenset(("bad_url", "blocked_address", "dns", "tls"))


class Visitor:
    """Tries jobs, and remembers the robots.txt of the origins."""

    def __init__(self, fetcher: Fetcher, judge: Judge, discovery: Discovery, settings: CrawlerSettings) -> None:
        self._fetcher = fetcher
        self._judge = judge
        self._discovery = discovery
        self._settings = settings
        self._robots: OrderedDict[str, Robots] = OrderedDict()

    def delay(self, url: str) -> timedelta:
        """Between two fetches of the URL's host: ours, or what its robots.txt asks for if that is longer."""
        known = self._robots.get(_origin(url))
        return max(self._settings.delay, known.delay) if known else self._settings.delay

    async def visit(self, job: Job) -> Again | Ended:
        """One try. Raises nothing that a server could cause."""
        origin = _origin(job.target)
        rules = self._robots.get(origin)
        try:
            if rules is None or rules.valid_until <= utcnow():
                # This was the host's turn: the page itself waits for the next.
                await self._ask_robots(origin, rules)
                return Again(attempt=job.attempt, why="robots")
            now = utcnow()
            if rules.unreachable:
                if rules.failures >= self._settings.max_attempts:
                    return failed(job, "robots_unreachable", now)
                return Again(attempt=job.attempt, why="robots unreachable", host_pause=rules.valid_until - now)
            return await self._fetch(job, rules)
        except FetchError as error:
            verdict = self._judge.error(job, error, utcnow())
            assert not isinstance(verdict, Hop)
            return verdict

    async def _fetch(self, job: Job, rules: Robots) -> Again | Ended:
        # What is known is of the page itself: a part is always fetched.
        state = None if job.parts else job.partition.known.get(job.url)
        url = job.target
        room = self._settings.max_page_bytes - sum(len(part.body) for part in job.gathered)
        for _ in range(MAX_REDIRECTS + 1):
            if not rules.allows(url):
                return refused(job, "robots", utcnow())
            answer = await self._fetcher.get(
                url,
                limit=max(room, 1) if job.request.kind == "page" else MAX_SITEMAP_BYTES,
                etag=state.etag if state else None,
                last_modified=state.last_modified if state else None,
            )
            verdict = self._judge.answer(job, answer, state, utcnow())
            if not isinstance(verdict, Hop):
                return await self._with_listed(job, answer, verdict)
            url = verdict.url
        return failed(job, "redirect_loop", utcnow())

    async def _with_listed(self, job: Job, answer: Answer, verdict: Again | Ended) -> Again | Ended:
        """Add to a source's end the requests for what it lists. The parsers may take seconds: not in the loop."""
        if not (isinstance(verdict, Ended) and isinstance(verdict.outcome, FetchSettled)):
            return verdict
        if verdict.outcome.outcome != "read":
            return verdict
        try:
            listed = await asyncio.to_thread(
                self._discovery.listed, job.request, job.url, answer.body, answer.content_type, utcnow()
            )
        except DecodingError as error:
            return failed(job, "network", utcnow(), status=answer.status, detail=str(error))
        return msgspec.structs.replace(verdict, follows=listed)

    async def _ask_robots(self, origin: str, before: Robots | None) -> None:
        """Fetch and remember the rules of `origin`. Raises `FetchError` for what would also keep its pages from us."""
        url = f"{origin}/robots.txt"
        now = utcnow()
        found: Robots | None = Robots(valid_until=now + robots.VALID_FOR)  # after too many hops: as if there were none
        for hop in range(robots.MAX_ROBOTS_HOPS + 1):
            try:
                answer = await self._fetcher.get(url, limit=robots.MAX_ROBOTS_BYTES, cut=True)
            except FetchError as error:
                if hop == 0 and error.reason in SAME_FOR_PAGE:
                    raise
                found = None
                break
            if answer.status in REDIRECTS and (location := answer.header("location")):
                url = urljoin(url, location)
                continue
            found = robots.read_robots(answer.status, answer.body, now)
            break
        self._remember(origin, found, before, utcnow())

    def _remember(self, origin: str, found: Robots | None, before: Robots | None, now: datetime) -> None:
        if found is None:
            tries = before.failures + 1 if before else 1
            found = robots.no_answer(before, again=now + max(backoff.pause(tries, self._settings.backoff), _AT_LEAST))
        self._robots[origin] = found
        self._robots.move_to_end(origin)
        if len(self._robots) > MAX_ORIGINS:
            self._robots.popitem(last=False)


# So that the rules of an unreachable robots.txt outlive the moment they are looked at, whatever the back-off.
_AT_LEAST = timedelta(milliseconds=100)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
