"""The pages of a partition that are gone, and what their hosts answer otherwise: rebuilt from `crawl.outcomes`."""

from datetime import datetime, timedelta
from typing import NamedTuple

from services.crawler.gone import CONFIRMED_FOR, Host, Page, Rules, decide, next_look
from services.crawler.store import Store, key_of, microseconds, time_of
from shared.events import FetchFailed, FetchSettled, Removal
from shared.urls import host_of

_HOUR = microseconds(time_of(0) + timedelta(hours=1))
_TABLES = (
    """CREATE TABLE gone (
        key BLOB PRIMARY KEY, host TEXT NOT NULL, since INTEGER NOT NULL, last INTEGER NOT NULL,
        times INTEGER NOT NULL, removal TEXT, good INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX gone_host ON gone (host, last)",
    "CREATE INDEX gone_held ON gone (host) WHERE removal IN ('held', 'capped')",
    # All good answers of a host so far (a page that is gone has them as of then), and the removals of its last hour.
    """CREATE TABLE answers (
        host TEXT PRIMARY KEY, good INTEGER NOT NULL, hour INTEGER NOT NULL, removed INTEGER NOT NULL
    ) WITHOUT ROWID""",
)
_GOOD = "INSERT INTO answers VALUES (?, 1, 0, 0) ON CONFLICT (host) DO UPDATE SET good = good + 1"
_REMOVED = """INSERT INTO answers VALUES (?1, 0, ?2, 1)
    ON CONFLICT (host) DO UPDATE SET removed = CASE WHEN hour = ?2 THEN removed + 1 ELSE 1 END, hour = ?2"""


Missing = FetchFailed | FetchSettled


class GonePages:
    """What `rules` need to be told, by canonical URL and host. `confirmed` is when a person last said so of a host."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self.confirmed: dict[str, datetime] = {}
        for statement in _TABLES:
            store.execute(statement)

    def clear(self) -> None:
        """Forget all."""
        self.confirmed.clear()
        self._store.execute("DELETE FROM gone")
        self._store.execute("DELETE FROM answers")

    def judge(self, missing: Missing) -> Removal | None:
        """What becomes of the article now that its page, which was there once, is gone; None where it went before."""
        kept = self._row(missing.url)
        if kept is not None and kept.removal == "done":
            return None
        page = _after(kept, missing)
        by_status = isinstance(missing, FetchFailed)
        return decide(page, self._host(missing, page, kept), self._rules, by_status=by_status)

    def note(self, missing: Missing) -> datetime | None:
        """Take in that a page is gone, with what was decided: when it is to be looked at again, if it is."""
        kept = self._row(missing.url)
        page = _after(kept, missing)
        host = host_of(missing.url)
        self._store.execute(
            "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                key_of(missing.url), host, microseconds(page.since), microseconds(page.last), page.times,
                missing.removal, kept.good if kept else self._answers(host).good,
            ),
        )  # fmt: skip
        if missing.removal == "done":
            self._store.execute(_REMOVED, (host, microseconds(missing.settled_at) // _HOUR))
        return next_look(page, missing.removal, self._rules)

    def good(self, url: str) -> None:
        """Take in that the page is there."""
        self._store.execute("DELETE FROM gone WHERE key = ?", (key_of(url),))
        self._store.execute(_GOOD, (host_of(url),))

    def has_answered(self, host: str) -> bool:
        """Whether a page of the host was ever there."""
        return self._answers(host).good > 0

    def due_of(self, url: str) -> datetime | None:
        """When the page is to be looked at again if it is gone."""
        kept = self._row(url)
        return next_look(kept.page, kept.removal, self._rules) if kept else None

    @property
    def held(self) -> dict[str, int]:
        """How many pages are held back from their removal, by host."""
        return dict(
            self._store.rows("SELECT host, COUNT(*) FROM gone WHERE removal IN ('held', 'capped') GROUP BY host")
        )

    def held_keys(self, host: str) -> list[bytes]:
        """The keys of the host's pages that are held back."""
        rows = self._store.rows("SELECT key FROM gone WHERE host = ? AND removal IN ('held', 'capped')", (host,))
        return [bytes(key) for (key,) in rows]

    def _row(self, url: str) -> "_Kept | None":
        row = self._store.row("SELECT since, last, times, removal, good FROM gone WHERE key = ?", (key_of(url),))
        if row is None:
            return None
        since, last, times, removal, good = row
        return _Kept(Page(since=time_of(since), last=time_of(last), times=times), removal, good)

    def _answers(self, host: str) -> "_Answers":
        return _Answers(
            *(self._store.row("SELECT good, hour, removed FROM answers WHERE host = ?", (host,)) or (0, 0, 0))
        )

    def _host(self, missing: Missing, page: Page, kept: "_Kept | None") -> Host:
        host = host_of(missing.url)
        (others,) = self._store.row(
            "SELECT COUNT(*) FROM gone WHERE host = ? AND last >= ? AND key <> ?",
            (host, microseconds(page.since), key_of(missing.url)),
        )
        answers, confirmed_at = self._answers(host), self.confirmed.get(host)
        return Host(
            gone=others + 1,
            good=answers.good - (kept.good if kept else answers.good),
            removed=answers.removed if answers.hour == microseconds(missing.settled_at) // _HOUR else 0,
            confirmed=confirmed_at is not None and missing.settled_at - confirmed_at < CONFIRMED_FOR,
        )


class _Kept(NamedTuple):
    page: Page
    removal: Removal | None
    good: int


class _Answers(NamedTuple):
    good: int
    hour: int
    removed: int


def _after(kept: _Kept | None, missing: Missing) -> Page:
    at = missing.settled_at
    return Page(since=kept.page.since if kept else at, last=at, times=kept.page.times + 1 if kept else 1)
