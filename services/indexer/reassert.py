"""Keep the topic's last record of an article its newest version. Pure.

Compaction keeps a key's last record, not its highest version. So when an event turns out older than what the index
holds, the indexer appends what the index holds to articles.parsed again, behind it: an index built from the topic alone
is then right, and a replay brings nothing back even there. It ends: the appended event finds its own version, which is
written anew (`indexed`), or a newer one, and versions only grow.
"""

from typing import TypeVar

from shared.articles import Article
from shared.delivery import Outgoing
from shared.documents import ArticleDocument
from shared.events import ArticleParsed, ArticleRemoved
from shared.topics import ARTICLES_PARSED

T = TypeVar("T")


def reassertion(document: ArticleDocument) -> Outgoing:
    """The event that the stored `document` stands for; what one cause reasserts differs in id by its version."""
    event = event_of(document)
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event, ordinal=event.version)


def event_of(document: ArticleDocument) -> ArticleParsed | ArticleRemoved:
    """The inverse of `document` and `stub`, but for a page's own URL: the document has the canonical one only.

    Raises `ValueError` for a document that lacks what every one of ours has.
    """
    if document.status == "removed":
        return ArticleRemoved(
            article_id=document.article_id, version=document.version, url=document.url,
            reason=_needed("removed_because", document.removed_because),
        )  # fmt: skip
    return ArticleParsed(
        article_id=document.article_id,
        version=document.version,
        url=document.url,
        fetched_at=_needed("fetched_at", document.fetched_at),
        parsed_at=_needed("parsed_at", document.parsed_at),
        content_hash=_needed("content_hash", document.content_hash),
        article=article_of(document),
    )


def article_of(document: ArticleDocument) -> Article:
    """The article in a document. Raises `ValueError` for one without a title."""
    return Article(
        title=_needed("title", document.title),
        canonical_url=document.url,
        site=document.site,
        body=document.body,
        lead=document.lead,
        dateline=document.dateline,
        authors=document.authors,
        editors=document.editors,
        published_at=document.published_at,
        modified_at=document.modified_at,
        section=document.section,
        topics=document.topics,
        images=document.images,
        language=document.language,
        access=document.access,
        related=document.publisher_related,
        provenance=document.provenance,
        sponsored=document.sponsored,
        opt_outs=document.opt_outs,
    )


def _needed(name: str, value: T | None) -> T:
    if value is None:
        raise ValueError(f"the document has no {name}")
    return value
