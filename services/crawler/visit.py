"""One try at one job, which is one request at most: robots.txt first, then the fetch, the verdict, what a source lists.

Every hop of a redirect, of robots.txt or to another spelling of the URL, takes a turn of the host like any request.
"""

import asyncio
from collections import OrderedDict
from datetime import timedelta

import msgspec

from services.crawler import backoff, robots
from services.crawler.admission import MAX_REDIRECTS
from services.crawler.answer import Answer, FetchError
from services.crawler.decoding import DecodingError
from services.crawler.discovery import Discovery
from services.crawler.fetch import Fetcher
from services.crawler.in_turn import InTurn, Redirected
from services.crawler.job import Again, Ended, Hop, Job
from services.crawler.outages import Outage, keep, origin_of
from services.crawler.patience import Patience
from services.crawler.robots import Robots
from services.crawler.robots_reading import RobotsReader
from services.crawler.settings import CrawlerSettings
from services.crawler.sitemaps import MAX_SITEMAP_BYTES
from services.crawler.soft_404 import SameBodies, says_missing
from services.crawler.url_states import UrlState
from services.crawler.verdict import Judge, failed, refused
from shared.clock import utcnow
from shared.events import FetchSettled


class Visitor:
    """Tries jobs, and remembers the robots.txt of the origins and what the hosts said."""

    def __init__(self, fetcher: Fetcher, judge: Judge, discovery: Discovery, settings: CrawlerSettings) -> None:
        self._judge = judge
        self._discovery = discovery
        self._settings = settings
        self._in_turn = InTurn(fetcher)
        self._turns = self._in_turn.turns
        self._bodies = SameBodies()
        self._patience = Patience(settings)
        self._robots = RobotsReader(self._in_turn, self._patience.outages, settings)
        self._respelled: OrderedDict[tuple[str, str], Redirected] = OrderedDict()

    def delay(self, url: str) -> timedelta:
        """Between two fetches of the URL's host: ours, or what its robots.txt asks for if that is longer."""
        return self._robots.delay(url)

    async def visit(self, job: Job) -> Again | Ended:
        """One try. Raises nothing that a server could cause."""
        origin = origin_of(job.target)
        rules = self._robots.of(origin)
        now = utcnow()
        if (waiting := self._patience.now_waiting(job, now)) is not None:
            return self._forgetting(job, waiting)
        if wait := self._turns.own_wait(job.host, now, self.delay(job.url)):
            return Again(attempt=job.attempt, why="a request out of turn", host_pause=wait)
        try:
            if rules is None or rules.valid_until <= now:
                # This was the host's turn: the page itself waits for the next.
                return Again(attempt=job.attempt, why="robots", host_pause=await self._robots.ask(job, origin, rules))
            if job.request.kind == "sitemap" and robots.is_robots(job.url):
                follows = self._discovery.named(job.url, rules.sitemaps, now)
                return Ended(outcome=FetchSettled(url=job.url, outcome="read", settled_at=now), follows=follows)
            return await self._fetch(job, rules)
        except FetchError as error:
            now = utcnow()
            if error.unreached:
                return self._forgetting(job, self._patience.unanswered(job, error.reason, now, absent=error.absent))
            verdict = self._judge.error(job, error, now)
            assert not isinstance(verdict, Hop)
            if error.passing:
                verdict = self._patience.in_vain(job, verdict, error.reason, now)
            return self._forgetting(job, verdict)

    def _forgetting(self, job: Job, verdict: Again | Ended) -> Again | Ended:
        """How a URL is spelled is of no use after its end."""
        if isinstance(verdict, Ended):
            self._respelled.pop(_spelled(job), None)
        return verdict

    def outage(self, url: str) -> Outage | None:
        """What is known of the URL's origin, if it brought no answer as often as a URL is tried."""
        return self._patience.outage(url)

    def waiting(self, job: Job) -> timedelta:
        """How long the job's URLs wait for a host that doesn't answer."""
        return self._patience.limit(job)

    def is_reached(self, url: str) -> bool:
        """Whether the URL's origin has answered this process, and not failed it since."""
        rules = self._robots.of(origin_of(url))
        return rules is not None and not rules.unreachable and self._patience.outages.of(origin_of(url)) is None

    async def _fetch(self, job: Job, rules: Robots) -> Again | Ended:
        # What is known is of the page itself: a part is always fetched.
        state = None if job.parts else job.partition.known.get(job.url)
        room = self._settings.max_page_bytes - sum(len(part.body) for part in job.gathered)
        key = _spelled(job)
        hop = self._respelled.get(key, Redirected(url=job.target, hops=0))
        if not rules.allows(hop.url):
            self._respelled.pop(key, None)
            return refused(job, "robots", utcnow())
        answer = await self._in_turn.get(
            hop.url,
            job.host,
            limit=max(room, 1) if job.request.kind == "page" else MAX_SITEMAP_BYTES,
            etag=state.etag if state else None,
            last_modified=state.last_modified if state else None,
        )
        is_bad = answer.status in backoff.BUSY_STATUS or answer.status in backoff.PASSING_STATUS
        if not is_bad:
            self._patience.outages.answered(origin_of(job.target))
        verdict = self._judge.answer(job, answer, state, utcnow(), busy_before=self._turns.busy_before(job.host))
        self._turns.answered(job.host, busy=answer.status in backoff.BUSY_STATUS)
        if not isinstance(verdict, Hop) and verdict.host_pause:
            self._turns.leave_alone(job.host, utcnow() + verdict.host_pause)
        if is_bad and not isinstance(verdict, Hop):
            verdict = self._patience.in_vain(job, verdict, "http_error", utcnow())
        if isinstance(verdict, Ended) and verdict.page is not None:
            verdict = self._checked(job, verdict, verdict.page.body, state)
        if isinstance(verdict, Ended) and verdict.page is not None and rules.keeps_ai_out(hop.url):
            page = msgspec.structs.replace(verdict.page, ai_opt_out="robots.txt")
            verdict = msgspec.structs.replace(verdict, page=page)
        if isinstance(verdict, Hop) and hop.hops < MAX_REDIRECTS:
            keep(self._respelled, key, Redirected(url=verdict.url, hops=hop.hops + 1))
            return Again(attempt=job.attempt, why="redirect")
        if isinstance(verdict, Hop):
            verdict = failed(job, "redirect_loop", utcnow())
        return await self._with_listed(job, answer, self._forgetting(job, verdict))

    def _checked(self, job: Job, verdict: Ended, body: bytes, state: UrlState | None) -> Ended:
        """The verdict on a page, unless it stands for what is missing; what is new goes to the parser, with a doubt.

        The same bytes at many addresses may be what a host shows while it is being mended: no article goes by that.
        """
        is_elsewhere, says_so = self._bodies.is_elsewhere(job.host, job.url, body), says_missing(body)
        if not (is_elsewhere or says_so) or not self._judge.may_be_missing(job):
            return verdict
        was_there = state is not None and state.visits > 0
        if is_elsewhere or was_there:
            ended = refused(job, "soft_404", utcnow(), status=verdict.outcome.status)
            return msgspec.structs.replace(ended, is_missing=says_so and was_there)
        outcome = msgspec.structs.replace(verdict.outcome, why="not_found")
        return msgspec.structs.replace(verdict, outcome=outcome)

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


def _spelled(job: Job) -> tuple[str, str]:
    return job.request.kind, job.target
