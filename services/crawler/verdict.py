"""What an answer, or the lack of one, means for its job. Pure."""

from datetime import datetime, timedelta
from urllib.parse import urljoin

import msgspec

from services.crawler import backoff
from services.crawler.admission import is_by_operator
from services.crawler.answer import Answer, FetchError
from services.crawler.headers import allowed_headers
from services.crawler.job import Again, Ended, Follow, Hop, Job, Verdict
from services.crawler.sites import Sites
from services.crawler.url_states import UrlState
from shared.events import CrawlRequested, FetchFailed, FetchFailure, FetchRefusal, FetchSettled, PageFetched
from shared.parts import PARTS_TYPE, PagePart, pack
from shared.urls import BadUrlError, canonical_url, is_front

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Judge:
    """The rules: how often and how patiently a URL is tried, and where a redirect may lead."""

    def __init__(self, *, sites: Sites, max_attempts: int, first_pause: timedelta) -> None:
        self._sites = sites
        self._max_attempts = max_attempts
        self._first_pause = first_pause

    def answer(
        self, job: Job, answer: Answer, state: UrlState | None, now: datetime, *, busy_before: int = 0
    ) -> Verdict:
        """The verdict on an answer; a source's body is read elsewhere, so it ends here as `read` without follows.

        `busy_before` is how often in a row the host has said that it is busy: each time it is left alone for longer.
        """
        verdict = self._by_status(job, answer, state, now)
        pause = self._host_pause(job, answer, now, busy_before)
        if pause and not isinstance(verdict, Hop):
            return msgspec.structs.replace(verdict, host_pause=pause)
        return verdict

    def _by_status(self, job: Job, answer: Answer, state: UrlState | None, now: datetime) -> Verdict:
        status = answer.status
        if status in {200, 203}:
            return self._content(job, answer, now)
        if status == 304 and state is not None:
            return Ended(outcome=FetchSettled(url=job.url, outcome="unchanged", settled_at=now, status=status))
        if status in REDIRECTS and answer.header("location"):
            return self._redirect(job, answer, now)
        if status == 404:
            return failed(job, "not_found", now, status=status)
        if status == 410:
            return failed(job, "gone", now, status=status)
        if job.attempt < self._max_attempts:
            if status in backoff.BUSY_STATUS:
                return Again(attempt=job.attempt + 1, why=f"status {status}")
            if status in backoff.PASSING_STATUS:
                pause = backoff.pause(job.attempt, self._first_pause)
                return Again(attempt=job.attempt + 1, why=f"status {status}", url_pause=pause)
        return failed(job, "http_error", now, status=status)

    def _host_pause(self, job: Job, answer: Answer, now: datetime, busy_before: int) -> timedelta:
        """What the host asks for, whatever becomes of the job."""
        status = answer.status
        if status < 300 or status == 304:
            return timedelta(0)
        asked = backoff.retry_after(answer.header("retry-after"), now) or timedelta(0)
        if status in backoff.BUSY_STATUS:
            return max(asked, backoff.pause(max(job.attempt, busy_before + 1), self._first_pause))
        return asked

    def may_be_missing(self, job: Job) -> bool:
        """Whether a page that stands for many, or the front page, may come in the place of the job's; else it is it."""
        if job.request.kind != "page" or job.parts or (job.envelope is not None and is_by_operator(job.request)):
            return False
        site = self._sites.of(job.url)
        return site is None or not site.trusts(job.url)

    def error(self, job: Job, error: FetchError, now: datetime) -> Verdict:
        """The verdict on a fetch that brought no usable answer."""
        if error.passing and job.attempt < self._max_attempts:
            pause = backoff.pause(job.attempt, self._first_pause)
            return Again(attempt=job.attempt + 1, why=error.reason, url_pause=pause)
        return failed(job, error.reason, now, detail=error.detail)

    def _content(self, job: Job, answer: Answer, now: datetime) -> Verdict:
        if job.parts:
            return _part(job, answer, now)
        final_url = answer.url if answer.url != job.url else None
        settled = FetchSettled(
            url=job.url, outcome="published" if job.request.kind == "page" else "read", settled_at=now,
            status=answer.status, final_url=final_url, etag=answer.header("etag"),
            last_modified=answer.header("last-modified"), found_by=job.request.found_by,
        )  # fmt: skip
        if job.request.kind != "page":
            return Ended(outcome=settled)
        page = PageFetched(
            url=job.url, fetched_at=answer.fetched_at, content_type=answer.content_type, body=answer.body,
            final_url=final_url, status=answer.status, depth=job.request.depth, found_by=job.request.found_by,
            http_headers=allowed_headers(answer.headers),
        )  # fmt: skip
        return Ended(outcome=settled, page=page)

    def _redirect(self, job: Job, answer: Answer, now: datetime) -> Verdict:
        """Every redirect to another URL becomes a request, so that politeness, robots and rules of its host apply."""
        status = answer.status
        try:
            location = urljoin(answer.url, answer.header("location"))
            target, own = canonical_url(location), canonical_url(job.target)
        except (BadUrlError, ValueError):
            return failed(job, "bad_url", now, status=status, detail="redirects to what isn't a URL")
        if target == own:
            return Hop(url=location)
        if job.parts:
            return failed(job, "redirect_loop", now, status=status, detail="leads elsewhere")
        if not self._sites.related(job.url, target):
            return refused(job, "off_site", now, status=status, final_url=target)
        if is_front(target) and not is_front(own) and self.may_be_missing(job):
            missing = refused(job, "soft_404", now, status=status, final_url=target)
            return msgspec.structs.replace(missing, is_missing=True)
        if job.partition.known.leads_back(target, job.url):
            return failed(job, "redirect_loop", now, status=status)
        request = CrawlRequested(
            url=target, kind=job.request.kind, found_by="redirect", depth=job.request.depth + 1
        )  # fmt: skip
        root = None if job.envelope else f"{job.url}\n{target}\n{now.isoformat()}"
        outcome = FetchSettled(
            url=job.url, outcome="refused", settled_at=now, status=status, reason="redirected", final_url=target
        )
        return Ended(outcome=outcome, follows=(Follow(request=request, root=root),))


def _part(job: Job, answer: Answer, now: datetime) -> Verdict:
    """On to the next part, or the whole page. It stands for no single answer, so none can tell whether it changed."""
    gathered = (*job.gathered, answer)
    if len(gathered) < len(job.parts):
        return Again(attempt=1, why="parts", gathered=gathered)
    parts = [
        PagePart(url=url, content_type=part.content_type, body=part.body)
        for url, part in zip(job.parts, gathered, strict=True)
    ]
    is_one = len(parts) == 1
    final_url = job.target if is_one and job.target != job.url else None
    page = PageFetched(
        url=job.url, fetched_at=answer.fetched_at, content_type=parts[0].content_type if is_one else PARTS_TYPE,
        body=parts[0].body if is_one else pack(parts), final_url=final_url, status=answer.status,
        depth=job.request.depth, found_by=job.request.found_by, http_headers=allowed_headers(gathered[0].headers),
    )  # fmt: skip
    settled = FetchSettled(
        url=job.url, outcome="published", settled_at=now, status=answer.status, final_url=final_url, parts=len(parts)
    )  # fmt: skip
    return Ended(outcome=settled, page=page)


def failed(job: Job, reason: FetchFailure, now: datetime, *, status: int | None = None, detail: str = "") -> Ended:
    """The job ends as a failure."""
    if job.parts:
        detail = f"part {len(job.gathered) + 1} of {len(job.parts)}: {detail}".rstrip(": ")
    outcome = FetchFailed(
        url=job.url, reason=reason, settled_at=now, status=status, detail=detail[:200], attempts=job.attempt,
        parts=len(job.parts),
    )  # fmt: skip
    return Ended(outcome=outcome)


def refused(
    job: Job, reason: FetchRefusal, now: datetime, *, status: int | None = None, final_url: str | None = None
) -> Ended:
    """The job ends by a rule."""
    outcome = FetchSettled(
        url=job.url, outcome="refused", settled_at=now, status=status, reason=reason, final_url=final_url,
        parts=len(job.parts),
    )  # fmt: skip
    return Ended(outcome=outcome)
