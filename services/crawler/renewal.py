"""Requests that have waited for long are asked for once more, before Kafka forgets them: nobody else would know them.

The copy is a request of its own, caused by the one before it, whose place in the queue it takes; the old one has its
end by that, as one that was forwarded. A crash between the two leaves both, of which one is a duplicate.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec

from services.crawler import kept_job
from services.crawler.job import Job
from services.crawler.partition import Partition
from shared.codec import Envelope
from shared.delivery import Outgoing, Publisher
from shared.events import CrawlRequested
from shared.logs import get_logger
from shared.topics import CRAWL_REQUESTS

RENEW_AFTER = timedelta(milliseconds=CRAWL_REQUESTS.retention_ms or 0) / 2
# So many are looked at in a step, and the whole queue again after a pause.
STEP = 500
REST = timedelta(hours=1)
log = get_logger()


class Renewal:
    """The walk through what waits in one partition."""

    def __init__(self) -> None:
        self._reached = 0
        self._next = datetime.min.replace(tzinfo=UTC)
        self._renewed = 0

    async def step(self, partition: Partition, publisher: Publisher, now: datetime) -> None:
        """Look at the next few, and renew the old among them: their offsets are free once the copies are there."""
        if now < self._next:
            return
        items = partition.waiting_after(self._reached, STEP)
        jobs = ((number, kept_job.decode(kept, partition)) for number, kept in items)
        await asyncio.gather(
            *(
                self._renew(number, job, job.envelope, publisher)
                for number, job in jobs
                if job.envelope is not None and now - job.envelope.time >= RENEW_AFTER
            )
        )
        if not items and self._reached:
            self._next = now + REST
            self._tell(partition.number)
        self._reached = items[-1][0] if items else 0

    async def _renew(self, number: int, job: Job, old: Envelope[CrawlRequested], publisher: Publisher) -> None:
        copy = await publisher.publish(Outgoing(topic=CRAWL_REQUESTS, key=job.host, event=job.request), cause=old)
        kept = kept_job.encode(msgspec.structs.replace(job, envelope=copy, offset=None))
        if job.partition.replace_waiting(number, *job.key, kept) and job.offset is not None:
            job.partition.gaps.ended(job.offset)
        self._renewed += 1

    def _tell(self, partition: int) -> None:
        if self._renewed:
            log.info(
                "requests.renewed",
                **{"kafka.partition": partition, "labels.requests": self._renewed},
            )  # fmt: skip
        self._renewed = 0
