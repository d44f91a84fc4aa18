"""Candidates from Elasticsearch, in one search that costs about what one on 25 words does.

Equal articles give equal candidates, however they came to be: Elasticsearch's own scores count deleted documents until
these are merged away, so each term's weight is computed from a sample of what a search finds, and rounded so that sums
are exact. All clauses have constant scores, whose greatest sum is known: most documents are never looked at.
"""

import binascii
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from elasticsearch import AsyncElasticsearch

from services.recommender.candidate import Candidate
from services.recommender.documents import FIELDS, from_hit
from services.recommender.statistics import CorpusStatistics, buckets, hashes
from shared.documents import ARTICLES_READ
from shared.events import RelatedMode
from shared.logs import get_logger
from shared.terms import indexed, language_of, short_forms, stem, term_hash

log = get_logger()

MOST = 200
TERMS = 25
PUBLISHED = {"term": {"status": "published"}}
SPONSORED = {"term": {"sponsored": True}}
# What nearness in time adds to a score of at most about 1: so that what is new is among the candidates too.
NEAR = {"fresh": (("7d", 0.2), ("30d", 0.1)), "context": (("7d", 0.05),)}
RARITY, JOINING = 0.8, 0.5  # of the clauses' weights: as the ranking's defaults
_SHORT_FORM = 0.1
_NAME = 0.2
_MOST_SHORT_FORMS = 100
_STEPS = 4096  # a weight is a multiple of 1/4096: Elasticsearch's 24 bits hold a sum of many in any order


def query(
    article: Candidate, statistics: CorpusStatistics, *, now: datetime, mode: RelatedMode = "fresh",
    sites: Collection[str] = (), most: int = MOST,
) -> dict[str, Any]:  # fmt: skip
    """The search for the candidates: those with the article's foremost stems, rather those that are near in time.

    It brings more than are chosen; what is too old, too weak or a copy is the ranking's to decide.
    """
    anchor = now if mode == "fresh" else article.published_at
    near = []
    if anchor is not None:
        at = anchor.isoformat()
        for span, bonus in NEAR[mode]:
            within = {"gte": f"{at}||-{span}", "lte": f"{at}||+{span}"}
            near.append({"constant_score": {"filter": {"range": {"published_at": within}}, "boost": _stepped(bonus)}})
    return {
        "size": most,
        "source": False,
        "docvalue_fields": FIELDS,
        "track_total_hits": False,
        "sort": ["_score", {"article_id": "asc"}],
        "query": {
            "bool": {
                "must": about(article, statistics),
                "should": near,
                "filter": of(sites),
                "must_not": [*not_these(article), SPONSORED, later(now)],
            }
        },
    }  # fmt: skip


def about(article: Candidate, statistics: CorpusStatistics) -> dict[str, Any]:
    """The clause that matches what has one of the article's foremost stems, or writes its names in short.

    Its score is the share of the weight of these stems that a document has, up to 1.
    """
    places, strengths = buckets(article.profile)
    weights = strengths * statistics.rarity(RARITY, JOINING)[places]
    foremost = [int(number) for number in np.argsort(-weights, kind="stable")[:TERMS] if weights[number] > 0]
    total = float(weights[foremost].sum()) if foremost else 1.0
    terms = hashes(article.profile)
    clauses = [
        {"constant_score": {
            "filter": {"term": {"stems": indexed(int(terms[number]))}},
            "boost": _stepped(float(weights[number]) / total),
        }}
        for number in foremost
    ]  # fmt: skip
    shorts = [short for term in article.topic_terms for short in sorted(short_forms(term))][:_MOST_SHORT_FORMS]
    headline = f" {article.title.lower()} "
    clauses += [
        {"constant_score": {"filter": {"term": {"topic_terms": term}}, "boost": _stepped(_NAME)}}
        for term in article.topic_terms
        if term in article.names and f" {term}" in headline
    ]
    if shorts:
        language = language_of(article.language, ())
        filters = {"terms": {"stems": [indexed(term_hash(stem(short, language))) for short in shorts]}}
        clauses.append({"constant_score": {"filter": filters, "boost": _stepped(_SHORT_FORM)}})
    return {"bool": {"should": clauses, "minimum_should_match": 1}} if clauses else {"match_none": {}}


def _stepped(weight: float) -> float:
    return max(1, round(weight * _STEPS)) / _STEPS


def later(now: datetime) -> dict[str, Any]:
    """The filter for what wasn't known by `now`."""
    return {"range": {"known_at": {"gt": now.isoformat()}}}


def of(sites: Collection[str]) -> list[dict[str, Any]]:
    """The filter for the given sites; without any, none."""
    return [{"terms": {"site": sorted(sites)}}] if sites else []


def not_these(article: Candidate) -> list[dict[str, Any]]:
    """The article itself."""
    return [{"term": {"article_id": article.article_id}}]


async def candidates(
    es: AsyncElasticsearch, article: Candidate, statistics: CorpusStatistics, *, now: datetime,
    mode: RelatedMode = "fresh", sites: Collection[str] = (), index: str = ARTICLES_READ,
) -> list[Candidate]:  # fmt: skip
    """What may be related to the article. Raises the client's errors, also when a part of the index doesn't answer."""
    if not article.profile:
        return []
    found = await es.search(
        index=index, allow_partial_search_results=False, **query(article, statistics, now=now, mode=mode, sites=sites)
    )
    return [one for hit in found["hits"]["hits"] if (one := _readable(hit)) is not None]


def _readable(hit: Mapping[str, Any]) -> Candidate | None:
    """A document with a broken card fails its own list, which says so, and nobody else's."""
    try:
        return from_hit(hit)
    except (msgspec.MsgspecError, binascii.Error):
        log.warning("related.candidate.unreadable", **{"labels.article_id": hit["_id"]})
        return None
