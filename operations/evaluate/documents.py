"""A labelled article as the document that the indexer would make of it."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

import msgspec

from operations.evaluate.labels import LabelledArticle
from services.indexer.document import document
from shared.articles import Article, content_hash
from shared.events import ArticleParsed
from shared.urls import BadUrlError, canonical_url, site_of

NO_SITE = "unknown.invalid"
WRAPPED_AT = 100
_BETWEEN = re.compile(r"\n\s*\n|\n(?=[ \t]{2,}\S)")


def sources(articles: Sequence[LabelledArticle], known_from: datetime) -> list[bytes]:
    """The documents as JSON. An article without a time of publication is known from `known_from` on."""
    return [source(article, known_from) for article in articles]


def source(labelled: LabelledArticle, known_from: datetime) -> bytes:
    """The document as JSON; without a URL it gets one that nobody has."""
    at = labelled.published_at or known_from
    url, site = _address(labelled)
    article = Article(
        title=labelled.title, canonical_url=url, site=site, body=paragraphs(labelled.body), lead=labelled.lead,
        published_at=labelled.published_at, section=labelled.section, topics=labelled.topics,
        language=labelled.language,
    )  # fmt: skip
    event = ArticleParsed(
        article_id=labelled.id, version=1, url=url, fetched_at=at, parsed_at=at, content_hash=content_hash(article),
        article=article,
    )  # fmt: skip
    return msgspec.json.encode(document(event, indexed_at=at))


def paragraphs(body: str | Sequence[str]) -> tuple[str, ...]:
    """The paragraphs of a text: at blank lines and indents; else at line ends, unless the lines are only wrapped."""
    if not isinstance(body, str):
        return tuple(flat for one in body if (flat := " ".join(one.split())))
    parts = _BETWEEN.split(body.strip("\n"))
    lines = body.strip().splitlines()
    if len(parts) == 1 and len(lines) > 1 and max(map(len, lines)) > WRAPPED_AT:
        parts = lines
    return tuple(flat for one in parts if (flat := " ".join(one.split())))


def _address(labelled: LabelledArticle) -> tuple[str, str]:
    if labelled.url:
        try:
            url = canonical_url(labelled.url)
            return url, labelled.site or site_of(url)
        except BadUrlError:
            pass
    site = labelled.site or NO_SITE
    return f"https://{quote(site)}/{quote(labelled.id, safe='')}", site
