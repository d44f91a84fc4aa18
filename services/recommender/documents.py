"""From a hit in the index of articles to what ranking needs."""

from collections.abc import Mapping
from typing import Any

import msgspec

from services.recommender.candidate import Candidate
from shared.articles import Article
from shared.documents import ArticleDocument
from shared.terms import name_terms

TEASER_LENGTH = 300

SOURCE = [
    "article_id", "version", "status", "url", "site", "indexed_at", "title", "lead", "published_at", "topics",
    "topic_terms", "signature", "images", "language", "fetched_at",
]  # fmt: skip
# The text's beginning for articles without a lead: a highlighter that looks for nothing gives just that.
BEGINNING = {
    "type": "unified",
    "max_analyzed_offset": 10_000,  # a longer body must not fail the search
    "fields": {"body": {"number_of_fragments": 1, "fragment_size": TEASER_LENGTH, "no_match_size": TEASER_LENGTH}},
    "highlight_query": {"match_none": {}},
}


def from_hit(hit: Mapping[str, Any]) -> Candidate:
    """The candidate of a hit with `SOURCE` and `BEGINNING`."""
    document = msgspec.convert(hit["_source"], ArticleDocument)
    beginning = hit.get("highlight", {}).get("body", [None])[0]
    return _candidate(document, teaser=document.lead or beginning, names=frozenset())


def asker(document: ArticleDocument) -> Candidate:
    """The article that asks, from its whole document: its text tells which of its terms are names."""
    article = Article(
        title=document.title or "", canonical_url=document.url, site=document.site, lead=document.lead,
        body=document.body, topics=document.topics, images=document.images, language=document.language,
    )  # fmt: skip
    teaser = document.lead or next(iter(document.body), None)
    return _candidate(document, teaser=teaser, names=name_terms(article))


def _candidate(document: ArticleDocument, *, teaser: str | None, names: frozenset[str]) -> Candidate:
    return Candidate(
        article_id=document.article_id,
        title=document.title or "",
        url=document.url,
        site=document.site,
        teaser=_short(teaser) if teaser else None,
        topics=document.topics,
        topic_terms=document.topic_terms,
        names=names,
        signature=document.signature,
        published_at=document.published_at,
        fetched_at=document.fetched_at,
        language=document.language,
        image_url=next((image.url for image in document.images if image.url), None),
        removed=document.status == "removed",
    )


def _short(text: str) -> str:
    """At most `TEASER_LENGTH` characters, cut between words."""
    if len(text) <= TEASER_LENGTH:
        return text
    return text[:TEASER_LENGTH].rpartition(" ")[0] + "…"
