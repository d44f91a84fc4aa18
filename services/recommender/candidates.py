"""Candidates and the statistics on their terms, from Elasticsearch.

Equal articles give equal candidates, however they came to be: Elasticsearch's own scores count deleted documents until
these are merged away, so each term's weight is computed from what a search finds, and rounded so that sums are exact.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from elasticsearch import AsyncElasticsearch

from services.recommender.candidate import Candidate
from services.recommender.documents import SOURCE, from_hit
from services.recommender.statistics import CorpusStatistics
from shared.documents import ARTICLES_READ
from shared.events import RelatedMode
from shared.terms import short_forms

MOST = 200
PUBLISHED = {"term": {"status": "published"}}
SPONSORED = {"term": {"sponsored": True}}
_SCALE = timedelta(days=7)
_FADE = 20.0
_SHORT_FORM_BOOST = 0.3
_MOST_SHORT_FORMS = 400
_STEPS = 1024  # a weight is a multiple of 1/1024: Elasticsearch's 24 bits hold a sum of many in any order


def query(
    article: Candidate, statistics: CorpusStatistics, *, now: datetime, mode: RelatedMode = "fresh",
    sites: Collection[str] = (), most: int = MOST,
) -> dict[str, Any]:  # fmt: skip
    """The search for the candidates: those about the article's terms, its foremost ones counting most, near in time.

    It brings more than are chosen; what is too old, too weak or a copy is the ranking's to decide.
    """
    anchor = now if mode == "fresh" else article.published_at
    functions: list[dict[str, Any]] = [{"weight": 0.2}]
    if anchor is not None:
        decay = {
            "published_at": {"origin": anchor.isoformat(), "scale": f"{int(_SCALE.total_seconds())}s", "decay": 0.5}
        }
        functions.append({"filter": {"exists": {"field": "published_at"}}, "exp": decay, "weight": 0.8})
    matching = {
        "bool": {
            **about(article, statistics),
            "filter": [*known_at(now), *of(sites)],
            "must_not": [*not_these(article), SPONSORED],
        }
    }
    return {
        "size": most,
        "source": {"includes": SOURCE},
        "track_total_hits": False,
        "sort": ["_score", {"article_id": "asc"}],
        "query": {
            "function_score": {
                "query": matching, "functions": functions, "score_mode": "sum", "boost_mode": "multiply",
            }
        },
    }  # fmt: skip


def about(article: Candidate, statistics: CorpusStatistics) -> dict[str, Any]:
    """The clauses that match what shares a term with the article, or writes its names in short."""
    terms = [
        {"constant_score": {
            "filter": {"term": {"topic_terms": term}},
            "boost": _stepped(statistics.rarity(term) / (1.0 + rank / _FADE)),
        }}
        for rank, term in enumerate(article.topic_terms)
    ]  # fmt: skip
    shorts = [short for term in article.topic_terms for short in sorted(short_forms(term))]
    if shorts:
        filters = {"terms": {"topic_terms": shorts[:_MOST_SHORT_FORMS]}}
        terms.append({"constant_score": {"filter": filters, "boost": _stepped(_SHORT_FORM_BOOST)}})
    return {"should": terms, "minimum_should_match": 1}


def _stepped(weight: float) -> float:
    return max(1, round(weight * _STEPS)) / _STEPS


def known_at(now: datetime) -> list[dict[str, Any]]:
    """The filter for what had been published by `now`; without a date, for what had been fetched by then."""
    at = now.isoformat()
    undated = {
        "bool": {"must_not": {"exists": {"field": "published_at"}}, "filter": {"range": {"fetched_at": {"lte": at}}}}
    }
    dated = {"range": {"published_at": {"lte": at}}}
    return [PUBLISHED, {"bool": {"should": [dated, undated], "minimum_should_match": 1}}]


def of(sites: Collection[str]) -> list[dict[str, Any]]:
    """The filter for the given sites; without any, none."""
    return [{"terms": {"site": sorted(sites)}}] if sites else []


def not_these(article: Candidate) -> list[dict[str, Any]]:
    """The article itself."""
    return [{"term": {"article_id": article.article_id}}]


async def count(es: AsyncElasticsearch, article: Candidate, *, index: str = ARTICLES_READ) -> CorpusStatistics:
    """How many published articles there are, and how many are about each of the article's terms.

    Raises the client's errors.
    """
    if not article.topic_terms:
        return CorpusStatistics(documents=0, counts={})
    filters = {str(rank): {"term": {"topic_terms": term}} for rank, term in enumerate(article.topic_terms)}
    answer = await es.search(
        index=index, query=PUBLISHED, size=0, track_total_hits=True, allow_partial_search_results=False,
        aggregations={"about": {"filters": {"filters": filters}}},
    )  # fmt: skip
    buckets = answer["aggregations"]["about"]["buckets"]
    counts = {term: buckets[str(rank)]["doc_count"] for rank, term in enumerate(article.topic_terms)}
    return CorpusStatistics(documents=answer["hits"]["total"]["value"], counts=counts)


async def candidates(
    es: AsyncElasticsearch,
    article: Candidate,
    *,
    now: datetime,
    mode: RelatedMode = "fresh",
    sites: Collection[str] = (),
    index: str = ARTICLES_READ,
) -> tuple[list[Candidate], CorpusStatistics]:
    """What may be related to the article, and how common its terms are, in two requests.

    Raises the client's errors, also when a part of the index doesn't answer.
    """
    statistics = await count(es, article, index=index)
    if not article.topic_terms:
        return [], statistics
    found = await es.search(
        index=index, allow_partial_search_results=False, **query(article, statistics, now=now, mode=mode, sites=sites)
    )
    return [from_hit(hit) for hit in found["hits"]["hits"]], statistics
