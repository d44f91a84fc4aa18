"""The related list of one article, computed from the index as it is."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from services.recommender.candidate import Candidate, Recommendation
from services.recommender.candidates import PUBLISHED, candidates
from services.recommender.decisions import decisions_of, pinned, search_for
from services.recommender.documents import FETCH_OF_BEFORE, from_hit
from services.recommender.editorial import EDITOR, Decisions, edition
from services.recommender.recommend import DEFAULT, Weights, recommend
from services.recommender.sample import Sample
from services.recommender.statistics import CorpusStatistics
from shared.documents import ARTICLES_READ, ArticleDocument
from shared.events import Related, RelatedComputed, RelatedMode
from shared.search import several

VALID_FOR = timedelta(minutes=15)
REMOVED = "article_removed"


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What the ranking of one list works on, and what editors have decided about it, with the pinned articles."""

    article: Candidate
    candidates: list[Candidate]
    statistics: CorpusStatistics
    decisions: Decisions = Decisions()
    pinned: tuple[Candidate, ...] = ()


async def gather(
    es: AsyncElasticsearch, article_id: str, *, now: datetime, mode: RelatedMode = "fresh",
    sites: Collection[str] = (), index: str = ARTICLES_READ, sample: Sample | None = None,
) -> Material | None:  # fmt: skip
    """The article, its candidates (of `sites` alone where given) and how common its terms are; None without article.

    Who asks more than once gives a `sample`. Raises the client's errors.
    """
    hits, decided = await several(es, index, [by_id(article_id), search_for(article_id, now=now)])
    article = from_hit(hits[0], asks=True) if hits else None
    if article is None:
        return None
    holding = decisions_of(decided, article_id, now=now)
    statistics = await (sample or Sample(es, index=index)).statistics()
    picked = await pinned(es, holding, now=now, sites=sites, index=index)
    found = await candidates(es, article, statistics, now=now, mode=mode, sites=sites, index=index)
    return Material(article=article, candidates=found, statistics=statistics, decisions=holding, pinned=picked)


async def compute_list(
    es: AsyncElasticsearch, article_id: str, *, now: datetime, mode: RelatedMode = "fresh", size: int = 10,
    sites: Collection[str] = (), index: str = ARTICLES_READ, weights: Weights = DEFAULT,
    valid_for: timedelta = VALID_FOR, sample: Sample | None = None,
) -> RelatedComputed | None:  # fmt: skip
    """The list at `now`, or None for an article that the index doesn't have, or has removed. Editors decide last.

    It is good for `valid_for`, or until a decision ends before that. Raises the client's errors.
    """
    found = await gather(es, article_id, now=now, mode=mode, sites=sites, index=index, sample=sample)
    if found is None:
        return None
    edited = edition(found.decisions, found.pinned, size=size, now=now)
    ranked = recommend(
        found.article, edited.admitted(found.candidates), now=now, mode=mode, size=edited.left, weights=weights,
        statistics=found.statistics,
    )  # fmt: skip
    recommendation = edited.completed(ranked, found.article, now=now, mode=mode)
    return RelatedComputed(
        article_id=article_id,
        mode=mode,
        size=size,
        computed_at=now,
        valid_until=min(now + valid_for, found.decisions.until or now + valid_for),
        content_hash=list_hash(recommendation, mode=mode, size=size),
        items=recommendation.items,
        shortfall=recommendation.shortfall,
    )


def removed_list(article_id: str, *, now: datetime, size: int, valid_for: timedelta = VALID_FOR) -> RelatedComputed:
    """What takes the place of a removed article's list: stored, not deleted, so that no late writer brings it back."""
    empty = Recommendation(items=(), shortfall=REMOVED)
    return RelatedComputed(
        article_id=article_id, mode="fresh", size=size, computed_at=now, valid_until=now + valid_for,
        content_hash=list_hash(empty, mode="fresh", size=size), items=empty.items, shortfall=empty.shortfall,
    )  # fmt: skip


async def find(es: AsyncElasticsearch, article_id: str, *, index: str = ARTICLES_READ) -> Candidate | None:
    """The article that a search would find, as ranking sees it: not a removed one, none that isn't searchable yet.

    Raises the client's errors.
    """
    [hits] = await several(es, index, [by_id(article_id)])
    return from_hit(hits[0], asks=True) if hits else None


def by_id(article_id: str) -> dict[str, Any]:
    """The search for an article, as one of `several`."""
    return FETCH_OF_BEFORE | {"size": 1, "query": {"bool": {"filter": [{"ids": {"values": [article_id]}}, PUBLISHED]}}}


async def fetch(es: AsyncElasticsearch, article_id: str, *, index: str = ARTICLES_READ) -> ArticleDocument | None:
    """The document that a search would find: not a removed one, and none that isn't searchable yet."""
    by_id = {"bool": {"filter": [{"ids": {"values": [article_id]}}, PUBLISHED]}}
    answer = await es.search(index=index, query=by_id, size=1, allow_partial_search_results=False)
    hits = answer["hits"]["hits"]
    return msgspec.convert(hits[0]["_source"], ArticleDocument) if hits else None


def list_hash(recommendation: Recommendation, *, mode: RelatedMode, size: int) -> str:
    """The hash of what a reader of the list sees, 32 hex digits; scores and ages move with every minute, so without."""
    said = [mode, size, recommendation.shortfall, [_said(item) for item in recommendation.items]]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:32]


def _said(item: Related) -> list[object]:
    said: list[object] = [
        item.article_id, item.title, item.url, item.published_at, item.topics, item.teaser, item.image_url,
    ]  # fmt: skip
    return [*said, EDITOR] if EDITOR in item.parts else said
