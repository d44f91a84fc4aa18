"""A temporary database on disk, so that memory doesn't grow with the number of messages: 16 MiB of cache, no journal.

Tables are filled first and indexed when their topic has been read: sorting once is cheaper than a tree in random order.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from operations.audit.rows import (
    Change,
    Consumed,
    Document,
    Drop,
    ListRequest,
    Outcome,
    Page,
    Rejected,
    Request,
    Row,
    Settled,
    Version,
)
from shared.articles import article_id
from shared.errors import WartaError
from shared.events import HOST_OUTCOMES

CACHE_KIB = 16 * 1024
# table: columns, and what is looked up by; the untyped columns tell bytes from text
TABLES = {
    "outcomes": ("cause, url, label TEXT", ("cause", "url")),
    "forwards": ("cause, url", ("cause",)),
    "pages": ("id", ("id",)),
    "drops": ("cause, url, version INTEGER, reason TEXT", ("cause", "url")),
    "versions": (
        "cause, article, url, version INTEGER, hash, removed INTEGER, partition INTEGER, offset INTEGER",
        ("cause", "article", "url"),
    ),
    "changes": ("cause", ("cause",)),
    "fanned": ("cause", ("cause",)),
    "rejected": (
        "topic TEXT, partition INTEGER, offset INTEGER, cause, reason TEXT, own INTEGER",
        ("topic, partition, offset", "cause"),
    ),
    "settled": ("topic TEXT, letter INTEGER, action TEXT", ("topic, letter",)),
    "documents": ("article, version INTEGER, hash, removed INTEGER, url TEXT", ("article",)),
    "lists": ("article", ("article",)),
    "decisions": ("pair TEXT, version INTEGER", ("pair",)),
}  # fmt: skip
FILLED_BY = {
    "crawl.requests": ("forwards",),
    "crawl.outcomes": ("outcomes",),
    "pages.fetched": ("pages",),
    "pages.outcomes": ("drops",),
    "articles.parsed": ("versions",),
    "articles.indexed": ("changes",),
    "related.requests": ("fanned",),
}
_candidate: msgspec.msgpack.Decoder[Consumed] = msgspec.msgpack.Decoder(Consumed)


class NoRoomError(WartaError):
    """The temporary database can't be written."""


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """Say what to do when the database in `folder` has no room; a question may need some too. Raises `NoRoomError`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise NoRoomError(
            f"the audit's temporary database in {folder.parent} can't be written ({error}): "
            "make room there, or set TMPDIR to a directory on a larger disk"
        ) from None


class Database:
    """The database, a file in `folder`; whoever made the folder removes it."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "audit.sqlite", check_same_thread=False)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", f"cache_size=-{CACHE_KIB}"):
            self.db.execute(f"PRAGMA {pragma}")
        for table, (columns, _) in TABLES.items():
            self.db.execute(f"CREATE TABLE {table} ({columns})")
        self.db.execute("CREATE TABLE open (why TEXT, row BLOB)")
        self.indexed: set[str] = set()

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    def add(self, rows: Iterable[Row | Document]) -> None:
        """Take in what these rows explain."""
        by_table: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for row in rows:
            found = _explains(row)
            if found:
                by_table[found[0]].append(found[1])
        for table, values in by_table.items():
            marks = ",".join("?" * len(values[0]))
            self._write(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - a name of the table above

    def add_lists(self, articles: Iterable[str]) -> None:
        """Take in which articles have a stored list."""
        self._write("INSERT INTO lists VALUES (?)", [(pack(article),) for article in articles])

    def add_decisions(self, kept: Iterable[tuple[str, int]]) -> None:
        """Take in which decision is kept on each pair, by its version."""
        self._write("INSERT INTO decisions VALUES (?, ?)", list(kept))

    def refresh(self, articles: list[str], documents: Iterable[Document], listed: Iterable[str]) -> None:
        """What the indices have of `articles` now takes the place of what they had."""
        keys = [(pack(article),) for article in articles]
        self._write("DELETE FROM documents WHERE article = ?", keys)
        self._write("DELETE FROM lists WHERE article = ?", keys)
        self.add(documents)
        self.add_lists(listed)

    def index(self, *tables: str) -> None:
        """Make filled tables ready for questions."""
        for table in tables:
            for number, columns in enumerate(TABLES[table][1]):
                self.db.execute(f"CREATE INDEX {table}_{number} ON {table} ({columns})")
            self.indexed.add(table)

    def leave_open(self, rows: Iterable[tuple[Consumed, str]]) -> None:
        """Keep rows, each with what it lacks, for a second look."""
        self._write("INSERT INTO open VALUES (?, ?)", [(why, msgspec.msgpack.encode(row)) for row, why in rows])

    def opened(self, many: int) -> Iterator[list[tuple[Consumed, str]]]:
        """The rows left open, `many` at once."""
        last = 0
        while found := self.db.execute(
            "SELECT rowid, row, why FROM open WHERE rowid > ? ORDER BY rowid LIMIT ?", (last, many)
        ).fetchall():
            last = found[-1][0]
            yield [(_candidate.decode(row), why) for _, row, why in found]

    def documents(self, many: int) -> Iterator[list[Document]]:
        """All documents, `many` at once."""
        last = 0
        while found := self.db.execute(
            "SELECT rowid, article, version, hash, removed, url FROM documents WHERE rowid > ? ORDER BY rowid LIMIT ?",
            (last, many),
        ).fetchall():
            last = found[-1][0]
            yield [
                Document(
                    article=unpack(article), version=version, content_hash=unpacked(content_hash),
                    removed=bool(removed), url=url,
                )
                for _, article, version, content_hash, removed, url in found
            ]  # fmt: skip

    def _write(self, sql: str, values: list[tuple[Any, ...]]) -> None:
        self.db.executemany(sql, values)

    def text(self, sql: str, *values: object) -> str | None:
        found = self.db.execute(sql, values).fetchone()
        return None if found is None else str(found[0])

    def has(self, sql: str, *values: object) -> bool:
        return self.db.execute(sql, values).fetchone() is not None


def pack(name: str) -> bytes | str:
    """Half the length, for ids that are 32 hex digits as ours are; others stay as they are."""
    if len(name) == 32:
        try:
            packed = bytes.fromhex(name)
        except ValueError:
            return name
        if packed.hex() == name:
            return packed
    return name


def unpack(packed: bytes | str) -> str:
    """What `pack` was given."""
    return packed.hex() if isinstance(packed, bytes) else packed


def url_key(url: str) -> bytes:
    """16 bytes for a URL: the packed id of the article whose canonical URL it is."""
    return bytes.fromhex(article_id(url))


def packed(name: str | None) -> bytes | str | None:
    return None if name is None else pack(name)


def unpacked(packed: bytes | str | None) -> str | None:
    return None if packed is None else unpack(packed)


def _explains(row: Row | Document) -> tuple[str, tuple[Any, ...]] | None:
    """The table and values that this row becomes; None for one that explains nothing."""
    match row:
        case Outcome():
            label = row.outcome + (f": {row.reason}" if row.reason else "")
            ended = None if row.outcome in HOST_OUTCOMES else url_key(row.url)  # what is said of a host ends no page
            return "outcomes", (packed(row.cause), ended, label)
        case Request() if row.from_crawler and row.cause:
            return "forwards", (pack(row.cause), url_key(row.url))
        case Page():
            return "pages", (pack(row.id),)
        case Drop():
            return "drops", (packed(row.cause), url_key(row.url), row.version, row.reason)
        case Version():
            return "versions", (
                packed(row.cause), pack(row.article), url_key(row.url), row.version, packed(row.content_hash),
                row.removed, row.partition, row.offset,
            )  # fmt: skip
        case Change() if row.cause:
            return "changes", (pack(row.cause),)
        case ListRequest() if row.own and row.cause:
            return "fanned", (pack(row.cause),)
        case Rejected():
            return "rejected", (
                row.source_topic, row.source_partition, row.source_offset, packed(row.cause), row.reason, row.offset,
            )  # fmt: skip
        case Settled():
            return "settled", (row.topic.removesuffix(".dlq"), row.letter, row.action)
        case Document():
            return "documents", (
                pack(row.article), row.version, packed(row.content_hash), row.removed, row.url,
            )  # fmt: skip
    return None
