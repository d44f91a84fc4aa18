"""Candidates and the statistics on their terms, from Elasticsearch in one round trip."""

from datetime import datetime, timedelta
from typing import Any

from elastic_transport import ApiResponseMeta
from elasticsearch import ApiError, AsyncElasticsearch

from services.recommender.candidate import Candidate
from services.recommender.documents import SOURCE, from_hit
from services.recommender.statistics import CorpusStatistics
from shared.documents import ARTICLES_READ
from shared.events import RelatedMode
from shared.terms import short_forms

MOST = 200
_SCALE = timedelta(days=7)
_FADE = 20.0
_SHORT_FORM_BOOST = 0.3
_MOST_SHORT_FORMS = 400


def query(article: Candidate, *, now: datetime, mode: RelatedMode = "fresh", most: int = MOST) -> dict[str, Any]:
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
    return {
        "size": most,
        "_source": SOURCE,
        "track_total_hits": False,
        "sort": ["_score", {"article_id": "asc"}],
        "query": {
            "function_score": {
                "query": {"bool": {**about(article), "filter": known_at(now), "must_not": not_these(article)}},
                "functions": functions,
                "score_mode": "sum",
                "boost_mode": "multiply",
            }
        },
    }


def about(article: Candidate) -> dict[str, Any]:
    """The clauses that match what shares a term with the article, or writes its names in short."""
    terms: list[dict[str, Any]] = [
        {"term": {"topic_terms": {"value": term, "boost": 1.0 / (1.0 + rank / _FADE)}}}
        for rank, term in enumerate(article.topic_terms)
    ]
    shorts = [short for term in article.topic_terms for short in sorted(short_forms(term))]
    if shorts:
        terms.append({"terms": {"topic_terms": shorts[:_MOST_SHORT_FORMS], "boost": _SHORT_FORM_BOOST}})
    return {"should": terms, "minimum_should_match": 1}


def known_at(now: datetime) -> list[dict[str, Any]]:
    """The filter for what had been published by `now`; without a date, for what had been fetched by then."""
    at = now.isoformat()
    undated = {
        "bool": {"must_not": {"exists": {"field": "published_at"}}, "filter": {"range": {"fetched_at": {"lte": at}}}}
    }
    dated = {"range": {"published_at": {"lte": at}}}
    return [{"term": {"status": "published"}}, {"bool": {"should": [dated, undated], "minimum_should_match": 1}}]


def not_these(article: Candidate) -> list[dict[str, Any]]:
    """The article itself."""
    return [{"term": {"article_id": article.article_id}}]


def statistics_query(article: Candidate) -> dict[str, Any]:
    """The search that counts the articles, and those about each of the article's terms."""
    filters = {str(rank): {"term": {"topic_terms": term}} for rank, term in enumerate(article.topic_terms)}
    return {"size": 0, "track_total_hits": True, "aggs": {"about": {"filters": {"filters": filters}}}}


async def candidates(
    es: AsyncElasticsearch,
    article: Candidate,
    *,
    now: datetime,
    mode: RelatedMode = "fresh",
    index: str = ARTICLES_READ,
) -> tuple[list[Candidate], CorpusStatistics]:
    """What may be related to the article, and how common its terms are, in one request.

    Raises the client's own errors, `ApiError` also when one of the two searches fails.
    """
    if not article.topic_terms:
        return [], CorpusStatistics(documents=0, counts={})
    searches: list[dict[str, Any]] = [{}, query(article, now=now, mode=mode), {}, statistics_query(article)]
    answer = await es.msearch(index=index, searches=searches, search_type="dfs_query_then_fetch")
    for response in answer["responses"]:
        if "error" in response:
            raise ApiError("a search of msearch failed", _with_status(answer.meta, response["status"]), response)
    found, counted = answer["responses"]
    buckets = counted["aggregations"]["about"]["buckets"]
    counts = {term: buckets[str(rank)]["doc_count"] for rank, term in enumerate(article.topic_terms)}
    statistics = CorpusStatistics(documents=counted["hits"]["total"]["value"], counts=counts)
    return [from_hit(hit) for hit in found["hits"]["hits"]], statistics


def _with_status(meta: ApiResponseMeta, status: int) -> ApiResponseMeta:
    return ApiResponseMeta(status, meta.http_version, meta.headers, meta.duration, meta.node)
