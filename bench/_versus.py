"""Ours against a peer: how many times as good, how sure that is, and how a table tells it."""

from collections.abc import Sequence

import msgspec
import numpy as np

from operations.evaluate.metrics import RESAMPLES, interval


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """The ratio of two means, with the bounds of its 95 % interval."""

    ratio: float
    low: float
    high: float


def ratio(ours: Sequence[float], theirs: Sequence[float], *, seed: int = 0) -> Ratio:
    """The mean of ours over the mean of theirs; the queries are resampled, each with both of its values."""
    first, second = np.asarray(ours, float), np.asarray(theirs, float)
    picks = np.random.default_rng(seed).integers(0, len(first), (RESAMPLES, len(first)))
    bounds = interval((first[picks].mean(axis=1) / np.maximum(second[picks].mean(axis=1), 1e-12)).tolist())
    return Ratio(ratio=float(first.mean() / max(second.mean(), 1e-12)), low=bounds.low, high=bounds.high)


def verdict(what: str, *, good: bool) -> str:
    """What was asked for, and whether it is reached."""
    return f"{'reached' if good else 'MISSED'}: {what}"


def row(
    part: str, system: str, metric: str, value: float, *, versus: Ratio | float | None = None, verdict: str = "",
    settings: str = "",
) -> dict[str, object]:  # fmt: skip
    """A line of the table; `versus` is ours against this system, or a plain ratio."""
    known = versus if isinstance(versus, Ratio) else None
    return {
        "part": part, "system": system, "metric": metric, "value": value,
        "ours/it": known.ratio if known else "" if versus is None else versus, "low": known.low if known else "",
        "high": known.high if known else "", "verdict": verdict, "settings": settings,
    }  # fmt: skip
