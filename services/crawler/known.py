"""What is known of the URLs of one partition: rebuilt from `crawl.outcomes`, and asked before every fetch."""

from datetime import datetime, timedelta

import msgspec
from msgspec import structs

from services.crawler.budgets import Budgets
from services.crawler.gone import Rules, is_gone
from services.crawler.gone_pages import GonePages
from services.crawler.outages import origin_of
from services.crawler.revisits import Revisits
from services.crawler.store import Store, key_of, microseconds, time_of
from shared.articles import UtcTime
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
_COLUMNS = "settled_at, settled_by, first_at, visits, passing, etag, last_modified"
_TABLE = """CREATE TABLE known (
    key BLOB PRIMARY KEY, settled_at INTEGER NOT NULL, settled_by TEXT, first_at INTEGER, visits INTEGER NOT NULL,
    passing INTEGER NOT NULL, etag TEXT, last_modified TEXT, due INTEGER, url TEXT
) WITHOUT ROWID"""


class UrlState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last end of one URL. `visits` counts its published pages, `settled_by` is the request that led to the end.

    `first_at` is when a page that is to be looked at again was published first.
    """

    settled_at: UtcTime
    settled_by: str | None
    first_at: UtcTime | None = None
    visits: int = 0
    passing: bool = False
    etag: str | None = None
    last_modified: str | None = None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A page that is to be looked at again."""

    url: str
    due: UtcTime


class Known:
    """URL states by canonical URL; hosts that an operator has `paused`, and when that was said last; origins that are
    `unreachable`, and since when; and the links' `budgets`.
    """

    def __init__(self, store: Store | None = None, revisits: Revisits | None = None, gone: Rules | None = None) -> None:
        self._store = store or Store()
        self._revisits = revisits or Revisits()
        self.budgets = Budgets()
        self.paused: dict[str, datetime] = {}
        self.unreachable: dict[str, datetime] = {}
        self.gone = GonePages(self._store, gone or Rules())
        for statement in (
            _TABLE,
            "CREATE INDEX known_due ON known (due) WHERE due IS NOT NULL",
            "CREATE TABLE redirects (key BLOB PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID",
        ):
            self._store.execute(statement)

    def clear(self) -> None:
        """Forget all."""
        self.paused.clear()
        self.budgets.clear()
        self.unreachable.clear()
        self.gone.clear()
        self._store.execute("DELETE FROM known")
        self._store.execute("DELETE FROM redirects")

    def __len__(self) -> int:
        (number,) = self._store.row("SELECT COUNT(*) FROM known")
        return int(number)

    def __contains__(self, url: str) -> bool:
        return self.get(url) is not None

    def get(self, url: str) -> UrlState | None:
        """The last end of `url`, if it had one."""
        row = self._store.row(f"SELECT {_COLUMNS} FROM known WHERE key = ?", (key_of(url),))  # noqa: S608 - a constant
        if row is None:
            return None
        settled_at, settled_by, first_at, visits, passing, etag, last_modified = row
        return UrlState(
            settled_at=time_of(settled_at), settled_by=settled_by,
            first_at=None if first_at is None else time_of(first_at), visits=visits, passing=bool(passing),
            etag=etag, last_modified=last_modified,
        )  # fmt: skip

    def note(self, outcome: Envelope[FetchSettled | FetchFailed]) -> None:
        """Take an end in; the same one twice changes nothing."""
        event = outcome.event
        if isinstance(event, FetchSettled) and event.outcome in HOST_OUTCOMES:
            self._note_host(event)
            return
        before = self.get(event.url)
        if before is not None and outcome.cause is not None and before.settled_by == outcome.cause:
            return
        if before is not None:
            self._store.execute("DELETE FROM redirects WHERE key = ?", (key_of(event.url),))
        visits, first_at = (before.visits, before.first_at) if before else (0, None)
        if event.parts:
            self._note_parts(event, before, outcome.cause)
            return
        if isinstance(event, FetchFailed):
            passing = event.reason in PASSING
            # A failure says nothing of whether the page is there; where it is gone, that has a rhythm of its own.
            due = self._revisits.next(first_at, event.settled_at) if passing and first_at else None
            if visits:
                due = self.gone.note(event) if event.removal else self.gone.due_of(event.url) or due
            self._set(
                event.url,
                UrlState(
                    settled_at=event.settled_at, settled_by=outcome.cause, first_at=first_at, visits=visits,
                    passing=passing,
                ),
                due=due,
            )  # fmt: skip
            return
        self.expect(event)
        unchanged = event.outcome == "unchanged" and before is not None
        published = event.outcome == "published"
        if published or unchanged:
            self.gone.good(event.url)
        if published and first_at is None and event.found_by in REVISITED:
            first_at = event.settled_at
        passing = event.reason in PASSING_REFUSALS
        seen_again = first_at is not None and (passing or event.outcome in {"published", "unchanged"})
        due = self._revisits.next(first_at, event.settled_at) if seen_again and first_at else None
        if passing and visits:
            due = self.gone.due_of(event.url) or due
        self._set(
            event.url,
            UrlState(
                settled_at=event.settled_at, settled_by=outcome.cause, first_at=first_at, visits=visits + published,
                passing=passing,
                etag=before.etag if unchanged and before else event.etag,
                last_modified=before.last_modified if unchanged and before else event.last_modified,
            ),
            due=due,
        )  # fmt: skip

    def judged(self, failure: FetchFailed) -> FetchFailed:
        """The failure with what becomes of the article, if its page was there before and is gone."""
        state = self.get(failure.url) if is_gone(failure) else None
        return structs.replace(failure, removal=self.gone.judge(failure)) if state and state.visits else failure

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
                    self._store.execute(
                        "UPDATE known SET due = ? WHERE key = ? AND due IS NOT NULL",
                        (microseconds(event.settled_at), key),
                    )

    def _note_parts(
        self, event: FetchSettled | FetchFailed, before: UrlState | None, settled_by: str | None
    ) -> None:  # fmt: skip
        """The page whose parts were fetched is looked at again as before.

        It is asked whether it changed only if it is whole: else the next look brings its parts once more.
        """
        is_whole = isinstance(event, FetchSettled) and event.outcome == "published"
        first_at = before.first_at if before else None
        due = self._revisits.next(first_at, event.settled_at) if first_at else None
        if is_whole:
            self.gone.good(event.url)
        self._set(
            event.url,
            UrlState(
                settled_at=event.settled_at, settled_by=settled_by, first_at=first_at,
                visits=(before.visits if before else 0) + is_whole,
                passing=isinstance(event, FetchFailed) and event.reason in PASSING,
                etag=before.etag if before and is_whole else None,
                last_modified=before.last_modified if before and is_whole else None,
            ),
            due=self.gone.due_of(event.url) or due,
        )  # fmt: skip

    def _set(self, url: str, state: UrlState, *, due: datetime | None = None) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key_of(url), microseconds(state.settled_at), state.settled_by,
                None if state.first_at is None else microseconds(state.first_at), state.visits, state.passing,
                state.etag, state.last_modified, None if due is None else microseconds(due), url if due else None,
            ),
        )  # fmt: skip

    def due(self, now: datetime, most: int) -> list[Due]:
        """Pages to be looked at again by now, the latest to become due first: old ones can wait best."""
        rows = self._store.rows(
            "SELECT url, due FROM known WHERE due <= ? ORDER BY due DESC LIMIT ?", (microseconds(now), most)
        )
        return [Due(url=url, due=time_of(due)) for url, due in rows]

    def due_of(self, url: str) -> datetime | None:
        """When the page is to be looked at again, if it is."""
        row = self._store.row("SELECT due FROM known WHERE key = ?", (key_of(url),))
        return None if row is None or row[0] is None else time_of(row[0])

    def postpone(self, url: str, until: datetime | None) -> None:
        """Look at the page again then; with None not before its next end."""
        self._store.execute(
            "UPDATE known SET due = ? WHERE key = ?", (None if until is None else microseconds(until), key_of(url))
        )

    def expect(self, event: FetchSettled) -> None:
        """Remember where `event` redirects: already before it is published, because its target may be fetched first."""
        if event.reason == "redirected" and event.final_url:
            self._store.execute("INSERT OR REPLACE INTO redirects VALUES (?, ?)", (key_of(event.url), event.final_url))

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
            row = self._store.row("SELECT target FROM redirects WHERE key = ?", (key_of(at),))
            at = row[0] if row else None
        return at == url
