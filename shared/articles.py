"""The normalized article: what the parser finds on one page. What a page doesn't say is absent (`None` or empty)."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

import msgspec

UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]
ArticleId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Version = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Access = Literal["free", "metered", "paid"]
# What the publisher asks of those who use the article: robots directives, the W3C's TDM reservation, and that its
# robots.txt keeps crawlers out that gather texts for language models.
OptOut = Literal["ai_crawlers", "noai", "noarchive", "noimageai", "noimageindex", "nosnippet", "tdm"]

# Raised with every change of the parser's output; 0-999, part of every version (see article_version).
PARSER_REVISION = 6


class Image(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture of the article. In a text dump only the caption is known.

    `credit` is what the page says of who made it, with the words for it ("Foto: …"), where it tells that apart.
    """

    url: str | None = None
    caption: str | None = None
    credit: str | None = None


class RelatedLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item of the publisher's own related list, in page order."""

    title: str
    url: str | None = None
    published_at: UtcTime | None = None
    teaser: str | None = None
    sponsored: bool = False


class Provenance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a field's value was found (`json-ld`, `meta`, `profile`, `text`, ...) and how sure we are, 0 to 1.

    `refused` is a time that the page states and that can't be, with the reason: it was not used.
    `is_part`: the text goes on elsewhere, on pages that haven't been joined to it.
    """

    source: str
    confidence: float
    zone: str | None = None
    refused: str | None = None
    is_part: bool = False


class Article(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A normalized article. `body` is a list of paragraphs in reading order; times are aware UTC."""

    title: str
    canonical_url: str
    site: str
    body: tuple[str, ...] = ()
    lead: str | None = None
    dateline: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published_at: UtcTime | None = None
    modified_at: UtcTime | None = None
    section: str | None = None
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    access: Access | None = None
    related: tuple[RelatedLink, ...] = ()
    provenance: dict[str, Provenance] = {}
    sponsored: bool = False
    opt_outs: tuple[OptOut, ...] = ()


# What says nothing of the article itself: the publisher's related list, whose relative times move with every fetch, and
# where the values were found.
VOLATILE = ("related", "provenance")


def content_hash(article: Article) -> str:
    """The hash of what the article says, 32 hex digits; all but the `VOLATILE` fields."""
    said = {k: v for k, v in msgspec.to_builtins(article).items() if k not in VOLATILE}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:32]


def article_id(canonical_url: str) -> str:
    """The article's id: a stable hash of its canonical URL (canonicalization v1), 32 hex digits."""
    return hashlib.sha256(b"v1\n" + canonical_url.encode()).hexdigest()[:32]


def article_version(fetched_at: datetime, revision: int = PARSER_REVISION) -> int:
    """Fetch time in ms x 1000 + the parser's revision: a re-parse beats the old parse; below 2^53 until 2255."""
    if not 0 <= revision <= 999:
        raise ValueError(f"the parser's revision must be 0-999, not {revision}")
    return int(fetched_at.timestamp() * 1000) * 1000 + revision
