"""How good a ranking is, and how sure that is. Pure: a ranking is a list of ids, `gains` are those of the relevant."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import combinations
from math import log2
from statistics import fmean, median

import msgspec
import numpy as np

RESAMPLES = 2000
CONFIDENCE = 0.95


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of a mean's bootstrap interval."""

    low: float
    high: float


def average_precision(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """The mean, over all the relevant, of the precision at each one's rank; 0 for one that isn't ranked."""
    found, total = 0, 0.0
    for rank, id_ in enumerate(ranking, 1):
        if id_ in relevant:
            found += 1
            total += found / rank
    return total / len(relevant) if relevant else 0.0


def ndcg(ranking: Sequence[str], gains: Mapping[str, float], k: int) -> float:
    """The gains of the first `k`, each divided by log2(rank + 1), over what the best order would get."""
    best = _discounted(sorted(gains.values(), reverse=True)[:k])
    return _discounted([gains.get(id_, 0.0) for id_ in ranking[:k]]) / best if best else 0.0


def recall(ranking: Sequence[str], relevant: Collection[str], k: int | None = None) -> float:
    """The share of the relevant that are among the first `k`, or ranked at all."""
    return sum(id_ in relevant for id_ in ranking[:k]) / len(relevant) if relevant else 0.0


def precision(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """The share of `k` places with a relevant article; an empty place has none."""
    return sum(id_ in relevant for id_ in ranking[:k]) / k


def median_age(times: Sequence[datetime], now: datetime) -> timedelta | None:
    """The median age of what a list shows; None for an empty one."""
    return timedelta(seconds=median((now - at).total_seconds() for at in times)) if times else None


def diversity(features: Sequence[AbstractSet[str]]) -> float | None:
    """1 less the mean overlap (Jaccard) of a list's items two by two; None for fewer than two items."""
    if len(features) < 2:
        return None
    return 1.0 - fmean(len(a & b) / len(a | b) if a or b else 0.0 for a, b in combinations(features, 2))


def coverage(items: int, size: int) -> float:
    """The share of a list's places that are filled."""
    return min(items, size) / size


def mean_interval(values: Sequence[float], *, seed: int, resamples: int = RESAMPLES) -> Interval:
    """The 95 % interval of the mean, by resampling the queries. For differences give those of the same queries."""
    if not values:
        return Interval(low=0.0, high=0.0)
    array = np.asarray(values, dtype=float)
    random = np.random.default_rng(seed)
    return interval([array[random.integers(0, len(array), len(array))].mean() for _ in range(resamples)])


def interval(resampled: Sequence[float]) -> Interval:
    """The 95 % interval of a figure, from its values on resampled queries."""
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(low=float(low), high=float(high))


JUDGED: dict[str, Callable[[Sequence[str], Mapping[str, float]], float]] = {
    "map": average_precision,
    "ndcg@5": lambda ranking, gains: ndcg(ranking, gains, 5),
    "ndcg@10": lambda ranking, gains: ndcg(ranking, gains, 10),
    "recall@10": lambda ranking, gains: recall(ranking, gains, 10),
    "precision@10": lambda ranking, gains: precision(ranking, gains, 10),
}


def judge(ranking: Sequence[str], gains: Mapping[str, float]) -> dict[str, float]:
    """Every metric that needs labels, of one query. `gains` are those of all the relevant, each above 0."""
    return {name: metric(ranking, gains) for name, metric in JUDGED.items()}


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))
