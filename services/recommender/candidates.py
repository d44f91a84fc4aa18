"""Candidates from Elasticsearch, in one request of two searches: the likest, and the likest of what is near in time.

Equal articles give equal candidates, however they came to be: Elasticsearch's own scores count deleted documents until
these are merged away, so each term's weight is computed from a sample of what a search finds, and rounded so that sums
are exact. All clauses have constant scores, whose greatest sum is known, and there is nothing but them and a filter:
so most documents are never looked at. A clause that must not match, or one that must beside others, would undo that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from elasticsearch import AsyncElasticsearch

from services.recommender.candidate import Candidate
from services.recommender.documents import FETCH, FETCH_OF_BEFORE, CardOfBeforeError, candidate_of, card_of
from services.recommender.statistics import CorpusStatistics, buckets, hashes
from shared.documents import ARTICLES_READ, Card
from shared.events import RelatedMode
from shared.logs import get_logger
from shared.search import several
from shared.terms import indexed, language_of, short_forms, stem, term_hash

log = get_logger()

MOST = 200
# How many of them are the likest of what is near: a fresh list lives by them, one of a context only partly.
NEAREST: dict[RelatedMode, int] = {"fresh": 80, "context": 40}
# Of equal scores the newest; by numbers, since a look-up of words to sort by takes longer than the search.
ORDER: tuple[str | dict[str, Any], ...] = ("_score", {"known_at": "desc"}, {"lot": "asc"})
TERMS = 25
# How many articles may have the terms of a search, one by one: what is likest in a large index has rare ones beside the
# most common, which are left out, so that a search looks at about as many articles however large the index is.
POSTINGS, POSTINGS_OF_PART = 30_000, 200_000  # of the articles of some days or sites are but few of them
ALWAYS = 3  # terms, however common
PUBLISHED = {"term": {"status": "published"}}
NOTHING: list[dict[str, Any]] = [{"match_none": {}}]
NEAR = timedelta(days=7)  # to the anchor: `now` in fresh lists, the article's own time in those of its context
RARITY, JOINING, BURST = 0.8, 0.5, 0.8  # of the clauses' weights
_SHORT_FORM = 0.1
_NAME = 0.2
_MOST_SHORT_FORMS = 100
_STEPS = 4096  # a weight is a multiple of 1/4096: Elasticsearch's 24 bits hold a sum of many in any order


def queries(
    article: Candidate, statistics: CorpusStatistics, *, now: datetime, mode: RelatedMode = "fresh",
    sites: Collection[str] = (), likest: int = MOST, nearest: int = MOST,
) -> list[dict[str, Any]]:  # fmt: skip
    """The searches for the candidates: those with the article's foremost stems, of all times and near the anchor.

    They bring more than are chosen; what is weak, sponsored or a copy is the ranking's to decide.
    """
    anchor = now if mode == "fresh" else article.published_at
    foremost, names = _foremost(article, statistics), _names(article)
    most = POSTINGS_OF_PART if sites else POSTINGS
    found = [_query(_within(most, foremost) + names, likest, [known_by(now), *of(sites)])]
    if anchor is not None:
        near = known_by(min(anchor + NEAR, now), since=anchor - NEAR)
        found.append(_query(_within(POSTINGS_OF_PART, foremost) + names, nearest, [near, *of(sites)]))
    return found


def _query(clauses: Sequence[dict[str, Any]], size: int, filters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    matching = {"should": clauses or NOTHING, "minimum_should_match": 1, "filter": filters}
    return FETCH | {"size": size, "query": {"bool": matching}, "sort": ORDER}


def about(article: Candidate, statistics: CorpusStatistics) -> list[dict[str, Any]]:
    """The clauses that match what of some days has one of the article's foremost stems, or writes its names in short.

    Their score is the share of the weight of these stems that a document has, up to 1, and a little for names.
    """
    return _within(POSTINGS_OF_PART, _foremost(article, statistics)) + _names(article) or NOTHING


def _foremost(article: Candidate, statistics: CorpusStatistics) -> list[tuple[dict[str, Any], float]]:
    """A clause for each of the foremost stems, the first the weightiest, and how many articles may have it."""
    places, strengths = buckets(article.profile)
    weights = strengths * statistics.rarity(RARITY, JOINING, burst=BURST)[places]
    foremost = [int(number) for number in np.argsort(-weights, kind="stable")[:TERMS] if weights[number] > 0]
    total = float(weights[foremost].sum()) if foremost else 1.0
    terms = hashes(article.profile)
    clauses = [
        _clause({"term": {"stems": indexed(int(terms[number]))}}, float(weights[number]) / total) for number in foremost
    ]
    return list(zip(clauses, statistics.expected(places[foremost]).tolist(), strict=True))


def _within(most: float, foremost: Sequence[tuple[dict[str, Any], float]]) -> list[dict[str, Any]]:
    """The clauses that `most` articles suffice for, one by one; the weightiest few in any case."""
    found = [clause for clause, _ in foremost[:ALWAYS]]
    for clause, has in foremost[ALWAYS:]:
        if has <= most:
            found.append(clause)
            most -= has
    return found


def _names(article: Candidate) -> list[dict[str, Any]]:
    """The clauses for the names in the headline, and for all names in short forms."""
    headline = f" {article.title.lower()} "
    names = [term for term in article.topic_terms if term in article.names and f" {term}" in headline]
    clauses = [_clause({"term": {"topic_terms": name}}, _NAME) for name in names]
    for those, boost in ((names, _NAME), (article.topic_terms, _SHORT_FORM)):
        shorts = [short for name in those for short in sorted(short_forms(name))][:_MOST_SHORT_FORMS]
        if shorts:
            language = language_of(article.language, ())
            stems = [indexed(term_hash(stem(short, language))) for short in shorts]
            clauses.append(_clause({"terms": {"stems": stems}}, boost))
    return clauses


def _clause(matching: dict[str, Any], weight: float) -> dict[str, Any]:
    return {"constant_score": {"filter": matching, "boost": max(1, round(weight * _STEPS)) / _STEPS}}


def known_by(now: datetime, *, since: datetime | None = None) -> dict[str, Any]:
    """The filter for what was known by `now`, of what came `since` then where given."""
    bounds = {"lte": now.isoformat()} | ({"gte": since.isoformat()} if since else {})
    return {"range": {"known_at": bounds}}


def of(sites: Collection[str]) -> list[dict[str, Any]]:
    """The filter for the given sites; without any, none."""
    return [{"terms": {"site": sorted(sites)}}] if sites else []


async def candidates(
    es: AsyncElasticsearch, article: Candidate, statistics: CorpusStatistics, *, now: datetime,
    mode: RelatedMode = "fresh", sites: Collection[str] = (), index: str = ARTICLES_READ,
) -> list[Candidate]:  # fmt: skip
    """What may be related to the article. Raises the client's errors, also when a part of the index doesn't answer."""
    if not article.profile:
        return []
    nearest = NEAREST[mode]
    searches = queries(
        article, statistics, now=now, mode=mode, sites=sites, likest=MOST - nearest + 1, nearest=nearest + 1
    )  # fmt: skip
    try:
        found = _read(await several(es, index, searches))
    except CardOfBeforeError:
        found = _read(await several(es, index, [search | FETCH_OF_BEFORE for search in searches]))
    return [candidate_of(card) for id_, card in found.items() if id_ != article.article_id]


def _read(answers: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, Card]:
    """The cards by id. A document with a broken one fails its own list, which says so, and nobody else's."""
    found: dict[str, Card] = {}
    for hit in chain.from_iterable(answers):
        try:
            if card := card_of(hit):
                found.setdefault(card.article_id, card)
        except msgspec.MsgspecError as error:
            log.warning("related.candidate.unreadable", **{"error.message": str(error)})
    return found
