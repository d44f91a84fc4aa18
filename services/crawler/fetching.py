"""What is due is fetched, so many at once: each try in its host's turn, to its end or back into the queue."""

import asyncio
import time
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta

import msgspec

from services.crawler import kept_job
from services.crawler.admission import PRIORITY
from services.crawler.brake import Brake
from services.crawler.holdings import Holdings
from services.crawler.hosts import tell_reached, tell_unreachable
from services.crawler.job import Again, Ended, Job
from services.crawler.polls import Polls
from services.crawler.settings import CrawlerSettings
from services.crawler.settling import settle
from services.crawler.visit import Visitor
from shared.clock import utcnow
from shared.events import FetchSettled
from shared.logs import get_logger
from shared.service import Context

# Before every request: what the site file wants polled is what is new.
POLL_PRIORITY = -1
# After every request: what is known is there already.
REVISIT_PRIORITY = 9
IDLE_SECONDS = 1.0
log = get_logger()


class Fetching:
    """The loop and its tries. `running` are those in flight."""

    def __init__(
        self, context: Context, settings: CrawlerSettings, holdings: Holdings, visitor: Visitor, polls: Polls
    ) -> None:
        self._context = context
        self._settings = settings
        self._holdings = holdings
        self._visitor = visitor
        self._polls = polls
        self.running: dict[asyncio.Task[None], Job] = {}
        self._failed: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self.brake = Brake(context.kafka, context.health, settings, self._wake.set)

    def look(self) -> None:
        """There may be something to fetch."""
        self._wake.set()

    def enqueue(self, job: Job, *, pause: timedelta = timedelta(0)) -> None:
        """Have it wait for its host's turn, at least for `pause`."""
        now = utcnow()
        work, url = job.key
        job.partition.put(
            job.host, work, url, kept_job.encode(job), priority=_priority(job), now=now, not_before=now + pause
        )  # fmt: skip
        self._wake.set()

    def _take(self, now: datetime) -> Job | None:
        """The next job that is due: the partitions take turns."""
        for _ in range(len(self._holdings)):
            held = self._holdings.next()
            if kept := held.frontier.take(now):
                job = kept_job.decode(kept, held)
                held.take_in_hand(*job.key, job.envelope.id if job.envelope else None)
                return job
        return None

    async def run(self) -> None:
        """Fetch without end. Raises what is unknown, that ended a try: nothing of it may be committed."""
        while True:
            self._wake.clear()
            for task in self._failed:
                task.result()
            now = utcnow()
            while not self.brake.held and not self._full and (job := self._take(now)):
                task = asyncio.create_task(self._try(job))
                self.running[task] = job
                task.add_done_callback(self._has_ended)
            due = min(filter(None, (held.frontier.next_due() for held in self._holdings)), default=None)
            wait = IDLE_SECONDS if due is None or self._full or self.brake.held else (due - now).total_seconds()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(wait, 0.001), IDLE_SECONDS)):
                    await self._wake.wait()

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        if self._full:
            self._wake.set()
        del self.running[task]
        if not task.cancelled() and task.exception():
            self._failed.append(task)
            self._wake.set()

    @property
    def _full(self) -> bool:
        return len(self.running) >= self._settings.concurrency

    async def _try(self, job: Job) -> None:
        record = job.record
        with self._context.health.working():
            async with self._context.attempts.trying(record) if record else nullcontext():
                await self._try_now(job)

    async def _try_now(self, job: Job) -> None:
        began = time.monotonic_ns()
        verdict = await self._visitor.visit(job)
        now = utcnow()
        job.partition.frontier.release(job.host, now=now, delay=self._visitor.delay(job.url))
        if self._holdings.holds(job.partition):
            job.partition.frontier.postpone(job.host, now + verdict.host_pause)
            await self._tell_of_host(job, now)
        self._wake.set()
        if not isinstance(verdict, Again):
            await settle(job, verdict, self._context.publisher, self._context.health, began=began)
            if job.record is not None:
                self._context.attempts.ended(job.record)
            elif job.envelope is None and job.request.kind != "page":
                self._polls.ended(
                    job.url, utcnow(), new=_new(verdict), moved=verdict.outcome.reason == "redirected",
                    turn=self._visitor.delay(job.url),
                )  # fmt: skip
            return
        self._context.health.progressed("tried_again")
        log.debug("fetch.postponed", **{"url.full": job.url, "event.reason": verdict.why})
        if self._holdings.holds(job.partition):
            again = msgspec.structs.replace(
                job, attempt=verdict.attempt, gathered=verdict.gathered or job.gathered
            )  # fmt: skip
            self.enqueue(again, pause=verdict.url_pause)

    async def _tell_of_host(self, job: Job, now: datetime) -> None:
        partition, publisher = job.partition, self._context.publisher
        if outage := self._visitor.outage(job.target):
            await tell_unreachable(partition, job.target, outage, publisher, waiting=self._visitor.waiting(job))
        elif partition.known.unreachable and self._visitor.is_reached(job.target):
            await tell_reached(partition, job.target, publisher, now)


def _new(ended: Ended) -> int | None:
    """How many new items a poll found; None where the source couldn't be read."""
    outcome = ended.outcome
    if isinstance(outcome, FetchSettled) and (outcome.outcome != "refused" or outcome.reason == "redirected"):
        return len(ended.follows) if outcome.outcome == "read" else 0
    return None


def _priority(job: Job) -> int:
    if job.gathered:
        return POLL_PRIORITY  # what has been begun is ended first
    if job.envelope:
        return PRIORITY[job.request.found_by]
    return REVISIT_PRIORITY if job.request.kind == "page" else POLL_PRIORITY
