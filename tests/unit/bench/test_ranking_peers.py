"""The peers of the ranking are what their names say: by hand, on three short texts."""

from datetime import UTC, datetime, timedelta
from math import log

import pytest

from bench._peer_search import Similar, decayed, undecayed
from bench._peer_texts import Bags, anchor, bm25, tf_idf
from bench._ranking_sets import Peer, Target, rows
from bench._versus import ratio
from operations.evaluate.labels import LabelledArticle, Question

AT = datetime(2024, 5, 2, 8, tzinfo=UTC)


def article(number: int, body: str, *, days: float = 0, title: str = "") -> LabelledArticle:
    return LabelledArticle(
        id=str(number), title=title, body=body, published_at=AT - timedelta(days=days), language="id"
    )


TEXTS = [article(0, "rudal laut rudal"), article(1, "rudal laut", days=1), article(2, "laut beras", days=10)]


def bags(*, title: int = 1) -> Bags:
    return Bags(TEXTS, AT, title=title, stemmed=False)


def question(query: str = "0", **fields: object) -> Question:
    return Question(query=query, now=AT, mode="fresh", relevant={}, published_at=AT, **fields)


def test_tf_idf_is_the_cosine() -> None:
    rudal, laut = log(4 / 3) + 1, 1.0
    beras = log(4 / 2) + 1
    long = ((2 * rudal) ** 2 + laut**2) ** 0.5
    short = (rudal**2 + laut**2) ** 0.5
    scores = tf_idf(bags(), sublinear=False).scores("0")
    assert scores[1] == pytest.approx((2 * rudal * rudal + laut * laut) / (long * short))
    assert scores[2] == pytest.approx(laut * laut / (long * (laut**2 + beras**2) ** 0.5))
    assert scores[0] == pytest.approx(1)


def test_bm25_is_the_sum_over_the_querys_words() -> None:
    k1, b = 1.2, 0.75
    rudal, laut = log(1 + 1.5 / 2.5), log(1 + 0.5 / 3.5)
    held = k1 * (1 - b + b * 2 / (7 / 3))
    scores = bm25(bags(), k1=k1, b=b).scores("0")
    assert scores[1] == pytest.approx((2 * rudal + laut) / (1 + held))


def test_rankings_leave_out_the_query_the_later_and_what_has_nothing_in_common() -> None:
    model = tf_idf(bags(), sublinear=True)
    assert model.ranking(question(), 10) == ["1", "2"]
    assert model.ranking(question(), 1) == ["1"]
    early = Question(query="2", now=AT - timedelta(days=2), mode="context", relevant={})
    assert model.ranking(early, 10) == []


def test_a_half_life_counts_from_what_the_mode_is_near() -> None:
    model = tf_idf(bags(), sublinear=True)
    assert model.ranking(question(), 10, half_life=0.01) == ["1", "2"]
    context = Question(query="0", now=AT, mode="context", relevant={}, published_at=AT - timedelta(days=10))
    assert anchor(context) == AT - timedelta(days=10)
    assert model.ranking(context, 10, half_life=0.5) == ["2", "1"]


def test_a_title_counts_as_often_as_told() -> None:
    told = Bags([article(0, "laut", title="rudal")], AT, title=3, stemmed=False)
    assert sorted(told.counts.tolist()) == [1.0, 3.0]


def test_more_like_this_is_asked_for_what_was_known_and_decays_where_told() -> None:
    plain = undecayed()[0]
    query = plain.query("texts", "7", now=AT)
    assert query["bool"]["filter"] == [{"range": {"known_at": {"lte": AT.isoformat()}}}]
    fading = decayed(plain)[0].query("texts", "7", now=AT, origin=AT - timedelta(days=3))
    assert fading["function_score"]["query"] == query
    assert fading["function_score"]["functions"][0]["exp"]["known_at"]["origin"] == (AT - timedelta(days=3)).isoformat()
    assert len({str(one) for one in (*undecayed(), *decayed(plain))}) == len(undecayed()) + len(decayed(plain))
    assert isinstance(plain, Similar)


def test_a_ratio_knows_how_sure_it_is() -> None:
    sure = ratio([0.6] * 50, [0.5] * 50)
    assert (sure.ratio, sure.low, sure.high) == pytest.approx((1.2, 1.2, 1.2))
    unsure = ratio([1.0, 0.0] * 20, [0.0, 1.0] * 20)
    assert unsure.low < 1 < unsure.high
    assert ratio([1.0], [0.5]) == ratio([1.0], [0.5])


def test_a_verdict_says_what_is_reached_and_what_is_not() -> None:
    peers = [Peer(name="a", settings="", values=[0.5, 0.5]), Peer(name="b", settings="", values=[0.4, 0.4])]
    *_, ours = rows("set", Target(metric="map", margin=1.08, least=0.6), [0.53, 0.53], peers)
    assert ours["verdict"] == "reached: ≥ a - 0.005, MISSED: ≥ 1.08 × a, MISSED: ≥ 0.6"
    *_, ours = rows("set", Target(metric="map", margin=1.08), [0.54, 0.54], peers)
    assert "MISSED" not in str(ours["verdict"])
