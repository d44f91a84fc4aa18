"""What is asked of Elasticsearch for candidates."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.recommender.candidate import Candidate
from services.recommender.candidates import POSTINGS, queries
from services.recommender.statistics import counted
from shared.terms import indexed, term_hash
from shared.terms.profile import packed
from tests.support.ranked import statistics_of

NOW = datetime(2024, 5, 2, 8, tzinfo=UTC)
AT = NOW - timedelta(days=30)
PROFILE = packed({"rudal": 3.0, "laut": 1.0, "kapal": 1.0}, ["korea utara"])
PROFILES = packed({"rudal": 3.0, "laut": 1.0, "kapal": 1.0, "korea": 1.0, "utara": 1.0}, ())
STATISTICS = counted([PROFILE, packed({"laut": 1.0}, ())])


def article(**fields: Any) -> Candidate:
    told: dict[str, Any] = {"profile": PROFILE, "topic_terms": ("rudal", "korea utara"), "published_at": AT} | fields
    return Candidate(
        article_id="1" * 32, title="Rudal", url="https://contoh.id/1", site="contoh.id", language="id", **told
    )  # fmt: skip


def bounds(search: dict[str, Any]) -> dict[str, str]:
    (told,) = (one["range"]["known_at"] for one in search["query"]["bool"]["filter"] if "range" in one)
    found: dict[str, str] = told
    return found


def test_the_likest_of_all_times_and_of_the_days_before_now() -> None:
    likest, nearest = queries(article(), STATISTICS, now=NOW)
    assert bounds(likest) == {"lte": NOW.isoformat()}
    assert bounds(nearest) == {"gte": (NOW - timedelta(days=7)).isoformat(), "lte": NOW.isoformat()}
    assert likest["query"]["bool"]["should"] == nearest["query"]["bool"]["should"]


def stems(search: dict[str, Any]) -> set[str]:
    told = (clause["constant_score"]["filter"].get("term", {}) for clause in search["query"]["bool"]["should"])
    return {one["stems"] for one in told if "stems" in one}


def test_in_a_large_index_the_most_common_terms_are_left_out() -> None:
    profile = packed(dict.fromkeys("efabcd", 5.0), ())
    counts = {"a": 97, "b": 98, "c": 99, "d": 100, "e": 2, "f": 2}
    named = {name: indexed(term_hash(name)) for name in counts}

    def asked(articles: int, *sites: str) -> list[set[str]]:
        statistics = statistics_of(1000, counts, articles=articles)
        asks = article(profile=profile, topic_terms=())
        return [stems(one) for one in queries(asks, statistics, now=NOW, sites=sites)]

    assert asked(1000) == [set(named.values())] * 2
    likest, nearest = asked(POSTINGS * 10)
    assert likest == {named[name] for name in "efab"}, "the three foremost, and what fits"
    assert nearest == set(named.values())
    assert asked(POSTINGS * 10, "contoh.id") == [nearest] * 2, "of one site are but few of them"
    assert asked(POSTINGS * 1000) == [{named[name] for name in "efa"}] * 2


def test_what_is_left_out_leaves_the_others_their_weight() -> None:
    def boosts(articles: int) -> dict[str, float]:
        statistics = statistics_of(1000, {"rudal": 2, "laut": 300, "kapal": 400}, articles=articles)
        (likest, _) = queries(article(profile=PROFILES, topic_terms=()), statistics, now=NOW)
        clauses = (clause["constant_score"] for clause in likest["query"]["bool"]["should"])
        return {clause["filter"]["term"]["stems"]: clause["boost"] for clause in clauses}

    few, many = boosts(1000), boosts(POSTINGS * 100)
    assert len(many) < len(few)
    assert many.items() <= few.items()


def test_context_is_near_the_article_and_never_after_now() -> None:
    _, nearest = queries(article(), STATISTICS, now=NOW, mode="context")
    assert bounds(nearest) == {"gte": (AT - timedelta(days=7)).isoformat(), "lte": (AT + timedelta(days=7)).isoformat()}
    _, nearest = queries(article(), STATISTICS, now=AT + timedelta(days=1), mode="context")
    assert bounds(nearest)["lte"] == (AT + timedelta(days=1)).isoformat()


def test_an_undated_article_has_no_time_of_its_own() -> None:
    undated = article(published_at=None)
    assert len(queries(undated, STATISTICS, now=NOW, mode="context")) == 1
    assert len(queries(undated, STATISTICS, now=NOW)) == 2


def test_sites_are_a_filter() -> None:
    for search in queries(article(), STATISTICS, now=NOW, sites=("b.id", "a.id")):
        assert {"terms": {"site": ["a.id", "b.id"]}} in search["query"]["bool"]["filter"]


def test_weights_are_exact_in_any_order_of_adding() -> None:
    (likest, _) = queries(article(), STATISTICS, now=NOW)
    boosts = [clause["constant_score"]["boost"] for clause in likest["query"]["bool"]["should"]]
    assert all((boost * 4096).is_integer() and boost > 0 for boost in boosts)


def test_an_article_without_terms_matches_nothing() -> None:
    (search, _) = queries(article(profile=b"", topic_terms=()), STATISTICS, now=NOW)
    assert search["query"]["bool"]["should"] == [{"match_none": {}}]
