"""The end of a job: the page or its removal, then what it leads to, then its outcome, each acknowledged first.

So a crash between any two repeats work and forgets none: the outcome is what settles the URL and frees the offset.
"""

import time
from typing import Any

import msgspec

from services.crawler.job import Ended, Follow, Job
from services.crawler.known import Outcome
from shared.delivery import Outgoing, Publisher
from shared.errors import DeadLetter
from shared.events import FetchFailed, FetchSettled
from shared.health import Health
from shared.logs import get_logger
from shared.removals import removal
from shared.topics import ARTICLES_PARSED, CRAWL_OUTCOMES, CRAWL_REQUESTS, PAGES_FETCHED
from shared.urls import host_of

# Sends in flight at once: a sitemap lists up to 50,000 URLs.
_AT_ONCE = 500
log = get_logger()


async def settle(job: Job, ended: Ended, publisher: Publisher, health: Health, *, began: int) -> None:
    """Bring `job` to its recorded end. `began` is in nanoseconds of the monotonic clock."""
    if isinstance(ended.outcome, FetchSettled):
        job.partition.known.expect(ended.outcome)
    outcome = await _publish_page(job, ended, publisher)
    if (isinstance(outcome, FetchFailed) or ended.is_missing) and job.request.kind == "page" and not job.parts:
        outcome = await _remove_gone(job, outcome, publisher)
    follows = ended.follows
    for start in range(0, len(follows), _AT_ONCE):
        chunk = follows[start : start + _AT_ONCE]
        roots = [_request(follow) for follow in chunk if follow.root]
        caused = [_request(follow) for follow in chunk if not follow.root]
        await publisher.publish_all(roots)
        await publisher.publish_all(caused, cause=job.envelope)
    envelope = await publisher.publish(
        Outgoing(topic=CRAWL_OUTCOMES, key=job.host, event=outcome), cause=job.envelope
    )  # fmt: skip
    publisher.succeeded()
    job.partition.known.note(envelope)
    job.partition.let_go(*job.key)
    if job.offset is not None:
        job.partition.gaps.ended(job.offset)
    health.progressed(outcome.outcome if isinstance(outcome, FetchSettled) else "failed")
    _log(job, ended, outcome, trace_id=envelope.trace_id, duration=time.monotonic_ns() - began)


async def _publish_page(job: Job, ended: Ended, publisher: Publisher) -> Outcome:
    if ended.page is None or not isinstance(ended.outcome, FetchSettled):
        return ended.outcome
    state = job.partition.known.get(job.url)
    page = Outgoing(
        topic=PAGES_FETCHED, key=job.url, event=ended.page, ordinal=state.visits if state else 0
    )  # fmt: skip
    try:
        envelope = await publisher.publish(page, cause=job.envelope)
    except DeadLetter as why:
        return FetchFailed(
            url=job.url,
            reason="too_large",
            settled_at=ended.outcome.settled_at,
            detail=why.detail,
            attempts=job.attempt,
            parts=len(job.parts),
        )
    return msgspec.structs.replace(ended.outcome, page_id=envelope.id)


async def _remove_gone(job: Job, outcome: Outcome, publisher: Publisher) -> Outcome:
    outcome = job.partition.known.judged(outcome)
    if outcome.removal == "done":
        event = removal(outcome.url, "gone", now=outcome.settled_at)
        await publisher.publish(
            Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event), cause=job.envelope
        )  # fmt: skip
    return outcome


def _request(follow: Follow) -> Outgoing:
    return Outgoing(topic=CRAWL_REQUESTS, key=host_of(follow.request.url), event=follow.request, root=follow.root)


_ACTIONS = {
    "published": "page.fetched", "unchanged": "page.unchanged", "refused": "fetch.refused", "read": "source.read",
    "paused": "host.paused", "resumed": "host.resumed", "confirmed_gone": "host.confirmed_gone",
}  # fmt: skip


def _log(job: Job, ended: Ended, outcome: Outcome, *, trace_id: str, duration: int) -> None:
    good = isinstance(outcome, FetchSettled)
    fields: dict[str, Any] = {
        "event.outcome": "success" if good else "failure",
        "event.reason": outcome.reason,
        "event.duration": duration,
        "http.response.status_code": outcome.status,
        "http.response.body.bytes": len(ended.page.body) if ended.page else None,
        "url.domain": job.host,
        # A bad URL may hold credentials.
        "url.full": None if outcome.reason == "bad_url" else job.url,
        "trace.id": trace_id,
        "event.id": job.envelope.id if job.envelope else None,
        "labels.found_by": job.request.found_by if job.envelope or job.request.kind == "page" else "poll",
        "labels.follows": len(ended.follows) or None,
        "labels.parts": len(job.parts) or None,
        "labels.attempts": job.attempt,
        "labels.removal": outcome.removal,
    }
    action = _ACTIONS[outcome.outcome] if isinstance(outcome, FetchSettled) else "fetch.failed"
    if isinstance(outcome, FetchFailed):
        fields["error.message"] = outcome.detail or None
    (log.info if good else log.warning)(action, **{name: value for name, value in fields.items() if value is not None})
