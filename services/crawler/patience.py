"""How long URLs wait for a host that doesn't answer, and when an answer is none. Pure."""

from datetime import datetime, timedelta

from services.crawler.job import Again, Ended, Job
from services.crawler.outages import Outage, Outages, origin_of
from services.crawler.settings import CrawlerSettings
from services.crawler.verdict import failed
from shared.events import FetchFailure


class Patience:
    """The verdicts that are of a job's origin, not of its URL."""

    def __init__(self, settings: CrawlerSettings) -> None:
        self._tries = settings.max_attempts
        self._limit = settings.unreachable
        self.outages = Outages(settings.backoff)

    def outage(self, url: str) -> Outage | None:
        """What is known of the URL's origin, if it brought no answer as often as a URL is tried."""
        found = self.outages.of(origin_of(url))
        return found if found is not None and found.tries >= self._tries else None

    def now_waiting(self, job: Job, now: datetime) -> Again | Ended | None:
        """The verdict without a try, where it isn't time for one."""
        outage = self.outages.of(origin_of(job.target))
        return self._verdict(job, outage, now) if outage is not None and outage.until > now else None

    def unanswered(
        self, job: Job, reason: FetchFailure, now: datetime, *, asked: timedelta = timedelta(0)
    ) -> Again | Ended:  # fmt: skip
        """The verdict on a try that says nothing of the URL; the host may have `asked` for a pause."""
        return self._verdict(job, self.outages.failed(origin_of(job.target), reason, now, asked=asked), now)

    def in_vain(self, job: Job, verdict: Again | Ended, reason: FetchFailure, now: datetime) -> Again | Ended:
        """The verdict on a try that failed in passing.

        A page ends whose tries were all in vain; where that has become of some in a row, the next ones wait.
        """
        origin = origin_of(job.target)
        if job.request.kind != "page":
            return verdict
        if self.outages.of(origin) is None and (
            isinstance(verdict, Again) or self.outages.spent(origin) <= self._tries
        ):  # fmt: skip
            return verdict
        return self.unanswered(job, reason, now, asked=verdict.host_pause)

    def _verdict(self, job: Job, outage: Outage, now: datetime) -> Again | Ended:
        """It waits, long, but not for ever. A poll ends, so that it is told which sources are silent."""
        known_since = job.partition.known.unreachable.get(origin_of(job.target), outage.since)
        since = min(outage.since, known_since)
        is_poll = job.envelope is None and job.request.kind != "page"
        if outage.tries >= self._tries and (is_poll or now - since >= self._limit):
            return failed(job, outage.reason, now, detail=f"no answer since {since:%Y-%m-%d %H:%M} UTC")
        return Again(attempt=job.attempt, why=outage.reason.replace("_", " "), host_pause=outage.until - now)
