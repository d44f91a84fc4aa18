"""Tuning: the numbers it moves, the split in time, what it finds, and what it refuses. All on made-up scores."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Annotated

import msgspec
import pytest

from operations.evaluate.labels import Question
from operations.evaluate.parameters import parameters
from operations.evaluate.tuning import NotBetterError, fit, judge_fit, split
from services.recommender.recommend import DEFAULT
from shared.errors import WartaError

T0 = datetime(2024, 6, 1, tzinfo=UTC)


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    scale: float = 20.0


class Made(msgspec.Struct, frozen=True, kw_only=True):
    inner: Inner = Inner()
    life: timedelta = timedelta(days=7)
    share: float = 0.0
    bounded: Annotated[float, msgspec.Meta(ge=0.5, le=3.0)] = 1.0
    count: int = 3


def test_every_number_is_found_with_its_range() -> None:
    found = {one.name: (one.low, one.high) for one in parameters(Made())}
    assert found == {
        "inner.scale": (2.5, 160.0), "life": (3600.0, 365 * 86400.0), "share": (0.0, 1.0), "bounded": (0.5, 3.0),
    }  # fmt: skip


def test_a_number_is_put_within_its_range_and_nothing_else_moves() -> None:
    made = {one.name: one for one in parameters(Made())}
    assert made["inner.scale"].put(Made(), 33.33333) == Made(inner=Inner(scale=33.33))
    assert made["life"].put(Made(), 1.0) == Made(life=timedelta(hours=1))
    assert made["bounded"].put(Made(), 9.0) == Made(bounded=3.0)


def test_the_rankings_own_weights_have_numbers_that_all_can_be_put() -> None:
    found = parameters(DEFAULT)
    assert found
    for one in found:
        assert one.low <= one.of(DEFAULT) <= one.high, one.name
        for value in one.beside(one.of(DEFAULT), 2.0):
            assert one.low <= one.of(one.put(DEFAULT, value)) <= one.high


def question(number: int, *, relevant: bool = True) -> Question:
    now = T0 + timedelta(hours=number)
    return Question(query=f"{number}", now=now, mode="fresh", relevant={"x": 1.0} if relevant else {})


def test_the_split_is_by_time_whatever_the_order() -> None:
    asked = [question(number, relevant=number % 10 != 0) for number in range(100)]
    Random(3).shuffle(asked)
    parts = split(asked, most=1000)
    assert (len(parts.earlier), len(parts.later)) == (54, 36)
    assert max(one.now for one in parts.earlier) < min(one.now for one in parts.later)
    fewer = split(asked, most=20)
    assert (len(fewer.earlier), len(fewer.later)) == (12, 8)
    assert fewer.later[-1].now > T0 + timedelta(hours=90)


def test_at_one_time_the_queries_own_times_split() -> None:
    asked = [
        Question(query=f"{n}", now=T0, mode="context", relevant={"x": 1.0}, published_at=T0 - timedelta(days=n))
        for n in range(20)
    ]
    assert {int(one.query) for one in split(asked, most=99).later} == set(range(8))


def test_too_few_queries_are_refused() -> None:
    with pytest.raises(WartaError, match=r"9 queries .* too few: each part needs 5"):
        split([question(number) for number in range(9)], most=100)


def far_from_best(made: Made) -> list[float]:
    life = made.life / timedelta(days=28)
    return [1 - abs(made.share - 0.4) - abs(min(life, 1 / life) - 1) / 4 + wobble for wobble in (0.0, 0.01, -0.01)]


def test_it_finds_the_top_of_a_hill_and_the_same_one_by_seed() -> None:
    found = [
        fit(Made(), parameters(Made()), far_from_best, trials=200, seed=1, report=lambda _: None) for _ in range(2)
    ]
    assert found[0] == found[1]
    assert found[0].share == pytest.approx(0.4, abs=0.05)
    assert found[0].life / timedelta(days=28) == pytest.approx(1.0, abs=0.2)
    assert found[0].inner == Inner()


def test_it_tries_no_more_than_it_is_told_and_keeps_the_start_when_nothing_is_better() -> None:
    tried: list[Made] = []

    def flat(made: Made) -> list[float]:
        tried.append(made)
        return [0.5]

    assert fit(Made(), parameters(Made()), flat, trials=7, seed=0, report=lambda _: None) == Made()
    assert len(tried) == 8


def test_what_is_surely_better_passes() -> None:
    draw = Random(1)
    before = [draw.random() / 2 for _ in range(50)]
    found = judge_fit(before, [value + 0.1 + draw.random() / 50 for value in before], seed=0)
    assert 0.1 < found.low < found.mean < found.high < 0.13


@pytest.mark.parametrize("gain", [0.0, -0.1, 0.01])
def test_what_is_not_surely_better_is_refused(gain: float) -> None:
    draw = Random(1)
    before = [draw.random() for _ in range(50)]
    with pytest.raises(NotBetterError, match=r"not better on the later part: .*must be above 0"):
        judge_fit(before, [draw.random() / 2 + value / 2 + gain / 50 - 0.02 for value in before], seed=0)
