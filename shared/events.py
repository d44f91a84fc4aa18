"""The events, one frozen Struct each. `TYPE` is the CloudEvents type; the topics table says where each goes.

Unknown fields are ignored (a newer producer may add some); a wrong type is a `DeadLetter`.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from shared.articles import Article, ArticleId, UtcTime, Version
from shared.errors import SkipReason
from shared.parts import MAX_PARTS

Depth = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Status = Annotated[int, msgspec.Meta(ge=0, le=999)]
# The last three fetch nothing: the URL's host is left alone from then on, or no more, or its pages are really gone.
RequestKind = Literal["page", "feed", "sitemap", "pause", "resume", "confirm_gone"]
FoundBy = Literal["seed", "feed", "sitemap", "link", "canonical", "redirect", "import", "refetch", "replay"]
SettledOutcome = Literal[
    "published", "unchanged", "refused", "read", "paused", "resumed", "confirmed_gone", "unreachable", "reachable",
]  # fmt: skip
HOST_KINDS: frozenset[RequestKind] = frozenset(("pause", "resume", "confirm_gone"))
# The last two are of the URL's origin, the others of its host: the end of no fetch, but kept for whoever fetches next.
HOST_OUTCOMES: frozenset[SettledOutcome] = frozenset(
    ("paused", "resumed", "confirmed_gone", "unreachable", "reachable")
)  # fmt: skip
FetchFailure = Literal[
    "bad_url", "blocked_address", "bomb", "dns", "gone", "http_error", "network", "not_found", "redirect_loop",
    "robots_unreachable", "timeout", "tls", "too_large", "unsupported_encoding",
]  # fmt: skip
# `calendar` and `over_budget`: so many addresses of that kind were taken today. `soft_404`: the host gives one page for
# many addresses, or its front page, in the place of what isn't there.
FetchRefusal = Literal[
    "robots", "off_site", "too_deep", "trap", "excluded", "redirected", "calendar", "over_budget", "soft_404",
]  # fmt: skip
# Of an article whose page is gone: it is looked at again, it went, or it is held back: its host looks sick, or has had
# as many removed in this hour as it may.
Removal = Literal["awaited", "done", "held", "capped"]
RemovalReason = Literal["gone", "noindex", "moved", "takedown"]
IndexResult = Literal["indexed", "superseded", "removed", "unchanged"]
RelatedMode = Literal["fresh", "context"]
Settlement = Literal["retried", "discarded"]
Decision = Literal["pin", "block", "release"]
Parts = Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_PARTS)]
Place = Annotated[int, msgspec.Meta(ge=1, le=50)]
# In the place of an article's id: every article's list.
EVERYWHERE = "*"


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The root of all events."""

    TYPE: ClassVar[str]


class CrawlRequested(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody wants `url` fetched. `depth` counts links followed from a source.

    `parts` are the addresses, of the same host, whose pages in this order are the whole of `url`: its one-page view
    alone, or the pages that it goes on over. They are fetched in its place and published as one page.
    """

    TYPE: ClassVar[str] = "warta.crawl.requested.v1"
    url: str
    kind: RequestKind = "page"
    found_by: FoundBy = "seed"
    depth: Depth = 0
    parts: Parts = ()


class FetchSettled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A fetch's good or chosen end: the page was published, is unchanged, was read as a source, or was refused.

    `found_by` is the request's, for a page that was published; `parts` is how many it was made of, or would have been.
    `unreachable` says since when the URL's origin doesn't answer (`settled_at`), and `why`; a page that was published,
    though its title says that nothing is there, has `not_found` there.
    `removal` is what becomes of the article of a page that was there before and is a `soft_404` now.
    """

    TYPE: ClassVar[str] = "warta.fetch.settled.v1"
    url: str
    outcome: SettledOutcome
    settled_at: UtcTime
    status: int | None = None
    reason: FetchRefusal | None = None
    final_url: str | None = None
    page_id: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    found_by: FoundBy | None = None
    parts: int = 0
    why: FetchFailure | None = None
    removal: Removal | None = None


class FetchFailed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A fetch that brought no page, after its retries. `detail` is for people and never quotes the page.

    `parts`: it was one of so many of them, and its page itself is as it was.
    `removal` is what becomes of the article of a page that was there before and is gone.
    """

    TYPE: ClassVar[str] = "warta.fetch.failed.v1"
    url: str
    reason: FetchFailure
    settled_at: UtcTime
    status: int | None = None
    detail: str = ""
    attempts: int = 1
    parts: int = 0
    removal: Removal | None = None


class PageFetched(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A page as it came: `body` after transfer and content decoding, never interpreted. All else is headers.

    `ai_opt_out` says where its site keeps crawlers out that gather texts for language models.
    """

    TYPE: ClassVar[str] = "warta.page.fetched.v1"
    url: str
    fetched_at: UtcTime
    content_type: str
    body: bytes
    final_url: str | None = None
    status: Status = 200
    depth: Depth = 0
    found_by: FoundBy = "seed"
    http_headers: dict[str, str] = {}
    ai_opt_out: Literal["robots.txt"] | None = None


class PageDropped(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A page that became no article, and why."""

    TYPE: ClassVar[str] = "warta.page.dropped.v1"
    url: str
    reason: SkipReason
    fetched_at: UtcTime
    detail: str = ""
    canonical_url: str | None = None


class ArticleParsed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A version of an article."""

    TYPE: ClassVar[str] = "warta.article.parsed.v1"
    article_id: ArticleId
    version: Version
    url: str
    fetched_at: UtcTime
    parsed_at: UtcTime
    content_hash: str
    article: Article


class ArticleRemoved(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The article is to be seen no more."""

    TYPE: ClassVar[str] = "warta.article.removed.v1"
    article_id: ArticleId
    version: Version
    url: str
    reason: RemovalReason


class ArticleIndexed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The version is searchable (a refresh covered the write), or a newer one already was.

    `changed` names the fields of the article that an edit changed; it is empty for a new article, and for a version
    that was there already, because the same event came again. `unchanged`: the version before said the same in all.
    """

    TYPE: ClassVar[str] = "warta.article.indexed.v1"
    article_id: ArticleId
    version: Version
    result: IndexResult
    searchable_at: UtcTime
    changed: tuple[str, ...] = ()


class RelatedRequested(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The stored list of `article_id` may have changed."""

    TYPE: ClassVar[str] = "warta.related.requested.v1"
    article_id: ArticleId
    because_of: str


class Related(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recommended article: its score with the parts that made it, and the reason in two languages.

    `topics` are what joins it to the article, strongest first; `parts` name each term of the score.
    """

    article_id: ArticleId
    title: str
    url: str
    site: str
    score: float
    parts: dict[str, float]
    topics: tuple[str, ...]
    reason: dict[str, str]
    published_at: UtcTime | None = None
    teaser: str | None = None
    image_url: str | None = None


class RelatedComputed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The list of one article in score order; `shortfall` says why it is shorter than `size`."""

    TYPE: ClassVar[str] = "warta.related.computed.v1"
    article_id: ArticleId
    mode: RelatedMode
    size: int
    computed_at: UtcTime
    valid_until: UtcTime
    content_hash: str
    items: tuple[Related, ...]
    shortfall: str | None = None


class RelatedDecided(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An editor's word on `item_id` on the list of `article_id`, or on every list if that is `EVERYWHERE`.

    The last one on such a pair counts; `release` leaves it to the ranking again. `position` is a pin's, from 1. What
    has a `valid_until` holds until then. `why` and `by` are for the editors: no reader sees them.
    """

    TYPE: ClassVar[str] = "warta.related.decided.v1"
    article_id: ArticleId
    item_id: ArticleId
    decision: Decision
    decided_at: UtcTime
    valid_until: UtcTime | None = None
    position: Place = 1
    why: str = ""
    by: str = ""

    @property
    def key(self) -> str:
        """The pair: what its record is keyed by, and its document's id."""
        return f"{self.article_id}|{self.item_id}"


class MessageRejected(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A dead letter: the original bytes are the record's value, the original headers ride along, prefixed.

    `null_value` tells a record without a value from one with an empty value.
    """

    TYPE: ClassVar[str] = "warta.message.rejected.v1"
    reason: str
    source_topic: str
    source_partition: int
    source_offset: int
    rejected_at: UtcTime
    service: str
    code_version: str
    body: bytes
    detail: str = ""
    null_value: bool = False


class DeadLetterSettled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person's end of a dead letter, in the same topic after it: `offset` is the dead letter's own."""

    TYPE: ClassVar[str] = "warta.dead_letter.settled.v1"
    offset: int
    action: Settlement
    settled_at: UtcTime
    why: str = ""


EVENT_TYPES: dict[str, type[Event]] = {event.TYPE: event for event in Event.__subclasses__()}
