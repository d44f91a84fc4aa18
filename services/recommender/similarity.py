"""Topic similarity of an article and its candidates, from their profiles: a cosine, and what it leads to.

The candidates that are most like the article tell what else its topic is about ("Korut", "rudal", "sanksi"); their
mean, by how like they are, is compared with all candidates too (pseudo-relevance feedback).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.recommender.statistics import BUCKETS, joined

Vector = NDArray[np.float64]


class Vectors:
    """The weighted terms of the article that asks (row 0) and of its candidates (from row 1), end to end.

    A long text's weights are made small as in a cosine, but by `pivot` only, so that it isn't left behind for the many
    things that it mentions.
    """

    def __init__(self, profiles: Sequence[bytes], rarity: NDArray[np.float32], *, pivot: float) -> None:
        self.ids, strengths, self.lengths = joined(profiles)
        self.starts = np.concatenate(([0], np.cumsum(self.lengths)))
        weights = strengths * rarity[self.ids]
        norms = np.sqrt(self._sums(weights * weights))
        divisors = (1 - pivot) * norms.mean() + pivot * norms
        self.weights = weights / np.repeat(np.maximum(divisors, 1e-9), self.lengths)

    def row(self, number: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """The ids and weights of a row."""
        part = slice(self.starts[number], self.starts[number + 1])
        return self.ids[part], self.weights[part]

    def table(self, rows: Sequence[int], shares: Sequence[float]) -> NDArray[np.float32]:
        """The weighted sum of some rows, by id."""
        parts = [self.row(number) for number in rows]
        table = np.zeros(BUCKETS, np.float32)
        weights = [np.float32(share) * own for share, (_, own) in zip(shares, parts, strict=True)]
        np.add.at(table, np.concatenate([ids for ids, _ in parts]), np.concatenate(weights))
        return table

    def dot(self, table: NDArray[np.float32]) -> Vector:
        """Each candidate's product with a table."""
        return self._sums(self.weights * table[self.ids])[1:]

    def _sums(self, values: NDArray[np.float32]) -> Vector:
        filled = self.lengths > 0  # reduceat gives an empty part the next one's first value
        sums = np.zeros(len(self.lengths))
        if filled.any():
            sums[filled] = np.add.reduceat(values.astype(np.float64), self.starts[:-1][filled])
        return sums


def likeness(vectors: Vectors, more: NDArray[np.float32]) -> Vector:
    """How like the article each candidate is, from 0 for nothing in common to about 1.

    `more` is by bucket what the article's own weights lack (short forms of its names).
    """
    return vectors.dot(vectors.table([0], [1.0]) + more)


def fed_back(vectors: Vectors, direct: Vector, *, share: float, seeds: int, power: float) -> Vector:
    """The likeness, a `share` of it being that to the `seeds` likest, which count by their own to the `power`."""
    likest = np.argsort(-direct, kind="stable")[:seeds]
    shares = np.maximum(direct[likest], 0.0) ** power
    if share <= 0 or not shares.sum() > 0:
        return direct
    mean = vectors.table([int(number) + 1 for number in likest], (shares / shares.sum()).tolist())
    length = float(np.sqrt(np.dot(mean, mean)))
    return (1 - share) * direct + share * vectors.dot(mean) / length
