"""What explains messages: kept in a temporary database on disk, so that memory doesn't grow with their number.

Ids go in as 16 bytes and URLs as the 16 bytes that an article's id is made of, so `WHERE article = url` asks for the
article whose canonical URL this is. Tables are filled first and indexed when their topic has been read: sorting once
is cheaper than a tree in random order.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
_LETTERS = (
    "SELECT reason, (SELECT action FROM settled WHERE settled.topic = rejected.topic AND letter = own)"
    " FROM rejected WHERE topic = ? AND "
)
AT_PLACE = _LETTERS + "partition = ? AND offset = ?"
OF_EVENT = _LETTERS + "cause = ?"
_candidate: msgspec.msgpack.Decoder[Consumed] = msgspec.msgpack.Decoder(Consumed)


class NoRoomError(WartaError):
    """The temporary database can't be written."""


class DeadLetterFound(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter; `status` is waiting, retried or discarded."""

    reason: str
    status: str


class Evidence:
    """The database, a file in `folder`; whoever made the folder removes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = sqlite3.connect(folder / "audit.sqlite", check_same_thread=False)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", f"cache_size=-{CACHE_KIB}"):
            self._db.execute(f"PRAGMA {pragma}")
        for table, (columns, _) in TABLES.items():
            self._db.execute(f"CREATE TABLE {table} ({columns})")
        self._db.execute("CREATE TABLE open (why TEXT, row BLOB)")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

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
                self._write(f"CREATE INDEX {table}_{number} ON {table} ({columns})")

    # questions

    def outcome_of(self, request: str) -> str | None:
        return self._text("SELECT label FROM outcomes WHERE cause = ? LIMIT 1", pack(request))

    def has_outcome_at(self, url: str) -> bool:
        return self._has("SELECT 1 FROM outcomes WHERE url = ? LIMIT 1", url_key(url))

    def forwarded(self, request: str, url: str) -> bool:
        return self._has("SELECT 1 FROM forwards WHERE cause = ? AND url = ? LIMIT 1", pack(request), url_key(url))

    def has_page(self, page: str) -> bool:
        return self._has("SELECT 1 FROM pages WHERE id = ? LIMIT 1", pack(page))

    def drop_of(self, page: str) -> str | None:
        return self._text("SELECT reason FROM drops WHERE cause = ? LIMIT 1", pack(page))

    def dropped_since(self, url: str, version: int) -> bool:
        return self._has("SELECT 1 FROM drops WHERE url = ? AND version >= ? LIMIT 1", url_key(url), version)

    def has_version_of(self, page: str) -> bool:
        return self._has("SELECT 1 FROM versions WHERE cause = ? LIMIT 1", pack(page))

    def has_change_of(self, version: str) -> bool:
        return self._has("SELECT 1 FROM changes WHERE cause = ? LIMIT 1", pack(version))

    def has_version_at(self, url: str, version: int) -> bool:
        """Whether an event or a document of this URL's article, or an event of a page here, is as new or newer."""
        key = url_key(url)
        return (
            self._has("SELECT 1 FROM versions WHERE article = ? AND version >= ? LIMIT 1", key, version)
            or self._has("SELECT 1 FROM versions WHERE url = ? AND version >= ? LIMIT 1", key, version)
            or self._has("SELECT 1 FROM documents WHERE article = ? AND version >= ? LIMIT 1", key, version)
        )

    def newest_version(self, article: str) -> int | None:
        (newest,) = self._db.execute("SELECT max(version) FROM versions WHERE article = ?", (pack(article),)).fetchone()
        return None if newest is None else int(newest)

    def written_again(self, row: Version, document: Document) -> bool:
        """Whether an event behind `row` with the same version is what the document says."""
        return self._has(
            "SELECT 1 FROM versions WHERE article = ? AND version = ? AND partition = ? AND offset > ?"
            " AND removed = ? AND hash IS ? LIMIT 1",
            pack(row.article), row.version, row.partition, row.offset, document.removed, _packed(document.content_hash),
        )  # fmt: skip

    def fanned_out(self, change: str) -> bool:
        return self._has("SELECT 1 FROM fanned WHERE cause = ? LIMIT 1", pack(change))

    def document(self, article: str) -> Document | None:
        found = self._db.execute(
            "SELECT version, hash, removed, url FROM documents WHERE article = ? ORDER BY version DESC LIMIT 1",
            (pack(article),),
        ).fetchone()
        if found is None:
            return None
        version, content_hash, removed, url = found
        return Document(
            article=article, version=version, content_hash=_unpacked(content_hash), removed=bool(removed), url=url
        )

    def has_list(self, article: str) -> bool:
        return self._has("SELECT 1 FROM lists WHERE article = ? LIMIT 1", pack(article))

    def dead_letter(self, row: Row) -> DeadLetterFound | None:
        """The dead letter of the record itself, else of its event: but a retried one doesn't end the copy it sent."""
        own = self._letters(AT_PLACE, row.topic, row.partition, row.offset)
        if own:
            return next((letter for letter in own if letter.status != "waiting"), own[0])
        others = self._letters(OF_EVENT, row.topic, pack(row.id)) if row.id else []
        return next((letter for letter in others if letter.status != "retried"), None)

    def _letters(self, sql: str, *values: object) -> list[DeadLetterFound]:
        found = self._db.execute(sql, values)
        return [DeadLetterFound(reason=reason, status=action or "waiting") for reason, action in found]

    # the messages without an explanation yet

    def leave_open(self, rows: Iterable[tuple[Consumed, str]]) -> None:
        """Keep rows, each with what it lacks, for a second look."""
        self._write("INSERT INTO open VALUES (?, ?)", [(why, msgspec.msgpack.encode(row)) for row, why in rows])

    def opened(self, many: int) -> Iterator[list[tuple[Consumed, str]]]:
        """The rows left open, `many` at once."""
        last = 0
        while found := self._db.execute(
            "SELECT rowid, row, why FROM open WHERE rowid > ? ORDER BY rowid LIMIT ?", (last, many)
        ).fetchall():
            last = found[-1][0]
            yield [(_candidate.decode(row), why) for _, row, why in found]

    def documents(self, many: int) -> Iterator[list[Document]]:
        """All documents, `many` at once."""
        last = 0
        while found := self._db.execute(
            "SELECT rowid, article, version, hash, removed, url FROM documents WHERE rowid > ? ORDER BY rowid LIMIT ?",
            (last, many),
        ).fetchall():
            last = found[-1][0]
            yield [
                Document(
                    article=unpack(article), version=version, content_hash=_unpacked(content_hash),
                    removed=bool(removed), url=url,
                )
                for _, article, version, content_hash, removed, url in found
            ]  # fmt: skip

    def _write(self, sql: str, values: list[tuple[Any, ...]] | None = None) -> None:
        try:
            if values is None:
                self._db.execute(sql)
            else:
                self._db.executemany(sql, values)
        except sqlite3.OperationalError as error:
            raise NoRoomError(
                f"the audit's temporary database in {self._folder.parent} can't be written ({error}): "
                "make room there, or set TMPDIR to a directory on a larger disk"
            ) from None

    def _text(self, sql: str, *values: object) -> str | None:
        found = self._db.execute(sql, values).fetchone()
        return None if found is None else str(found[0])

    def _has(self, sql: str, *values: object) -> bool:
        return self._db.execute(sql, values).fetchone() is not None


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


def _packed(name: str | None) -> bytes | str | None:
    return None if name is None else pack(name)


def _unpacked(packed: bytes | str | None) -> str | None:
    return None if packed is None else unpack(packed)


def _explains(row: Row | Document) -> tuple[str, tuple[Any, ...]] | None:
    """The table and values that this row becomes; None for one that explains nothing."""
    match row:
        case Outcome():
            label = row.outcome + (f": {row.reason}" if row.reason else "")
            return "outcomes", (_packed(row.cause), url_key(row.url), label)
        case Request() if row.from_crawler and row.cause:
            return "forwards", (pack(row.cause), url_key(row.url))
        case Page():
            return "pages", (pack(row.id),)
        case Drop():
            return "drops", (_packed(row.cause), url_key(row.url), row.version, row.reason)
        case Version():
            return "versions", (
                _packed(row.cause), pack(row.article), url_key(row.url), row.version, _packed(row.content_hash),
                row.removed, row.partition, row.offset,
            )  # fmt: skip
        case Change() if row.cause:
            return "changes", (pack(row.cause),)
        case ListRequest() if row.own and row.cause:
            return "fanned", (pack(row.cause),)
        case Rejected():
            return "rejected", (
                row.source_topic, row.source_partition, row.source_offset, _packed(row.cause), row.reason, row.offset,
            )  # fmt: skip
        case Settled():
            return "settled", (row.topic.removesuffix(".dlq"), row.letter, row.action)
        case Document():
            return "documents", (
                pack(row.article), row.version, _packed(row.content_hash), row.removed, row.url,
            )  # fmt: skip
    return None
