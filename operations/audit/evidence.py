"""What explains messages: the questions that the audit asks of its database.

Ids are in it as 16 bytes and URLs as the 16 bytes that an article's id is made of, so `article = url` asks for the
article whose canonical URL this is.
"""

import msgspec

from operations.audit.database import Database, pack, packed, unpacked, url_key
from operations.audit.rows import Document, Row, Version

_LETTERS = (
    "SELECT reason, (SELECT action FROM settled WHERE settled.topic = rejected.topic AND letter = own)"
    " FROM rejected WHERE topic = ? AND "
)
AT_PLACE = _LETTERS + "partition = ? AND offset = ?"
OF_EVENT = _LETTERS + "cause = ?"


class DeadLetterFound(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter; `status` is waiting, retried or discarded."""

    reason: str
    status: str


class Evidence(Database):
    """Whether something known explains a message. Ids and URLs are given as they are in the rows."""

    def outcome_of(self, request: str) -> str | None:
        return self.text("SELECT label FROM outcomes WHERE cause = ? LIMIT 1", pack(request))

    def has_outcome_at(self, url: str) -> bool:
        return self.has("SELECT 1 FROM outcomes WHERE url = ? LIMIT 1", url_key(url))

    def forwarded(self, request: str, url: str) -> bool:
        """Whether a copy was sent on; not known before all requests have been read."""
        return "forwards" in self.indexed and self.has(
            "SELECT 1 FROM forwards WHERE cause = ? AND url = ? LIMIT 1", pack(request), url_key(url)
        )

    def has_page(self, page: str) -> bool:
        return self.has("SELECT 1 FROM pages WHERE id = ? LIMIT 1", pack(page))

    def drop_of(self, page: str) -> str | None:
        return self.text("SELECT reason FROM drops WHERE cause = ? LIMIT 1", pack(page))

    def dropped_since(self, url: str, version: int) -> bool:
        return self.has("SELECT 1 FROM drops WHERE url = ? AND version >= ? LIMIT 1", url_key(url), version)

    def has_version_of(self, page: str) -> bool:
        return self.has("SELECT 1 FROM versions WHERE cause = ? LIMIT 1", pack(page))

    def has_change_of(self, version: str) -> bool:
        return self.has("SELECT 1 FROM changes WHERE cause = ? LIMIT 1", pack(version))

    def has_version_at(self, url: str, version: int) -> bool:
        """Whether an event or a document of this URL's article, or an event of a page here, is as new or newer."""
        key = url_key(url)
        return (
            self.has("SELECT 1 FROM versions WHERE article = ? AND version >= ? LIMIT 1", key, version)
            or self.has("SELECT 1 FROM versions WHERE url = ? AND version >= ? LIMIT 1", key, version)
            or self.has("SELECT 1 FROM documents WHERE article = ? AND version >= ? LIMIT 1", key, version)
        )

    def newest_version(self, article: str) -> int | None:
        (newest,) = self.db.execute("SELECT max(version) FROM versions WHERE article = ?", (pack(article),)).fetchone()
        return None if newest is None else int(newest)

    def written_again(self, row: Version, document: Document) -> bool:
        """Whether a later event of the same version is what the document says; not known before all have been read."""
        return "versions" in self.indexed and self.has(
            "SELECT 1 FROM versions WHERE article = ? AND version = ? AND partition = ? AND offset > ?"
            " AND removed = ? AND hash IS ? LIMIT 1",
            pack(row.article), row.version, row.partition, row.offset, document.removed, packed(document.content_hash),
        )  # fmt: skip

    def fanned_out(self, change: str) -> bool:
        return self.has("SELECT 1 FROM fanned WHERE cause = ? LIMIT 1", pack(change))

    def document(self, article: str) -> Document | None:
        found = self.db.execute(
            "SELECT version, hash, removed, url FROM documents WHERE article = ? ORDER BY version DESC LIMIT 1",
            (pack(article),),
        ).fetchone()
        if found is None:
            return None
        version, content_hash, removed, url = found
        return Document(
            article=article, version=version, content_hash=unpacked(content_hash), removed=bool(removed), url=url
        )

    def has_list(self, article: str) -> bool:
        return self.has("SELECT 1 FROM lists WHERE article = ? LIMIT 1", pack(article))

    def keeps_decision(self, pair: str, version: int) -> bool:
        """Whether the index keeps this decision on the pair, or a later one."""
        return self.has("SELECT 1 FROM decisions WHERE pair = ? AND version >= ? LIMIT 1", pair, version)

    def dead_letter(self, row: Row) -> DeadLetterFound | None:
        """The dead letter of the record itself, else of its event: but a retried one doesn't end the copy it sent."""
        own = self._letters(AT_PLACE, row.topic, row.partition, row.offset)
        if own:
            return next((letter for letter in own if letter.status != "waiting"), own[0])
        others = self._letters(OF_EVENT, row.topic, pack(row.id)) if row.id else []
        return next((letter for letter in others if letter.status != "retried"), None)

    def _letters(self, sql: str, *values: object) -> list[DeadLetterFound]:
        found = self.db.execute(sql, values)
        return [DeadLetterFound(reason=reason, status=action or "waiting") for reason, action in found]
