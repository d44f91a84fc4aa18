"""Ours against a peer on the same queries: how many times as good, and how sure that is."""

from collections.abc import Sequence

import msgspec
import numpy as np

RESAMPLES = 2000


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """The ratio of two means, with the bounds of its 95 % interval."""

    ratio: float
    low: float
    high: float


def ratio(ours: Sequence[float], theirs: Sequence[float], *, seed: int = 0) -> Ratio:
    """The mean of ours over the mean of theirs; the queries are resampled, each with both of its values."""
    first, second = np.asarray(ours, float), np.asarray(theirs, float)
    picks = np.random.default_rng(seed).integers(0, len(first), (RESAMPLES, len(first)))
    ratios = first[picks].mean(axis=1) / np.maximum(second[picks].mean(axis=1), 1e-12)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return Ratio(ratio=float(first.mean() / max(second.mean(), 1e-12)), low=float(low), high=float(high))
