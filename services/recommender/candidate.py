"""What ranking needs of an article, and the list that it makes."""

from datetime import datetime

import msgspec

from shared.events import Related


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One article as ranking sees it; the article that asks is one too. `teaser` is the lead or the text's beginning.

    `profile`, `topic_terms` and `signature` are those of shared/terms, as the index holds them; `names` are those of
    the topic terms that are names or tags, and `written` is how people write each of them, empty where it is the same.
    """

    article_id: str
    title: str
    url: str
    site: str
    profile: bytes = b""
    teaser: str | None = None
    topics: tuple[str, ...] = ()
    topic_terms: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    signature: bytes = b""
    published_at: datetime | None = None
    fetched_at: datetime | None = None
    language: str | None = None
    image_url: str | None = None
    removed: bool = False
    sponsored: bool = False
    written: tuple[str, ...] = ()


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen in score order; `shortfall` says why they are fewer than asked for."""

    items: tuple[Related, ...]
    shortfall: str | None = None
