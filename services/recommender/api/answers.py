"""What the API answers with, beside the related lists themselves."""

from typing import Any

import msgspec

from shared.articles import Access, Image, UtcTime
from shared.documents import ArticleDocument


class ArticleAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article; what its page doesn't say is absent. `body` is a list of paragraphs."""

    article_id: str
    version: int
    url: str
    site: str
    title: str
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
    images: tuple[Image, ...] = ()
    language: str | None = None
    access: Access | None = None
    fetched_at: UtcTime | None = None


class FoundArticle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One hit of a search."""

    article_id: str
    title: str
    url: str
    site: str
    score: float
    teaser: str | None = None
    published_at: UtcTime | None = None
    section: str | None = None
    topics: tuple[str, ...] = ()
    image_url: str | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found; with `exact` false there are more than `total`."""

    total: int
    exact: bool
    items: tuple[FoundArticle, ...]


def shown(document: ArticleDocument) -> ArticleAnswer:
    """The article without what only Warta needs. Raises `msgspec.ValidationError` for one without a title."""
    names = ArticleAnswer.__struct_fields__
    fields: dict[str, Any] = {name: getattr(document, name) for name in names}
    if document.title is None:
        raise msgspec.ValidationError("a published article without a title")
    return ArticleAnswer(**fields)
