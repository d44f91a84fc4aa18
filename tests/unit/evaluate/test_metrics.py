"""The metrics against values computed by hand, and what must hold for any ranking."""

from datetime import UTC, datetime, timedelta
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.evaluate.metrics import (
    average_precision,
    coverage,
    diversity,
    judge,
    mean_interval,
    median_age,
    ndcg,
    precision,
    recall,
)

IDS = [f"{n}" for n in range(12)]
rankings = st.permutations(IDS).flatmap(lambda ids: st.integers(0, len(ids)).map(lambda n: ids[:n]))
gains = st.dictionaries(st.sampled_from(IDS), st.floats(0.5, 4), min_size=1)


def test_average_precision_by_hand() -> None:
    # relevant at ranks 1 and 3, a third one not ranked
    assert average_precision(["a", "x", "b"], {"a", "b", "c"}) == pytest.approx((1 / 1 + 2 / 3 + 0) / 3)
    assert average_precision([], {"a"}) == 0.0
    assert average_precision(["a"], set()) == 0.0


def test_ndcg_by_hand() -> None:
    found = ndcg(["x", "a", "b"], {"a": 1.0, "b": 3.0, "c": 2.0}, 2)
    assert found == pytest.approx((1 / log2(3)) / (3 + 2 / log2(3)))
    assert ndcg(["a"], {}, 5) == 0.0


def test_recall_and_precision_by_hand() -> None:
    assert recall(["a", "x", "b"], {"a", "b", "c"}, 2) == pytest.approx(1 / 3)
    assert recall(["a", "x", "b"], {"a", "b", "c"}) == pytest.approx(2 / 3)
    assert precision(["a", "x", "b"], {"a", "b"}, 10) == pytest.approx(0.2)


def test_what_a_list_shows_by_hand() -> None:
    now = datetime(2024, 6, 10, tzinfo=UTC)
    assert median_age([now, now - timedelta(days=4), now - timedelta(days=1)], now) == timedelta(days=1)
    assert median_age([], now) is None
    assert diversity([{"a", "b"}, {"a", "c"}, {"d"}]) == pytest.approx(1 - (1 / 3 + 0 + 0) / 3)
    assert diversity([{"a"}]) is None
    assert coverage(4, 10) == 0.4


@given(rankings, gains)
def test_all_are_shares(ranking: list[str], told: dict[str, float]) -> None:
    assert all(0.0 <= value <= 1.0 + 1e-12 for value in judge(ranking, told).values())


@given(gains)
def test_the_best_order_is_perfect(told: dict[str, float]) -> None:
    best = sorted(told, key=lambda id_: -told[id_])
    found = judge(best, told)
    assert [found[name] for name in ("map", "ndcg@5", "ndcg@10")] == pytest.approx([1.0, 1.0, 1.0])


@given(rankings, gains, st.data())
def test_a_relevant_one_further_up_is_never_worse(
    ranking: list[str], told: dict[str, float], data: st.DataObject
) -> None:
    places = [at for at in range(1, len(ranking)) if ranking[at] in told and ranking[at - 1] not in told]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    better = [*ranking[: at - 1], ranking[at], ranking[at - 1], *ranking[at + 1 :]]
    before, after = judge(ranking, told), judge(better, told)
    assert all(after[name] >= before[name] - 1e-12 for name in before)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.integers(0, 5))
def test_an_interval_is_the_same_by_seed_and_within_the_values(values: list[float], seed: int) -> None:
    found = mean_interval(values, seed=seed, resamples=100)
    assert found == mean_interval(values, seed=seed, resamples=100)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


def test_an_interval_covers_the_mean_and_narrows_with_more_queries() -> None:
    few, many = mean_interval([0.0, 1.0] * 10, seed=1), mean_interval([0.0, 1.0] * 1000, seed=1)
    assert few.low < 0.5 < few.high
    assert many.high - many.low < (few.high - few.low) / 5
