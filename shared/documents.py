"""The document of one article in Elasticsearch, as the mapping in services/indexer/mappings/articles.json has it."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from shared.articles import Access, Image, OptOut, Provenance, RelatedLink, UtcTime
from shared.events import RemovalReason
from shared.terms import packed_marks

ARTICLES_READ = "articles"
ARTICLES_WRITE = "articles-write"
# No index most of the time; while `warta reindex` is under way, the one that isn't read but is fed as well.
ARTICLES_STANDBY = "articles-standby"
RELATED_READ = "related"
RELATED_WRITE = "related-write"
DECISIONS_READ = "related-decisions"
DECISIONS_WRITE = "related-decisions-write"
_ENDS = str.maketrans("\n", " ")


class ArticleDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article, or the stub of a removed one (`status` removed, no text). `_id` is `article_id`.

    `topic_terms` are what the article is about, strongest first (shared/terms); `signature` marks near-duplicates;
    `teaser` is the lead, or the first paragraph, cut short. `publisher_related` is the site's own list: Warta's lists
    live in the index `related`.

    For the recommender alone, and not returned in `_source`: `stems` (hashes) to find candidates by, `profile` (the
    vector of shared/terms/profile.py) and `card` (a `Card` as MessagePack) to rank them by. `known_at` is when it was
    published, or else fetched; articles in the order of `lot`, a number drawn from the id, are a random sample.
    """

    article_id: str
    version: int
    status: Literal["published", "removed"]
    url: str
    site: str
    indexed_at: UtcTime
    content_hash: str | None = None
    title: str | None = None
    lead: str | None = None
    teaser: str | None = None
    dateline: str | None = None
    body: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published_at: UtcTime | None = None
    modified_at: UtcTime | None = None
    section: str | None = None
    topics: tuple[str, ...] = ()
    topic_terms: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    access: Access | None = None
    publisher_related: tuple[RelatedLink, ...] = ()
    provenance: dict[str, Provenance] = {}
    fetched_at: UtcTime | None = None
    parsed_at: UtcTime | None = None
    removed_because: RemovalReason | None = None
    sponsored: bool = False
    stems: tuple[str, ...] = ()
    profile: bytes = b""
    card: bytes = b""
    known_at: UtcTime | None = None
    opt_outs: tuple[OptOut, ...] = ()
    lot: int | None = None


class Card(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What a list shows of an article and ranking needs; fields are only ever added at the end.

    It is one field with all in it, the profile once more: of hundreds of hits Elasticsearch takes as long for a short
    field of each as for a kilobyte.

    `topics`, `topic_terms` and `written` are made by `lines`: one text is decoded much sooner than many, and not all
    are looked at. `written` is how people write each of the terms, empty where it is the term itself; `bits` tell which
    of the `topic_terms` are names or tags by the article's own text; `marks` are the signature by `packed_marks`. Cards
    of before tell these two in `names` and `signature`, as lines, and have neither id nor profile.
    """

    title: str
    url: str
    site: str
    teaser: str | None = None
    image_url: str | None = None
    topics: str = ""
    topic_terms: str = ""
    names: str = ""
    signature: str = ""
    published_at: UtcTime | None = None
    fetched_at: UtcTime | None = None
    language: str | None = None
    sponsored: bool = False
    written: str = ""
    bits: bytes = b""
    marks: bytes = b""
    article_id: str = ""
    profile: bytes = b""

    def named(self) -> tuple[str, ...]:
        """Those of the terms that are names."""
        if self.names:
            return of_lines(self.names)
        told = int.from_bytes(self.bits, "little")
        return tuple(term for place, term in enumerate(of_lines(self.topic_terms)) if told >> place & 1)

    def packed_signature(self) -> bytes:
        """The signature as `packed_marks` makes it; empty for a text too short to have one."""
        return self.marks or packed_marks(of_lines(self.signature))


def bits(told: Iterable[bool]) -> bytes:
    """One bit for each, the first the lowest of the first byte."""
    number = sum(one << place for place, one in enumerate(told))
    return number.to_bytes((number.bit_length() + 7) // 8, "little")


def lines(texts: Iterable[str]) -> str:
    """The texts as one, with an end of line after each; their own ends of lines become spaces."""
    return "".join(f"{text.translate(_ENDS)}\n" for text in texts)


def of_lines(text: str) -> tuple[str, ...]:
    """What `lines` was made of."""
    return tuple(text[:-1].split("\n")) if text else ()
