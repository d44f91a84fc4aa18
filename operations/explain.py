"""What became of one URL: who asked for it, how its fetches ended, what the parser said, and what comes next.

Read from the host's partition of crawl.requests and crawl.outcomes and the URL's of pages.outcomes, whole: no index of
URLs is kept. The rules and the next visit are those of the settings that this is run with.
"""

from collections.abc import Callable, Iterable
from contextlib import aclosing
from datetime import datetime
from typing import Any

import msgspec
from aiokafka import TopicPartition

from operations.ranges import whole
from services.crawler.admission import refusal
from services.crawler.budgets import Budget, budgets_of
from services.crawler.gone import Rules
from services.crawler.known import Known
from services.crawler.outages import origin_of
from services.crawler.revisits import Revisits
from services.crawler.sites import Sites
from shared import codec, partitions
from shared.articles import UtcTime
from shared.codec import Envelope
from shared.errors import DeadLetter
from shared.events import (
    HOST_KINDS,
    HOST_OUTCOMES,
    CrawlRequested,
    FetchFailed,
    FetchRefusal,
    FetchSettled,
    PageDropped,
)
from shared.settings import KafkaSettings
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS, PAGES_OUTCOMES
from shared.urls import BadUrlError, canonical_url, host_of

_EVERY = 20_000


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to the URL."""

    at: UtcTime
    what: str
    detail: str = ""


class Explained(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is kept of a URL. `waiting` are requests without an end, by their times; `paused` is its host.

    `unreachable_since` is when its host stopped to answer, if it did: what waits is asked for ever less often.
    `refused_as` is why a link to it would not be fetched under the site file; `next_visit` is when it is due again.
    `held_by` are the budgets for links that held it back at last.
    """

    url: str
    host: str
    partition: int
    steps: tuple[Step, ...] = ()
    waiting: tuple[UtcTime, ...] = ()
    paused: bool = False
    unreachable_since: UtcTime | None = None
    next_visit: UtcTime | None = None
    refused_as: FetchRefusal | None = None
    held_by: tuple[Budget, ...] = ()


async def history(settings: KafkaSettings, url: str, report: Callable[[str], None]) -> list[Envelope[Any]]:
    """The events of a canonical URL in the order of their times. Raises `WartaError`, `KafkaError`."""
    wanted = [
        TopicPartition(topic.name, partitions.partition_of(key, topic))
        for topic, key in ((CRAWL_REQUESTS, host_of(url)), (CRAWL_OUTCOMES, host_of(url)), (PAGES_OUTCOMES, url))
    ]
    async with aclosing(whole(settings, "warta-explain", wanted, every=_EVERY, report=report)) as reading:
        found = [envelope async for record in reading if (envelope := _of(record, url)) is not None]
    return sorted(found, key=lambda envelope: envelope.time)


def explain(
    url: str,
    events: Iterable[Envelope[Any]],
    *,
    sites: Sites,
    max_depth: int,
    revisits: Revisits,
    gone: Rules | None = None,
) -> Explained:
    """Sum up the events of a canonical URL, in the order of their times."""
    known = Known(revisits=revisits, gone=gone)
    waiting: dict[str, Envelope[CrawlRequested]] = {}
    steps = []
    last: FetchSettled | FetchFailed | None = None
    for envelope in events:
        steps.append(_step(envelope))
        if isinstance(envelope.event, CrawlRequested):
            if not _is_of_host(envelope.event) and not known.is_duplicate(envelope, url, envelope.time):
                waiting[envelope.id] = envelope
        elif isinstance(envelope.event, FetchSettled | FetchFailed):
            known.note(envelope)
            if not _is_of_host(envelope.event):
                last = envelope.event
                waiting.clear()
    link = CrawlRequested(url=url, found_by="link", depth=1)
    return Explained(
        url=url,
        host=host_of(url),
        partition=partitions.partition_of(host_of(url), CRAWL_REQUESTS),
        steps=tuple(steps),
        waiting=tuple(envelope.time for envelope in waiting.values()),
        paused=host_of(url) in known.paused,
        unreachable_since=known.unreachable.get(origin_of(url)),
        next_visit=known.due_of(url),
        refused_as=refusal(link, url, sites, max_depth=max_depth),
        held_by=() if waiting or last is None else _held_by(last, url, sites),
    )


def _held_by(last: FetchSettled | FetchFailed, url: str, sites: Sites) -> tuple[Budget, ...]:
    """The budgets of the URL that the refusal at its end may have been of."""
    if not isinstance(last, FetchSettled) or last.outcome != "refused":
        return ()
    return tuple(one for one in budgets_of(url, sites.of(url), last.settled_at) if one.reason == last.reason)


def _step(envelope: Envelope[Any]) -> Step:
    match envelope.event:
        case CrawlRequested(kind=kind, found_by=found_by, depth=depth):
            return Step(at=envelope.time, what="requested", detail=f"{kind}, found by {found_by}, depth {depth}")
        case FetchSettled(outcome=outcome, status=status, reason=reason, final_url=final_url, why=why, removal=removal):
            about = f"its article's removal: {removal}" if removal else ""
            lead = f"now {final_url}" if final_url else ""
            said = [reason or why or "", f"status {status}" if status else "", lead, about]
            return Step(at=envelope.time, what=outcome, detail=", ".join(filter(None, said)))
        case FetchFailed(reason=failure, status=status, attempts=attempts, detail=detail, removal=removal):
            about = f"its article's removal: {removal}" if removal else ""
            said = [failure, f"status {status}" if status else "", f"{attempts} tries", detail, about]
            return Step(at=envelope.time, what="failed", detail=", ".join(filter(None, said)))
        case PageDropped(reason=dropped, detail=detail, canonical_url=canonical):
            said = [dropped, detail, f"see {canonical}" if canonical else ""]
            return Step(at=envelope.time, what="no article", detail=", ".join(filter(None, said)))
    raise AssertionError(envelope.type)


_EVENTS = (CrawlRequested, FetchSettled, FetchFailed, PageDropped)


def _of(record: Any, url: str) -> Envelope[Any] | None:
    """The record's event, if it is one of the URL's. Most are not: their bytes tell sooner than their JSON."""
    if record.value is None or not _may_name(record.value, url):
        return None
    try:
        envelope = codec.decode(record.headers, record.value)
        if isinstance(envelope.event, _EVENTS):
            found = canonical_url(envelope.event.url)
            same = host_of(found) == host_of(url) if _is_of_host(envelope.event) else found == url
            return envelope if same else None
    except (DeadLetter, BadUrlError):
        pass  # the audit tells of those
    return None


def _is_of_host(event: Any) -> bool:
    """Whether it tells of the URL's host or origin."""
    return (isinstance(event, CrawlRequested) and event.kind in HOST_KINDS) or (
        isinstance(event, FetchSettled) and event.outcome in HOST_OUTCOMES
    )


def _may_name(value: bytes, url: str) -> bool:
    """Whether the value may hold a spelling of the URL: its host is there, in any case."""
    return host_of(url).removeprefix("www.").encode() in value.lower()


def age(at: datetime, now: datetime) -> str:
    """How long ago, or in how long, in the largest unit that says something."""
    seconds = (now - at).total_seconds()
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if abs(seconds) >= size:
            return f"{abs(seconds) / size:.0f} {unit} ago" if seconds >= 0 else f"in {abs(seconds) / size:.0f} {unit}"
    return f"{abs(seconds):.0f} s ago" if seconds >= 0 else f"in {abs(seconds):.0f} s"
