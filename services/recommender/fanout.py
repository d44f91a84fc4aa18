"""Which lists a changed article may change."""

from datetime import datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from services.recommender.candidates import PUBLISHED, about
from services.recommender.documents import UNSTORED, id_of
from services.recommender.lists import find
from services.recommender.sample import Sample
from services.recommender.stored import HOT
from shared.documents import ARTICLES_READ, RELATED_READ, ArticleDocument
from shared.events import EVERYWHERE, RelatedDecided

MOST_SHOWING = 10_000  # what Elasticsearch lets one search return


async def affected(
    es: AsyncElasticsearch, article_id: str, *, limit: int = 20, now: datetime | None = None,
    index: str = ARTICLES_READ, related: str = RELATED_READ, sample: Sample | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """The ids of other articles whose lists may change by this one, the likeliest first.

    Of a new or changed article: at most `limit` hot ones (published or indexed within 7 days before `now`, by default
    the server's) that share its topics most. Of a removed one: all whose stored lists show it.
    """
    article = await find(es, article_id, index=index)
    if article is None:
        return await showing(es, article_id, related=related)
    if not article.profile or limit < 1:
        return ()
    statistics = await (sample or Sample(es, index=index)).statistics()
    matching = {
        "bool": {
            "should": about(article, statistics), "minimum_should_match": 1, "filter": hot(now),
            "must_not": [{"term": {"article_id": article_id}}],
        }
    }  # fmt: skip
    return await _ids(es, index, matching, limit)


async def changed_lists(es: AsyncElasticsearch, event: RelatedDecided, *, limit: int) -> tuple[str, ...]:
    """The lists to compute anew, at least one: the article's; or, of a decision on every list, the item's own, those
    that show it and at most `limit` that may come to: the sweep brings the others in their turn.

    Raises the client's errors.
    """
    if event.article_id != EVERYWHERE:
        return (event.article_id,)
    shown = await showing(es, event.item_id)
    near = () if event.decision == "block" else await affected(es, event.item_id, limit=limit)
    return tuple(dict.fromkeys([event.item_id, *shown, *near]))


async def showing(es: AsyncElasticsearch, article_id: str, *, related: str = RELATED_READ) -> tuple[str, ...]:
    """The ids of all articles whose stored lists show this one, at most 10,000."""
    return await _ids(es, related, {"bool": {"filter": [{"term": {"items.article_id": article_id}}]}}, MOST_SHOWING)


async def _ids(es: AsyncElasticsearch, index: str, matching: dict[str, Any], limit: int) -> tuple[str, ...]:
    answer = await es.search(
        index=index, query=matching, size=limit, sort=["_score", {"article_id": "asc"}], **UNSTORED
    )
    return tuple(map(id_of, answer["hits"]["hits"]))


def hot(now: datetime | None) -> list[dict[str, Any]]:
    """The filter for the articles whose lists are kept ready: published or indexed within 7 days."""
    since = f"{now.isoformat()}||-{HOT.days}d" if now else f"now-{HOT.days}d"
    either = [{"range": {field: {"gte": since}}} for field in ("published_at", "indexed_at")]
    return [PUBLISHED, {"bool": {"should": either, "minimum_should_match": 1}}]


def is_hot(document: ArticleDocument, now: datetime) -> bool:
    """Whether `hot(now)` lets a published article through."""
    since = now - HOT
    return document.indexed_at >= since or (document.published_at is not None and document.published_at >= since)
