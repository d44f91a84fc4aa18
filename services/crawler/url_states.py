"""How the URLs of one partition ended last, when they are looked at again, and where they redirect: on disk."""

from datetime import datetime

import msgspec

from services.crawler.store import Store, key_of, microseconds, time_of
from shared.articles import UtcTime

_COLUMNS = "settled_at, settled_by, first_at, visits, passing, etag, last_modified"
_TABLES = (
    """CREATE TABLE known (
        key BLOB PRIMARY KEY, settled_at INTEGER NOT NULL, settled_by TEXT, first_at INTEGER, visits INTEGER NOT NULL,
        passing INTEGER NOT NULL, etag TEXT, last_modified TEXT, due INTEGER, url TEXT
    ) WITHOUT ROWID""",
    "CREATE INDEX known_due ON known (due) WHERE due IS NOT NULL",
    "CREATE TABLE redirects (key BLOB PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID",
)


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


class UrlStates:
    """States by canonical URL."""

    def __init__(self, store: Store) -> None:
        self._store = store
        for statement in _TABLES:
            store.execute(statement)

    def clear(self) -> None:
        """Forget all."""
        self._store.execute("DELETE FROM known")
        self._store.execute("DELETE FROM redirects")

    def __len__(self) -> int:
        (number,) = self._store.row("SELECT COUNT(*) FROM known")
        return int(number)

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

    def set(self, url: str, state: UrlState, *, due: datetime | None) -> None:
        """Put the last end of `url`, and when it is looked at again, in the place of the one before."""
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

    def bring_forward(self, key: bytes, at: datetime) -> None:
        """Look at the page of that key then, if it is to be looked at again."""
        self._store.execute(
            "UPDATE known SET due = ? WHERE key = ? AND due IS NOT NULL", (microseconds(at), key)
        )  # fmt: skip

    def redirect(self, url: str, target: str) -> None:
        """Remember where `url` leads."""
        self._store.execute("INSERT OR REPLACE INTO redirects VALUES (?, ?)", (key_of(url), target))

    def forget_redirect(self, url: str) -> None:
        """It leads nowhere, as far as is known."""
        self._store.execute("DELETE FROM redirects WHERE key = ?", (key_of(url),))

    def target_of(self, url: str) -> str | None:
        """Where `url` leads, if it does."""
        row = self._store.row("SELECT target FROM redirects WHERE key = ?", (key_of(url),))
        return None if row is None else str(row[0])
