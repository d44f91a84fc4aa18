"""Choosing from the ranked: no copies, and as much diversity as is asked for."""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from services.recommender.candidate import Candidate
from services.recommender.similarity import Vector, Vectors
from shared.terms import copied

SAME_SITE = 0.3  # how like each other two articles of one site are at least
_ARTICLE = -1


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate with its scores; `row` is its place among the vectors."""

    candidate: Candidate
    row: int
    topic: float
    time: float

    @property
    def score(self) -> float:
        return self.topic * self.time


def choose(
    ranked: Sequence[Ranked], article: Candidate, vectors: Vectors, *, size: int, diversity: float,
    related: Callable[[Candidate], bool],
) -> list[Ranked]:  # fmt: skip
    """At most `size` of those in score order, each `related` and no copy of the article or of one before it.

    With `diversity` each is taken for its score less that share of its likeness to those already chosen. Of copies the
    newest stands on the list.
    """
    chosen: list[int] = []  # places in the ranking
    copies = _Copies(article)
    scores = np.array([one.score for one in ranked])
    left = np.ones(len(ranked), dtype=bool)
    alike = np.zeros(len(ranked))

    def renewed(number: int) -> bool:
        """Whether this is a copy, which then stands on the list if it is the newer one."""
        candidate = ranked[number].candidate
        if (place := copies.place_of(candidate)) is None:
            return False
        newer = place != _ARTICLE and _when(candidate) > _when(ranked[chosen[place]].candidate)
        if newer and related(candidate):
            chosen[place] = number
        return True

    while len(chosen) < size and left.any():
        worth = scores * (1 - diversity * alike) if diversity else scores
        number = int(np.argmax(np.where(left, worth, -1.0)))
        left[number] = False
        one = ranked[number]
        if not renewed(number) and related(one.candidate):
            copies.add(one.candidate, len(chosen))
            chosen.append(number)
            if diversity:
                alike = np.maximum(alike, _likeness(one, ranked, vectors))
    for number in np.flatnonzero(left).tolist():
        renewed(number)
    return [ranked[number] for number in sorted(chosen)]


class _Copies:
    """The signatures of what is on the list, to look copies up in."""

    def __init__(self, article: Candidate) -> None:
        self._places: dict[str, int] = dict.fromkeys(article.signature, _ARTICLE)

    def place_of(self, candidate: Candidate) -> int | None:
        """The place of what this is a copy of; None for a text of its own."""
        known = self._places
        if known.keys().isdisjoint(candidate.signature):
            return None
        shared = [mark for mark in candidate.signature if mark in known]
        for place in Counter(known[mark] for mark in shared):
            if copied([mark for mark in shared if known[mark] == place]):
                return place
        return None

    def add(self, candidate: Candidate, place: int) -> None:
        for mark in candidate.signature:
            self._places.setdefault(mark, place)


def _likeness(one: Ranked, ranked: Sequence[Ranked], vectors: Vectors) -> Vector:
    same_site = np.array([SAME_SITE if other.candidate.site == one.candidate.site else 0.0 for other in ranked])
    found = vectors.dot(vectors.table([one.row], [1.0]))
    found /= max(float(found[one.row - 1]), 1e-9)
    alike: Vector = np.minimum(np.maximum(found[[other.row - 1 for other in ranked]], same_site), 1.0)
    return alike


def _when(candidate: Candidate) -> float:
    return candidate.published_at.timestamp() if candidate.published_at else 0.0
