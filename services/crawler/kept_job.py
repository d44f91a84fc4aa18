"""A job as it waits on disk."""

import msgspec

from services.crawler.answer import Answer
from services.crawler.job import Job
from services.crawler.partition import Partition
from shared.codec import Envelope
from shared.events import CrawlRequested


class _Kept(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    url: str
    host: str
    envelope: Envelope[CrawlRequested] | None
    request: CrawlRequested | None
    offset: int | None
    attempt: int
    gathered: tuple[Answer, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


def encode(job: Job) -> bytes:
    """The job without its partition."""
    return _encoder.encode(
        _Kept(
            url=job.url, host=job.host, envelope=job.envelope, request=None if job.envelope else job.request,
            offset=job.offset, attempt=job.attempt, gathered=job.gathered,
        )
    )  # fmt: skip


def decode(kept: bytes, partition: Partition) -> Job:
    """The job, in `partition`."""
    found = _decoder.decode(kept)
    request = found.envelope.event if found.envelope else found.request
    assert request is not None
    return Job(
        url=found.url, host=found.host, request=request, partition=partition, envelope=found.envelope,
        offset=found.offset, attempt=found.attempt, gathered=found.gathered,
    )  # fmt: skip
