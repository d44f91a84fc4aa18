"""How the rules of an origin are had: one request at a time, each in a turn of the host that it goes to."""

from collections import OrderedDict
from datetime import datetime, timedelta
from urllib.parse import urljoin

from services.crawler import backoff, robots
from services.crawler.answer import Answer, FetchError
from services.crawler.in_turn import InTurn, Redirected
from services.crawler.job import Job
from services.crawler.kept_robots import KeptRobots
from services.crawler.outages import AT_LEAST, Outages, keep, origin_of
from services.crawler.robots import Robots
from services.crawler.settings import CrawlerSettings
from services.crawler.verdict import REDIRECTS
from shared.clock import utcnow
from shared.events import FetchFailure
from shared.urls import host_of

# What stands in the way of robots.txt stands in the way of the page too, and says more than "robots unreachable".
SAME_FOR_PAGE: frozenset[FetchFailure] = frozenset(("bad_url", "blocked_address"))


class RobotsReader:
    """The rules of the origins that were visited lately."""

    def __init__(self, in_turn: InTurn, outages: Outages, settings: CrawlerSettings) -> None:
        self._in_turn = in_turn
        self._outages = outages
        self._settings = settings
        self._kept = KeptRobots()
        self._asking: OrderedDict[str, Redirected] = OrderedDict()

    def of(self, origin: str) -> Robots | None:
        """What is known of its rules, good or not."""
        return self._kept.get(origin)

    def delay(self, url: str) -> timedelta:
        """Between two fetches of the URL's host: ours, or what its robots.txt asks for if that is longer."""
        known = self._kept.get(origin_of(url))
        return max(self._settings.delay, known.delay) if known else self._settings.delay

    async def ask(self, job: Job, origin: str, before: Robots | None) -> timedelta:
        """Make one request on the way to the rules of `origin`; how long to wait when it isn't time for that yet.

        Raises `FetchError` for what would also keep its pages from us.
        """
        asking = self._asking.get(origin, Redirected(url=f"{origin}/robots.txt", hops=0))
        host = host_of(asking.url)
        if host != job.host and (wait := self._in_turn.turns.foreign_wait(host, utcnow(), self.delay(asking.url))):
            return wait
        self._asking.pop(origin, None)
        try:
            answer = await self._in_turn.get(asking.url, job.host, limit=robots.MAX_ROBOTS_BYTES, cut=True)
        except FetchError as error:
            if asking.hops == 0 and (error.unreached or error.reason in SAME_FOR_PAGE):
                raise
            return self._remember(origin, None, before, timedelta(0))
        now = utcnow()
        asked = self._asked(host, answer, now)
        if asked:
            self._in_turn.turns.leave_alone(host, now + asked)
        if answer.status in REDIRECTS and (location := answer.header("location")):
            if asking.hops < robots.MAX_ROBOTS_HOPS:
                target = _joined(asking.url, location)
                keep(self._asking, origin, Redirected(url=target, hops=asking.hops + 1))
                return timedelta(0)
            return self._remember(origin, Robots(valid_until=now + self._settings.robots_valid), before, asked)
        found = robots.read_robots(answer.status, answer.body, now, valid_for=self._settings.robots_valid)
        return self._remember(origin, found, before, asked)

    def _remember(self, origin: str, found: Robots | None, before: Robots | None, asked: timedelta) -> timedelta:
        """Keep the rules found, or that there was no answer: then a copy goes on to be good."""
        now = utcnow()
        if found is not None:
            self._outages.answered(origin)
        elif before is not None and not before.unreachable:
            pause = backoff.pause(before.failures + 1, self._settings.backoff)
            found = robots.no_answer(before, again=now + max(pause, asked, AT_LEAST))
        else:
            outage = self._outages.failed(origin, "robots_unreachable", now, asked=asked)
            found = robots.no_answer(before, again=outage.until)
        self._kept.keep(origin, found)
        return timedelta(0)

    def _asked(self, host: str, answer: Answer, now: datetime) -> timedelta:
        """The pause that an answer to robots.txt asks for."""
        is_busy = answer.status in backoff.BUSY_STATUS
        pause = (
            backoff.pause(self._in_turn.turns.busy_before(host) + 1, self._settings.backoff)
            if is_busy
            else timedelta(0)
        )
        self._in_turn.turns.answered(host, busy=is_busy)
        if answer.status >= 300:
            pause = max(pause, backoff.retry_after(answer.header("retry-after"), now) or pause)
        return pause


def _joined(url: str, location: str) -> str:
    """A Location may be anything; what is no URL is refused when it is fetched."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location
