"""Fits the ranking's weights to the earlier questions, and judges them by the later ones."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from statistics import fmean
from typing import TypeVar

import msgspec

from operations.evaluate.labels import Question
from operations.evaluate.metrics import mean_interval
from operations.evaluate.parameters import FIRST_STEP, Parameter, shrunk
from operations.evaluate.report import Figure
from shared.errors import WartaError

EARLIER = 0.6
FEWEST = 5
LAST_STEP = 1.05
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
W = TypeVar("W", bound=msgspec.Struct)
# The metric of each question of a part, in order, under the given weights.
Score = Callable[[W], Sequence[float]]


class NotBetterError(WartaError):
    """Nothing was found that is surely better on the later part."""


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """The questions with something relevant, by time."""

    earlier: list[Question]
    later: list[Question]


def split(asked: Sequence[Question], *, most: int) -> Split:
    """The first 60 % by `now` (then by the query's own time) and the rest; at most `most`, evenly over all time.

    Raises `WartaError` when a part has under 5 questions.
    """
    judged = sorted(
        (one for one in asked if one.relevant), key=lambda one: (one.now, one.published_at or _LONG_AGO, one.query)
    )
    if len(judged) > most:
        judged = [judged[number * len(judged) // most] for number in range(most)]
    cut = round(len(judged) * EARLIER)
    parts = Split(earlier=judged[:cut], later=judged[cut:])
    if min(len(parts.earlier), len(parts.later)) < FEWEST:
        raise WartaError(f"{len(judged)} queries with relevant candidates are too few: each part needs {FEWEST}")
    return parts


def fit(
    start: W, parameters: Sequence[Parameter], score: Score[W], *, trials: int, seed: int,
    report: Callable[[str], None],
) -> W:  # fmt: skip
    """The best of at most `trials` weights by the mean score: each number in turn up or down, in ever smaller steps."""
    draw = Random(seed)  # noqa: S311 - no secret
    best, best_mean = start, fmean(score(start))
    steps = {parameter.path: FIRST_STEP for parameter in parameters}
    tried = {msgspec.json.encode(start)}
    done = 0
    while any(step > LAST_STEP for step in steps.values()):
        for parameter in draw.sample(list(parameters), len(parameters)):
            step, moved = steps[parameter.path], False
            if step <= LAST_STEP:
                continue
            for value in parameter.beside(parameter.of(best), step):
                other = parameter.put(best, value)
                if (form := msgspec.json.encode(other)) in tried:
                    continue
                if done == trials:
                    return best
                tried.add(form)
                done += 1
                mean = fmean(score(other))
                if mean > best_mean + 1e-9:
                    best, best_mean, moved = other, mean, True
                    break
            report(f"{done} of {trials} weights tried; best on the earlier part {best_mean:.4f}")
            if not moved:
                steps[parameter.path] = shrunk(step)
    return best


def judge_fit(before: Sequence[float], after: Sequence[float], *, seed: int) -> Figure:
    """By how much the fitted weights are better on the later part. Raises `NotBetterError` unless they surely are."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    interval = mean_interval(differences, seed=seed)
    found = Figure(mean=fmean(differences), low=interval.low, high=interval.high)
    if found.low <= 0:
        raise NotBetterError(
            f"not better on the later part: {fmean(before):.4f} -> {fmean(after):.4f}, a difference of "
            f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}], where all of the interval must be above 0"
        )
    return found
