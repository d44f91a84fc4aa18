"""What is asked of Elasticsearch for candidates."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.recommender.candidate import Candidate
from services.recommender.candidates import above_the_last, queries
from services.recommender.statistics import counted
from shared.terms.profile import packed

NOW = datetime(2024, 5, 2, 8, tzinfo=UTC)
AT = NOW - timedelta(days=30)
PROFILE = packed({"rudal": 3.0, "laut": 1.0, "kapal": 1.0}, ["korea utara"])
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


def test_of_equal_scores_at_the_end_none_is_taken() -> None:
    hits = [{"_score": score} for score in (3.0, 2.0, 1.0, 1.0)]
    assert above_the_last(hits) == hits[:2]
    assert above_the_last(hits[2:]) == []
    assert above_the_last([]) == []
