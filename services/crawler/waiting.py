"""What waits to be fetched, by host: the queues of one partition, on disk."""

from services.crawler.store import Store

_TABLE = """CREATE TABLE waiting (
    number INTEGER PRIMARY KEY, key BLOB NOT NULL, host INTEGER NOT NULL, later INTEGER NOT NULL,
    priority INTEGER NOT NULL, item BLOB NOT NULL
)"""


class Waiting:
    """Hosts are numbers; items are bytes with a key. `later` is microseconds since 1970, 0 for what may go at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        for statement in (
            _TABLE,
            "CREATE INDEX waiting_turn ON waiting (host, later, priority, number)",
            "CREATE INDEX waiting_key ON waiting (key)",
        ):
            store.execute(statement)

    def __contains__(self, key: bytes) -> bool:
        return self._store.row("SELECT 1 FROM waiting WHERE key = ? LIMIT 1", (key,)) is not None

    def put(self, host: int, key: bytes, item: bytes, *, priority: int, later: int = 0) -> None:
        """Add an item to its host's queue."""
        self._store.execute(
            "INSERT INTO waiting (key, host, later, priority, item) VALUES (?, ?, ?, ?, ?)",
            (key, host, later, priority, item),
        )

    def pop(self, host: int) -> bytes:
        """The host's first item that may go at once, by priority and then by arrival; there must be one."""
        number, item = self._store.row(
            "SELECT number, item FROM waiting WHERE host = ? AND later = 0 ORDER BY priority, number LIMIT 1", (host,)
        )
        self._store.execute("DELETE FROM waiting WHERE number = ?", (number,))
        return bytes(item)

    def item(self, key: bytes) -> tuple[int, bytes] | None:
        """The first item of that key, with its number."""
        row = self._store.row("SELECT number, item FROM waiting WHERE key = ? ORDER BY number LIMIT 1", (key,))
        return None if row is None else (int(row[0]), bytes(row[1]))

    def after(self, number: int, most: int) -> list[tuple[int, bytes]]:
        """The next items in the order of their arrival."""
        rows = self._store.rows(
            "SELECT number, item FROM waiting WHERE number > ? ORDER BY number LIMIT ?", (number, most)
        )
        return [(int(found), bytes(item)) for found, item in rows]

    def replace(self, number: int, key: bytes, item: bytes, *, priority: int | None = None) -> bool:
        """Put an item in the place of one that waits, or before it by a lower `priority`; whether that was there."""
        return bool(
            self._store.execute(
                "UPDATE waiting SET item = ?, priority = MIN(priority, IFNULL(?, priority))"
                " WHERE number = ? AND key = ?",
                (item, priority, number, key),
            )
        )

    def promote(self, host: int, now: int) -> int:
        """Let those go whose time has come: how many there are."""
        return self._store.execute("UPDATE waiting SET later = 0 WHERE host = ? AND later BETWEEN 1 AND ?", (host, now))

    def next_later(self, host: int) -> int | None:
        """When the first of the others may go."""
        (later,) = self._store.row("SELECT MIN(later) FROM waiting WHERE host = ? AND later > 0", (host,))
        return None if later is None else int(later)
