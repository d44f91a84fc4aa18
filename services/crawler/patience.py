"""How long URLs wait for a host that doesn't answer, and when an answer is none. Pure."""

from datetime import datetime, timedelta

from services.crawler.job import Again, Ended, Job
from services.crawler.outages import Outage, Outages, origin_of
from services.crawler.settings import CrawlerSettings
from services.crawler.verdict import failed
from shared.events import FetchFailure

# A name may be new, or on its way from one registrar to another; what never answered has no more than this.
ABSENT_FOR = timedelta(hours=1)


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
        self, job: Job, reason: FetchFailure, now: datetime, *, asked: timedelta = timedelta(0), absent: bool = False
    ) -> Again | Ended:  # fmt: skip
        """The verdict on a try that says nothing of the URL; the host may have `asked` for a pause.

        `absent`: its name doesn't exist.
        """
        outage = self.outages.failed(origin_of(job.target), reason, now, asked=asked, absent=absent)
        return self._verdict(job, outage, now)

    def limit(self, job: Job) -> timedelta:
        """How long the job's URLs wait for its host, as far as is known now."""
        outage = self.outages.of(origin_of(job.target))
        return self._limit if outage is None or not self._is_no_name(job, outage) else min(ABSENT_FOR, self._limit)

    def _is_no_name(self, job: Job, outage: Outage) -> bool:
        """Whether the job's host doesn't exist. One that was there before may come back."""
        if outage.absent_since is None or self.outages.has_answered(origin_of(job.target)):
            return False
        return not job.partition.known.gone.has_answered(job.host)

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
        since, limit, what = min(outage.since, known_since), self._limit, "no answer"
        if outage.absent_since is not None and self._is_no_name(job, outage):
            since, limit, what = outage.absent_since, min(ABSENT_FOR, limit), "the name doesn't exist: looked up"
        is_poll = job.envelope is None and job.request.kind != "page"
        if outage.tries >= self._tries and (is_poll or now - since >= limit):
            return failed(job, outage.reason, now, detail=f"{what} since {since:%Y-%m-%d %H:%M} UTC")
        return Again(attempt=job.attempt, why=outage.reason.replace("_", " "), host_pause=outage.until - now)
