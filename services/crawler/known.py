"""What is known of the URLs of one partition: rebuilt from `crawl.outcomes`, and asked before every fetch. Pure."""

from datetime import datetime, timedelta

import msgspec

from shared.articles import UtcTime
from shared.codec import Envelope
from shared.events import CrawlRequested, FetchFailed, FetchFailure, FetchSettled

# Ends that say more of the network than of the URL: a later request may try again after the pause.
PASSING: frozenset[FetchFailure] = frozenset(
    ("dns", "http_error", "network", "robots_unreachable", "timeout", "tls")
)  # fmt: skip
RETRY_PASSING_AFTER = timedelta(hours=1)
# A request that is dropped for a known end needs that end's record as its explanation for as long as it is kept itself
# (7 days): crawl.outcomes keeps it for 30.
FORGET_AFTER = timedelta(days=21)
_CHAIN_LIMIT = 20


class UrlState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last end of one URL. `visits` counts its published pages; `settled_by` is the request that led to the end."""

    settled_at: UtcTime
    settled_by: str | None
    visits: int = 0
    passing: bool = False
    etag: str | None = None
    last_modified: str | None = None


class Known:
    """URL states by canonical URL."""

    def __init__(self) -> None:
        self._states: dict[str, UrlState] = {}
        self._redirects: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._states)

    def __contains__(self, url: str) -> bool:
        return url in self._states

    def get(self, url: str) -> UrlState | None:
        """The last end of `url`, if it had one."""
        return self._states.get(url)

    def note(self, outcome: Envelope[FetchSettled | FetchFailed]) -> None:
        """Take an end in; the same one twice changes nothing."""
        event = outcome.event
        before = self._states.get(event.url)
        if before is not None and outcome.cause is not None and before.settled_by == outcome.cause:
            return
        self._redirects.pop(event.url, None)
        visits = before.visits if before else 0
        if isinstance(event, FetchFailed):
            self._states[event.url] = UrlState(
                settled_at=event.settled_at, settled_by=outcome.cause, visits=visits, passing=event.reason in PASSING
            )
            return
        self.expect(event)
        unchanged = event.outcome == "unchanged" and before is not None
        self._states[event.url] = UrlState(
            settled_at=event.settled_at,
            settled_by=outcome.cause,
            visits=visits + (event.outcome == "published"),
            etag=before.etag if unchanged and before else event.etag,
            last_modified=before.last_modified if unchanged and before else event.last_modified,
        )

    def expect(self, event: FetchSettled) -> None:
        """Remember where `event` redirects: already before it is published, because its target may be fetched first."""
        if event.reason == "redirected" and event.final_url:
            self._redirects[event.url] = event.final_url

    def is_duplicate(self, request: Envelope[CrawlRequested], url: str, now: datetime) -> bool:
        """Whether `request` needs no fetch: it has its end already, or its page has one and nobody insists.

        Parts are asked for because the page was fetched.
        """
        state = self._states.get(url)
        if state is None:
            return False
        if state.settled_by == request.id:
            return True
        if request.event.parts:
            return False
        if now - state.settled_at >= FORGET_AFTER:
            return False
        if request.event.kind != "page" or request.event.found_by == "refetch":
            return False
        return not (state.passing and now - state.settled_at >= RETRY_PASSING_AFTER)

    def leads_back(self, target: str, url: str) -> bool:
        """Whether the known redirects from `target` lead to `url`: a loop."""
        at: str | None = target
        for _ in range(_CHAIN_LIMIT):
            if at is None or at == url:
                break
            at = self._redirects.get(at)
        return at == url
