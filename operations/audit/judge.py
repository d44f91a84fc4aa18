"""What a consumed message ended as, from what is known. Pure but for reading the evidence.

Each function returns the class, or `Open` with what is missing. The rules are those of the services: see
services/crawler/intake.py for requests, and shared/delivery.py for dead letters.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress

import msgspec

from operations.audit.evidence import Evidence
from operations.audit.rows import Change, Consumed, Decided, Document, ListRequest, Outcome, Page, Request, Row, Version
from shared.codec import event_id
from shared.events import ArticleParsed
from shared.topics import ARTICLES_INDEXED, PAGES_FETCHED, RELATED_REQUESTS, TOPICS
from shared.urls import BadUrlError, canonical_url

EXPIRED = "expired"
BY_HAND = frozenset({"import", "replay", "refetch"})


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing explains the message; `why` says what was looked for."""

    why: str


Ended = str
Verdict = Ended | Open


class Judge:
    """`since` says by topic from when on it still has everything, in milliseconds: 0 if nothing has expired."""

    def __init__(self, evidence: Evidence, since: Mapping[str, int]) -> None:
        self._evidence = evidence
        self._since = since

    def __call__(self, row: Consumed) -> Verdict:
        """The end of a message that its group has committed, or of a document."""
        match row:
            case Request():
                return self._request(row)
            case Outcome():
                return self._announced(row)
            case Page():
                return self._page(row)
            case Version():
                return self._version(row)
            case Change():
                return self._change(row)
            case ListRequest():
                return self._list_request(row)
            case Decided():
                return self._decided(row)
            case Document():
                return self._document(row)
        return self._rejected(row) or self._forgotten(row, Open(why="unreadable, and no dead letter"))

    def _request(self, row: Request) -> Verdict:
        known = self._evidence
        return (
            known.outcome_of(row.id)
            or self._rejected(row)
            or ("duplicate" if any(map(known.has_outcome_at, _spellings(row.url))) else None)
            or ("forwarded" if known.forwarded(row.id, row.url) else None)
            or Open(why="no outcome of it or of its URL, and no dead letter")
        )

    def _announced(self, row: Outcome) -> Verdict:
        if row.page is not None and self._evidence.has_page(row.page):
            return "stored"
        if row.settled_at < self._since.get(PAGES_FETCHED.name, 0):
            return EXPIRED
        return Open(why=f"its page {row.page} isn't in pages.fetched")

    def _page(self, row: Page) -> Verdict:
        known = self._evidence
        if known.has_version_of(row.id) or known.has_change_of(event_id(ArticleParsed.TYPE, row.id, 0)):
            return "parsed"
        if reason := known.drop_of(row.id):
            return f"dropped: {reason}"
        if rejected := self._rejected(row):
            return rejected
        if known.has_version_at(row.url, row.version) or known.dropped_since(row.url, row.version):
            return "superseded"
        # A page that came by hand may have made an article of another URL, whose newer versions don't name the page's.
        if row.found_by in BY_HAND and row.at < self._since.get(ARTICLES_INDEXED.name, 0):
            return EXPIRED
        return Open(why="no article, no outcome and no dead letter")

    def _version(self, row: Version) -> Verdict:
        known = self._evidence
        stored = known.document(row.article)
        ended, lacking = _in_index(row, stored)
        if stored and lacking and stored.version == row.version and known.written_again(row, stored):
            ended = "superseded"
        if ended is None:
            same = stored is not None and stored.version == row.version
            return self._rejected(row) or (Open(why=lacking) if same else self._forgotten(row, Open(why=lacking)))
        if known.has_change_of(row.id) or row.at < self._since.get(ARTICLES_INDEXED.name, 0):
            return ended
        return self._rejected(row) or Open(why="in the index, but nothing in articles.indexed says so")

    def _change(self, row: Change) -> Verdict:
        if row.unchanged:
            return "unchanged"
        if self._evidence.fanned_out(row.id):
            return "fanned out"
        if rejected := self._rejected(row):
            return rejected
        if row.at < self._since.get(RELATED_REQUESTS.name, 0):
            return EXPIRED
        return Open(why="nothing in related.requests asks for its article's list, and no dead letter")

    def _list_request(self, row: ListRequest) -> Verdict:
        stored = self._evidence.document(row.article)
        if stored is None or stored.removed:
            return "no such article"
        if self._evidence.has_list(row.article):
            return "listed"
        return self._rejected(row) or Open(why="its article is in the index, but has no list, and no dead letter")

    def _decided(self, row: Decided) -> Verdict:
        if not self._evidence.keeps_decision(row.pair, row.version):
            return self._rejected(row) or Open(why="not in the index related-decisions, and no dead letter")
        if self._evidence.fanned_out(row.id):
            return "kept"
        if row.at < self._since.get(RELATED_REQUESTS.name, 0):
            return EXPIRED
        return self._rejected(row) or Open(why="in the index, but nothing in related.requests asks for a list")

    def _document(self, row: Document) -> Verdict:
        now = self._evidence.document(row.article)
        if now is None:
            return "gone since"
        newest = self._evidence.newest_version(row.article)
        if newest is None:
            return Open(why="no event in articles.parsed accounts for this document")
        if newest < now.version:
            return Open(why=f"its version {now.version} is newer than every event in articles.parsed")
        return "accounted for"

    def _rejected(self, row: Row) -> Ended | None:
        letter = self._evidence.dead_letter(row)
        return f"dead-lettered: {letter.reason} ({letter.status})" if letter else None

    def _forgotten(self, row: Row, otherwise: Open) -> Verdict:
        """A message older than what is kept of its dead letters may have been one."""
        return EXPIRED if row.at < self._since.get(TOPICS[row.topic].dlq, 0) else otherwise


def _in_index(row: Version, stored: Document | None) -> tuple[Ended | None, str]:
    """What the index says to this event: the class, or None and what is wrong."""
    if stored is None:
        return None, "not in the index, and no dead letter"
    if stored.version < row.version:
        return None, f"the index has the older version {stored.version}"
    if stored.version > row.version:
        return "superseded", ""
    if stored.removed != row.removed:
        return None, f"the index has its version as {'removed' if stored.removed else 'published'}"
    if row.removed:
        return "removed", ""
    if stored.content_hash != row.content_hash:
        return None, f"the index differs: its content hash is {stored.content_hash}, the event's {row.content_hash}"
    return "indexed", ""


def _spellings(url: str) -> Iterator[str]:
    """The URL, and its canonical form, which outcomes go by: almost all are canonical, and to make it is slow."""
    yield url
    with suppress(BadUrlError):
        yield canonical_url(url)
