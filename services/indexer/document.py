"""From an event to the document that Elasticsearch holds. Pure."""

from datetime import datetime

import msgspec

from shared.articles import Article
from shared.documents import ArticleDocument, Card, bits, lines
from shared.events import ArticleParsed, ArticleRemoved
from shared.terms import Analysis, analysed, packed_marks, signature, term_hash
from shared.urls import site_of

TEASER_LENGTH = 300


def document(event: ArticleParsed, *, indexed_at: datetime) -> ArticleDocument:
    """The document of a parsed article: its fields, what it is about, and when it came by."""
    article = event.article
    analysis = analysed(article)
    marks = signature(article)
    return ArticleDocument(
        article_id=event.article_id,
        version=event.version,
        status="published",
        url=article.canonical_url,
        site=article.site,
        indexed_at=indexed_at,
        content_hash=event.content_hash,
        title=article.title,
        lead=article.lead,
        teaser=teaser(article),
        dateline=article.dateline,
        body=article.body,
        authors=article.authors,
        editors=article.editors,
        published_at=article.published_at,
        modified_at=article.modified_at,
        section=article.section,
        topics=article.topics,
        topic_terms=analysis.topic_terms,
        signature=marks,
        images=article.images,
        language=article.language,
        access=article.access,
        publisher_related=article.related,
        provenance=article.provenance,
        fetched_at=event.fetched_at,
        parsed_at=event.parsed_at,
        sponsored=article.sponsored,
        opt_outs=article.opt_outs,
        stems=analysis.stems,
        profile=analysis.profile,
        card=msgspec.msgpack.encode(card(event, analysis, marks)),
        known_at=article.published_at or event.fetched_at,
        lot=term_hash(event.article_id),
    )


def card(event: ArticleParsed, analysis: Analysis, marks: tuple[str, ...]) -> Card:
    """What the recommender needs of the article."""
    article = event.article
    return Card(
        title=article.title,
        url=article.canonical_url,
        site=article.site,
        teaser=teaser(article),
        image_url=next((image.url for image in article.images if image.url), None),
        topics=lines(article.topics),
        topic_terms=lines(analysis.topic_terms),
        published_at=article.published_at,
        fetched_at=event.fetched_at,
        language=article.language,
        sponsored=article.sponsored,
        written=lines(analysis.written),
        bits=bits(term in analysis.names for term in analysis.topic_terms),
        marks=packed_marks(marks),
        article_id=event.article_id,
        profile=analysis.profile,
    )


def teaser(article: Article) -> str | None:
    """What a list shows below the title: the lead, or the first paragraph, cut between words where it has blanks."""
    text = article.lead or next(iter(article.body), "")
    if len(text) > TEASER_LENGTH:
        cut = text[:TEASER_LENGTH]
        text = (cut.rpartition(" ")[0] or cut) + "…"
    return text or None


def stub(event: ArticleRemoved, *, indexed_at: datetime) -> ArticleDocument:
    """The stub of a removed article: it keeps the version, so that a late replay can't bring the article back."""
    return ArticleDocument(
        article_id=event.article_id,
        version=event.version,
        status="removed",
        url=event.url,
        site=site_of(event.url),
        indexed_at=indexed_at,
        removed_because=event.reason,
    )
