"""From a hit in the index of articles to what ranking needs."""

from collections.abc import Mapping
from typing import Any

import msgspec

from services.recommender.candidate import Candidate
from shared.articles import Article
from shared.documents import ArticleDocument
from shared.terms import name_terms

SOURCE = [
    "article_id", "version", "status", "url", "site", "indexed_at", "title", "lead", "teaser", "published_at", "topics",
    "topic_terms", "signature", "images", "language", "fetched_at", "sponsored",
]  # fmt: skip


def from_hit(hit: Mapping[str, Any]) -> Candidate:
    """The candidate of a hit with `SOURCE`."""
    return _candidate(msgspec.convert(hit["_source"], ArticleDocument), names=frozenset())


def asker(document: ArticleDocument) -> Candidate:
    """The article that asks, from its whole document: its text tells which of its terms are names."""
    article = Article(
        title=document.title or "", canonical_url=document.url, site=document.site, lead=document.lead,
        body=document.body, topics=document.topics, images=document.images, language=document.language,
    )  # fmt: skip
    return _candidate(document, names=name_terms(article))


def _candidate(document: ArticleDocument, *, names: frozenset[str]) -> Candidate:
    return Candidate(
        article_id=document.article_id,
        title=document.title or "",
        url=document.url,
        site=document.site,
        teaser=document.teaser,
        topics=document.topics,
        topic_terms=document.topic_terms,
        names=names,
        signature=document.signature,
        published_at=document.published_at,
        fetched_at=document.fetched_at,
        language=document.language,
        image_url=next((image.url for image in document.images if image.url), None),
        removed=document.status == "removed",
        sponsored=document.sponsored,
    )
