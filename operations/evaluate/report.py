"""From judged answers to figures: means, their intervals, and differences of weight sets on the same queries."""

from collections.abc import Sequence
from statistics import fmean

import msgspec

from operations.evaluate.answers import Answer
from operations.evaluate.metrics import JUDGED, mean_interval

OF_LISTS = ("candidate_recall", "freshness_days", "diversity", "coverage")
METRICS = (*JUDGED, *OF_LISTS)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A mean over queries with its 95 % interval."""

    mean: float
    low: float
    high: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One weight set: a figure for each metric that any query has, and the differences to the first set."""

    weights: str
    figures: dict[str, Figure]
    differences: dict[str, Figure]


def reports(names: Sequence[str], found: Sequence[Sequence[Answer]], *, seed: int) -> list[Report]:
    """A report for each weight set; `found` has an answer for each of them, question by question."""
    first, *_ = by_set = list(zip(*found, strict=True))
    return [
        Report(weights=name, figures=figures(one, seed=seed), differences=differences(first, one, seed=seed))
        for name, one in zip(names, by_set, strict=True)
    ]


def figures(answers: Sequence[Answer], *, seed: int) -> dict[str, Figure]:
    """The mean of each metric over the queries that have it."""
    values = {name: [one.metrics[name] for one in answers if name in one.metrics] for name in METRICS}
    return {name: _figure(each, seed) for name, each in values.items() if each}


def differences(first: Sequence[Answer], second: Sequence[Answer], *, seed: int) -> dict[str, Figure]:
    """By how much the second is above the first, over the queries where both have the metric."""
    pairs = list(zip(first, second, strict=True))
    values = {
        name: [b.metrics[name] - a.metrics[name] for a, b in pairs if name in a.metrics and name in b.metrics]
        for name in METRICS
    }
    return {name: _figure(each, seed) for name, each in values.items() if each}


def _figure(values: Sequence[float], seed: int) -> Figure:
    interval = mean_interval(values, seed=seed)
    return Figure(mean=fmean(values), low=interval.low, high=interval.high)
