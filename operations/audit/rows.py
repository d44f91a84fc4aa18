"""What the audit keeps of a record: who it is, what led to it, and what it is about. Never what a page says.

Times are milliseconds since 1970; `at` is the record's own time. `id` is the event's id, empty where there is none.
"""

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A record and where it stands."""

    topic: str
    partition: int
    offset: int
    at: int
    id: str = ""


class Unreadable(Row, frozen=True, kw_only=True):
    """A record that no service could take for an event of its topic: only a dead letter can end it."""


class Request(Row, frozen=True, kw_only=True):
    """Of crawl.requests. `from_crawler`: a redirect, an item of a requested feed, or a forwarded request."""

    url: str
    cause: str | None = None
    from_crawler: bool = False


class Outcome(Row, frozen=True, kw_only=True):
    """Of crawl.outcomes: how a fetch ended, with its reason; `page` names what a published one announces."""

    url: str
    outcome: str
    settled_at: int
    reason: str | None = None
    cause: str | None = None
    page: str | None = None


class Page(Row, frozen=True, kw_only=True):
    """Of pages.fetched. `version` is the least that an article parsed from it can have."""

    url: str
    version: int
    found_by: str = "seed"


class Drop(Row, frozen=True, kw_only=True):
    """Of pages.outcomes: a page that became no article. `version` as for pages."""

    url: str
    version: int
    reason: str
    cause: str | None = None


class Version(Row, frozen=True, kw_only=True):
    """Of articles.parsed: a version of an article, or its removal."""

    article: str
    version: int
    url: str
    content_hash: str | None = None
    removed: bool = False
    cause: str | None = None


class Change(Row, frozen=True, kw_only=True):
    """Of articles.indexed; `unchanged`: a version that says the same as the one before, so nothing follows from it."""

    article: str
    unchanged: bool = False
    cause: str | None = None


class ListRequest(Row, frozen=True, kw_only=True):
    """Of related.requests; `own`: of the changed article itself, as every change leads to one, or by a decision."""

    article: str
    own: bool
    cause: str | None = None


class Decided(Row, frozen=True, kw_only=True):
    """Of related.decisions: an editor's decision, with its pair and when it was made in microseconds."""

    pair: str
    version: int
    article: str


class Rejected(Row, frozen=True, kw_only=True):
    """Of a dead-letter topic: where the rejected record stands, and the id of its event if it could be read."""

    source_topic: str
    source_partition: int
    source_offset: int
    reason: str
    cause: str | None = None


class Settled(Row, frozen=True, kw_only=True):
    """Of a dead-letter topic: a person's end of the dead letter at `letter` of the same partition."""

    letter: int
    action: str


class Document(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Of the index behind `articles-write`; a stub if `removed`."""

    article: str
    version: int
    url: str
    content_hash: str | None = None
    removed: bool = False


Consumed = Request | Outcome | Page | Version | Change | ListRequest | Decided | Unreadable | Document
