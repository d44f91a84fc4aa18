"""What is known of the URLs of one partition: rebuilt from `crawl.outcomes`, and asked before every fetch."""

from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import structs

from services.crawler.budgets import Budgets
from services.crawler.gone import Rules, is_gone
from services.crawler.gone_pages import GonePages
from services.crawler.outages import origin_of
from services.crawler.revisits import Revisits
from services.crawler.store import Store
from services.crawler.url_states import Due, UrlState, UrlStates
from shared.codec import Envelope
from shared.events import HOST_OUTCOMES, CrawlRequested, FetchFailed, FetchFailure, FetchRefusal, FetchSettled, FoundBy
from shared.urls import host_of

# Ends that say more of the network than of the URL: a later request may try again after the pause.
PASSING: frozenset[FetchFailure] = frozenset(
    ("dns", "http_error", "network", "robots_unreachable", "timeout", "tls")
)  # fmt: skip
# Refusals that hold for today, or for this answer.
PASSING_REFUSALS: frozenset[FetchRefusal | None] = frozenset(("calendar", "over_budget", "soft_404"))
RETRY_PASSING_AFTER = timedelta(hours=1)
# A request that is dropped for a known end needs that end's record as its explanation for as long as it is kept itself
# (14 days): crawl.outcomes keeps it for 35.
FORGET_AFTER = timedelta(days=21)
_CHAIN_LIMIT = 20
# What is found so is new. A sitemap may list a whole archive.
REVISITED: frozenset[FoundBy | None] = frozenset(("seed", "feed", "link", "canonical", "redirect"))

Outcome = FetchSettled | FetchFailed
End = TypeVar("End", bound=Outcome)


class Known:
    """URL states by canonical URL; hosts that an operator has `paused`, and when that was said last; origins that are
    `unreachable`, and since when; and the links' `budgets`.
    """

    def __init__(self, store: Store | None = None, revisits: Revisits | None = None, gone: Rules | None = None) -> None:
        store = store or Store()
        self._states = UrlStates(store)
        self._revisits = revisits or Revisits()
        self.budgets = Budgets()
        self.paused: dict[str, datetime] = {}
        self.unreachable: dict[str, datetime] = {}
        self.gone = GonePages(store, gone or Rules())

    def clear(self) -> None:
        """Forget all."""
        self.paused.clear()
        self.budgets.clear()
        self.unreachable.clear()
        self.gone.clear()
        self._states.clear()

    def __len__(self) -> int:
        return len(self._states)

    def __contains__(self, url: str) -> bool:
        return self.get(url) is not None

    def get(self, url: str) -> UrlState | None:
        """The last end of `url`, if it had one."""
        return self._states.get(url)

    def note(self, outcome: Envelope[Outcome]) -> None:
        """Take an end in; the same one twice changes nothing."""
        event = outcome.event
        if isinstance(event, FetchSettled) and event.outcome in HOST_OUTCOMES:
            self._note_host(event)
            return
        before = self.get(event.url)
        if before is not None and outcome.cause is not None and before.settled_by == outcome.cause:
            return
        if before is not None:
            self._states.forget_redirect(event.url)
        if isinstance(event, FetchSettled):
            self.expect(event)
        state = _after(before, event, outcome.cause)
        is_there = (_is_published(event) and not _is_doubtful(event)) or _is_unchanged(event, before)
        due = None
        # A failure says nothing of whether the page is there; parts say nothing of the page itself.
        if state.first_at and (is_there or event.parts or _is_passing(event)):
            due = self._revisits.next(state.first_at, event.settled_at)
        if is_there:
            self.gone.good(event.url)
        elif event.removal and state.visits:
            due = self.gone.note(event)
        elif state.visits and (isinstance(event, FetchFailed) or event.parts or _is_passing(event)):
            # Where it is gone, that has a rhythm of its own.
            due = self.gone.due_of(event.url) or due
        self._states.set(event.url, state, due=due)

    def judged(self, outcome: End) -> End:
        """The outcome with what becomes of the article, if its page was there before and is missing now."""
        if isinstance(outcome, FetchFailed) and not is_gone(outcome):
            return outcome
        state = self.get(outcome.url)
        return structs.replace(outcome, removal=self.gone.judge(outcome)) if state and state.visits else outcome

    def _note_host(self, event: FetchSettled) -> None:
        host = host_of(event.url)
        match event.outcome:
            case "paused":
                self.paused[host] = event.settled_at
            case "resumed":
                self.paused.pop(host, None)
            case "unreachable":
                self.unreachable[origin_of(event.url)] = event.settled_at
            case "reachable":
                self.unreachable.pop(origin_of(event.url), None)
            case _:
                self.gone.confirmed[host] = event.settled_at
                for key in self.gone.held_keys(host):
                    self._states.bring_forward(key, event.settled_at)

    def due(self, now: datetime, most: int) -> list[Due]:
        """Pages to be looked at again by now, the latest to become due first: old ones can wait best."""
        return self._states.due(now, most)

    def due_of(self, url: str) -> datetime | None:
        """When the page is to be looked at again, if it is."""
        return self._states.due_of(url)

    def postpone(self, url: str, until: datetime | None) -> None:
        """Look at the page again then; with None not before its next end."""
        self._states.postpone(url, until)

    def expect(self, event: FetchSettled) -> None:
        """Remember where `event` redirects: already before it is published, because its target may be fetched first."""
        if event.reason == "redirected" and event.final_url:
            self._states.redirect(event.url, event.final_url)

    def is_duplicate(self, request: Envelope[CrawlRequested], url: str, now: datetime) -> bool:
        """Whether `request` needs no fetch: it has its end already, or its page has one and nobody insists.

        Parts are asked for because the page was fetched.
        """
        state = self.get(url)
        if state is None:
            return False
        # A request that was renewed after its fetch had begun is caused by the one that the fetch was of.
        if state.settled_by == request.id or (request.cause is not None and state.settled_by == request.cause):
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
            at = self._states.target_of(at)
        return at == url


def _after(before: UrlState | None, event: Outcome, settled_by: str | None) -> UrlState:
    """The state after one more end.

    A page in parts is asked whether it changed only if it is whole: else the next look brings them once more.
    """
    visits, first_at = (before.visits, before.first_at) if before else (0, None)
    if isinstance(event, FetchFailed):
        return UrlState(
            settled_at=event.settled_at, settled_by=settled_by, first_at=first_at, visits=visits,
            passing=_is_passing(event),
        )  # fmt: skip
    is_new = _is_published(event)
    if is_new and first_at is None and event.found_by in REVISITED and not _is_doubtful(event):
        first_at = event.settled_at
    validators = before if before and (_is_unchanged(event, before) or (is_new and event.parts)) else event
    return UrlState(
        settled_at=event.settled_at, settled_by=settled_by, first_at=first_at, visits=visits + is_new,
        passing=_is_passing(event), etag=validators.etag, last_modified=validators.last_modified,
    )  # fmt: skip


def _is_published(event: Outcome) -> bool:
    return isinstance(event, FetchSettled) and event.outcome == "published"


def _is_doubtful(event: Outcome) -> bool:
    """Whether a page that was published says that nothing is there: it is no good answer, and isn't looked at again."""
    return isinstance(event, FetchSettled) and event.why == "not_found"


def _is_unchanged(event: Outcome, before: UrlState | None) -> bool:
    return isinstance(event, FetchSettled) and event.outcome == "unchanged" and before is not None


def _is_passing(event: Outcome) -> bool:
    """Whether a later request may bring another end; a refusal of parts is none of their page."""
    if isinstance(event, FetchFailed):
        return event.reason in PASSING
    return event.reason in PASSING_REFUSALS and not event.parts
