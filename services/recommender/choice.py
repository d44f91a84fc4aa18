"""Choosing from the ranked: no copies, and as much diversity as is asked for."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from services.recommender.candidate import Candidate
from services.recommender.copies import Signatures, Which
from services.recommender.similarity import Vector, Vectors

SAME_SITE = 0.3  # how like each other two articles of one site are at least
_ARTICLE = -1


class Ranked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
    signatures = Signatures([one.candidate.signature for one in ranked])
    copied = dict.fromkeys(
        _numbers(signatures.copies_of(article.signature)), _ARTICLE
    )  # to the place of what it copies
    left = np.ones(len(ranked), dtype=bool)
    alike = np.zeros(len(ranked))
    scores = np.array([one.score for one in ranked]) if diversity else alike

    def renew(number: int) -> None:
        """Let a copy stand on the list if it is the newer one."""
        candidate, place = ranked[number].candidate, copied[number]
        newer = place != _ARTICLE and _when(candidate) > _when(ranked[chosen[place]].candidate)
        if newer and related(candidate):
            chosen[place] = number

    for rank in range(len(ranked)):
        if len(chosen) >= size:
            break
        number = int(np.argmax(np.where(left, scores * (1 - diversity * alike), -1.0))) if diversity else rank
        left[number] = False
        one = ranked[number]
        if number in copied:
            renew(number)
        elif related(one.candidate):
            for copy in _numbers(signatures.copies_of_own(number)):
                copied.setdefault(copy, len(chosen))
            chosen.append(number)
            if diversity:
                alike = np.maximum(alike, _likeness(one, ranked, vectors))
    for number in sorted(copied):
        if left[number]:
            renew(number)
    return [ranked[number] for number in sorted(chosen)]


def _numbers(which: Which) -> list[int]:
    return np.flatnonzero(which).tolist()


def _likeness(one: Ranked, ranked: Sequence[Ranked], vectors: Vectors) -> Vector:
    same_site = np.array([SAME_SITE if other.candidate.site == one.candidate.site else 0.0 for other in ranked])
    found = vectors.products([one.row], [1.0])
    found /= max(float(found[one.row - 1]), 1e-9)
    alike: Vector = np.minimum(np.maximum(found[[other.row - 1 for other in ranked]], same_site), 1.0)
    return alike


def _when(candidate: Candidate) -> float:
    return candidate.published_at.timestamp() if candidate.published_at else 0.0
