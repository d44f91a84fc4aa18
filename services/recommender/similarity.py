"""Topic similarity of an article and its candidates, from their profiles: BM25 by whole texts, and what it leads to.

The candidates that are most like the article tell what else its topic is about ("Korut", "rudal", "sanksi"); what they
are about, by how like they are, is looked for in all candidates too (pseudo-relevance feedback).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.recommender.statistics import BUCKETS, STRENGTHS, joined

Vector = NDArray[np.float64]
Own = Mapping[int, tuple[float, float]]


class Vectors:
    """The terms of the article that asks (row 0) and of its candidates (from row 1), end to end.

    `weights` is what a term tells of an article that has it: by its rarity, and by how often it is there: `saturation`
    times make a half, more in a long text by the share of `length`. In its `rows` are the parts of its text that its
    terms are, by how often each is there to the power `repeats`. The article that asks has a likeness of 1 to itself.
    """

    def __init__(
        self, profiles: Sequence[bytes], rarity: NDArray[np.float32], *, saturation: float, length: float,
        repeats: float = 1.0,
    ) -> None:  # fmt: skip
        self.ids, told, self.lengths = joined(profiles)
        starts = np.concatenate(([0], np.cumsum(self.lengths)))
        self._filled = np.flatnonzero(self.lengths)  # reduceat gives an empty part the next one's first value
        self._begins = starts[self._filled]
        self._starts = starts.tolist()
        counts = (STRENGTHS * STRENGTHS).take(told)
        words = np.maximum(self._sums(counts), 1.0)
        held = saturation * (1 - length + length * words / words.mean())
        self.weights = rarity.take(self.ids) * counts / (counts + np.repeat(held.astype(np.float32), self.lengths))
        self._told = told
        self._asked = STRENGTHS ** np.float32(2.0 * repeats)
        self._itself = 1.0
        itself = float(np.dot(self.rows([0])[1], self.weights[: self._starts[1]]))
        self._itself = itself if itself > 0 else 1.0
        self._table = np.zeros(BUCKETS, np.float32)  # empty between two products

    def rows(self, numbers: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.intp]]:
        """The ids and shares of some rows, end to end, and which of these each is of."""
        parts = [slice(self._starts[number], self._starts[number + 1]) for number in numbers]
        asked = self._asked.take(np.concatenate([self._told[part] for part in parts]))
        of = np.repeat(np.arange(len(parts)), self.lengths[list(numbers)])
        words = np.maximum(np.bincount(of, asked, len(parts)), 1.0) * self._itself
        return np.concatenate([self.ids[part] for part in parts]), asked / words.astype(np.float32).take(of), of

    def own(self) -> Own:
        """By bucket what its terms are to the article that asks, and what they add to its likeness to itself.

        Only what has a share: a name's entry has none, and it may be in another term's bucket.
        """
        ids, shares, _ = self.rows([0])
        found: dict[int, tuple[float, float]] = {}
        for place, share, weight in zip(
            ids.tolist(), shares.tolist(), (shares * self.weights[: len(ids)]).tolist(), strict=True
        ):
            if share > 0:
                before = found.get(place, (0.0, 0.0))
                found[place] = before[0] + share, before[1] + weight
        return found

    def products(
        self, rows: Sequence[int], weights: Sequence[float], more: Mapping[int, float] | None = None
    ) -> Vector:
        """Each candidate's product with the weighted sum of some rows' shares; `more` is added to it, by bucket."""
        ids, shares, of = self.rows(rows)
        np.add.at(self._table, ids, shares * np.array(weights, np.float32).take(of))
        if more:
            added = np.fromiter(more, np.intp, len(more))
            self._table[added] += np.fromiter(more.values(), np.float32, len(more))
            ids = np.concatenate((ids, added))
        sums = self._sums(self.weights * self._table.take(self.ids))[1:]
        self._table[ids] = 0
        return sums

    def _sums(self, values: NDArray[np.float32]) -> Vector:
        sums = np.zeros(len(self.lengths))
        if len(self._filled):
            sums[self._filled] = np.add.reduceat(values, self._begins, dtype=np.float64)
        return sums


def likeness(vectors: Vectors, more: Mapping[int, float]) -> Vector:
    """How like the article each candidate is, from 0 for nothing in common to about 1.

    `more` is by bucket what the article's own weights lack (short forms of its names).
    """
    return vectors.products([0], [1.0], more)


def fed_back(vectors: Vectors, direct: Vector, *, share: float, seeds: int, power: float) -> Vector:
    """The likeness, a `share` of it being that to the `seeds` likest, which count by their own to the `power`.

    What is most like these counts as what is most like the article.
    """
    likest = np.argsort(-direct, kind="stable")[:seeds]
    shares = np.maximum(direct[likest], 0.0) ** power
    if share <= 0 or not shares.sum() > 0:
        return direct
    topic = vectors.products((likest + 1).tolist(), (shares / shares.sum()).tolist())
    mixed: Vector = (1 - share) * direct + share * topic * (direct.max() / max(float(topic.max()), 1e-9))
    return mixed
