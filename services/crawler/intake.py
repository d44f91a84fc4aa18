"""From records of `crawl.requests` to jobs: every record is ended here, or queued and ended when its job is."""

import asyncio
import time
from collections.abc import Callable, Sequence

from services.crawler import kept_job
from services.crawler.admission import PRIORITY, refusal, refusal_of_parts
from services.crawler.holdings import partition_of
from services.crawler.job import Ended, Job
from services.crawler.partition import Partition
from services.crawler.settings import CrawlerSettings
from services.crawler.settling import settle
from services.crawler.sites import Sites
from services.crawler.verdict import failed, refused
from shared import codec
from shared.clock import utcnow
from shared.codec import Envelope
from shared.delivery import Outgoing, Record
from shared.errors import DeadLetter
from shared.events import HOST_KINDS, CrawlRequested, FetchRefusal, FetchSettled, RequestKind, SettledOutcome
from shared.logs import get_logger
from shared.service import Context
from shared.topics import CRAWL_REQUESTS
from shared.urls import BadUrlError, canonical_url, host_of

log = get_logger()


class Intake:
    """Decides on each record; `enqueue` is given the jobs that need a fetch."""

    def __init__(
        self, context: Context, sites: Sites, settings: CrawlerSettings, enqueue: Callable[[Job], None]
    ) -> None:
        self._context = context
        self._sites = sites
        self._settings = settings
        self._enqueue = enqueue

    async def take(self, partition: Partition, records: Sequence[Record]) -> None:
        """Take records of one partition, in order; returns when those that need no fetch are ended."""
        attempts = self._context.attempts
        await attempts.take(records)
        await attempts.begin(records)
        ends = []
        async with attempts.blameless():
            for record in records:
                partition.gaps.opened(record.offset)
                # Up to its first await each runs in order, so a second request for a URL finds the first one pending.
                ends.append(asyncio.ensure_future(self._take(partition, record)))
            await asyncio.gather(*ends)
        await attempts.wait(records)
        self._context.health.progressed("requests_read", len(records), of=(CRAWL_REQUESTS.name, partition.number))

    async def _take(self, partition: Partition, record: Record) -> None:
        began = time.monotonic_ns()
        try:
            envelope = _request(record)
            self._context.attempts.check(record)
        except DeadLetter as why:
            await self._reject(record, why)
            partition.gaps.ended(record.offset)
            return
        job, bad_url = _job(partition, record, envelope)
        if job.host and partition_of(job.host) != partition.number:
            await self._forward(job, envelope)
            return
        is_fetch = job.request.kind not in HOST_KINDS  # the last word on a host counts, however often it was said
        if is_fetch and partition.is_pending(*job.key):
            if not _joined(job, envelope, record.offset):
                self._drop(job, envelope)
            return
        if is_fetch and partition.known.is_duplicate(envelope, job.url, utcnow()):
            self._drop(job, envelope)
            return
        partition.take_in_hand(*job.key, envelope.id)
        end = failed(job, "bad_url", utcnow(), detail=bad_url) if bad_url else self._end_without_fetch(job)
        if end is None:
            self._enqueue(job)
        else:
            await settle(job, end, self._context.publisher, self._context.health, began=began)

    def _end_without_fetch(self, job: Job) -> Ended | None:
        if job.request.kind in HOST_KINDS:
            return _host_decided(job)
        reason = refusal(
            job.request, job.url, self._sites, max_depth=self._settings.max_depth
        ) or refusal_of_parts(job.parts, job.url, self._sites) or self._over_budget(job)  # fmt: skip
        return refused(job, reason, utcnow()) if reason else None

    def _over_budget(self, job: Job) -> FetchRefusal | None:
        over = job.partition.known.budgets.spend(job.request, job.url, self._sites.of(job.url), utcnow())
        if over is not None and over.is_first:
            log.warning(
                "budget.spent",
                **{
                    "url.domain": over.owner, "event.reason": over.reason, "labels.budget": over.most,
                    "error.message": f"no more links of that kind are followed there today. If they are no trap, raise"
                    f" `{over.setting}` of the site in the site file, or name them in `trusted`",
                },
            )  # fmt: skip
        return over.reason if over is not None else None

    async def _forward(self, job: Job, envelope: Envelope[CrawlRequested]) -> None:
        """A producer with another key or partitioner put it here: its host's owner is elsewhere."""
        await self._context.publisher.publish(
            Outgoing(topic=CRAWL_REQUESTS, key=job.host, event=job.request), cause=envelope
        )
        self._drop(job, envelope, action="request.forwarded")

    def _drop(self, job: Job, envelope: Envelope[CrawlRequested], *, action: str = "request.duplicate") -> None:
        if job.offset is not None:
            job.partition.gaps.ended(job.offset)
        self._context.health.progressed(action.rpartition(".")[2])
        log.debug(action, **{"url.full": job.url, "trace.id": envelope.trace_id, "event.id": envelope.id})

    async def _reject(self, record: Record, why: DeadLetter) -> None:
        await self._context.publisher.reject(record, why)
        self._context.health.progressed("rejected")
        log.warning(
            "message.rejected",
            **{
                "event.outcome": "failure", "event.reason": why.reason, "error.message": why.detail,
                "kafka.topic": record.topic, "kafka.partition": record.partition, "kafka.offset": record.offset,
            },
        )  # fmt: skip


def _request(record: Record) -> Envelope[CrawlRequested]:
    envelope = codec.decode(record.headers or (), record.value)
    if not isinstance(envelope.event, CrawlRequested):
        raise DeadLetter("wrong_type", f"{envelope.type} doesn't belong into {record.topic}")
    return envelope


_DECIDED: dict[RequestKind, SettledOutcome] = {
    "pause": "paused", "resume": "resumed", "confirm_gone": "confirmed_gone",
}  # fmt: skip


def _joined(job: Job, envelope: Envelope[CrawlRequested], offset: int) -> bool:
    """Whether the record is of what is pending, so that it has no end yet.

    It may be the copy of a request that has waited for long; and who insists on a fetch gets it instead of a visit that
    nobody asked for, or before others.
    """
    partition, priority = job.partition, PRIORITY["refetch"]
    waits = partition.waiting_item(*job.key)
    if waits is None:
        is_same = partition.in_hand_for(*job.key) == envelope.id
    else:
        number, kept = waits
        before = kept_job.decode(kept, partition).envelope
        is_same = before is not None and before.id == envelope.id
        if not is_same and job.request.found_by == "refetch":
            if before is None:
                return partition.replace_waiting(number, *job.key, kept_job.encode(job), priority=priority)
            partition.replace_waiting(number, *job.key, kept, priority=priority)
    if is_same:
        partition.end_with(*job.key, offset)
    return is_same


def _host_decided(job: Job) -> Ended:
    """Its host is paused or not from now on, or its pages are really gone; the outcome has the next owner know."""
    frontier, kind = job.partition.frontier, job.request.kind
    if kind == "pause":
        frontier.pause(job.host)
    elif kind == "resume":
        frontier.resume(job.host)
    return Ended(outcome=FetchSettled(url=job.url, outcome=_DECIDED[kind], settled_at=utcnow()))


def _job(partition: Partition, record: Record, envelope: Envelope[CrawlRequested]) -> tuple[Job, str]:
    """The record's job, under its canonical URL; if that is none, why, and the job keeps it and its key for a host."""
    request = envelope.event
    try:
        url = canonical_url(request.url)
    except BadUrlError as error:
        # The record's own key, so that the outcome lands in this partition's twin.
        key = (record.key or b"").decode("utf-8", "replace")
        url, host = request.url, key if key and partition_of(key) == partition.number else ""
        why = str(error)
    else:
        host, why = host_of(url), ""
    return Job(url=url, host=host, request=request, partition=partition, envelope=envelope, offset=record.offset), why
