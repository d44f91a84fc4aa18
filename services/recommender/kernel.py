"""What time leaves of an article's score."""

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.float64]


def half_life(ages: Days, likeness: NDArray[np.float64], *, shortest: float, longest: float) -> float:
    """In how many days an article loses half of its score, by how bursty the topic is.

    `ages` and `likeness` are those of the articles that are most like the one that asks. Where half of their weight
    came within few days the topic is a burst, and what is older is a story that is over; a topic that is always written
    about lets an article count longer.
    """
    told = likeness > 0
    if not told.any():
        return longest
    order = np.lexsort((likeness[told], ages[told]))  # by likeness too: a sum of floats depends on its order
    weight = np.cumsum(likeness[told][order])
    median = float(ages[told][order][int(np.searchsorted(weight, weight[-1] / 2))])
    return float(np.clip(np.sqrt(shortest * max(median, 0.0)), shortest, longest))


def concentration(distances: Days, likest: NDArray[np.intp], likeness: NDArray[np.float64], *, days: float) -> float:
    """How much more of what is most like an article came within some `days` of it than of all candidates, 0 to 1.

    Next to 1 it is one event, told and over; about 0 a topic that is written about at any time. `distances` are those
    of all, `likest` the places of the likest among them, and `likeness` what each of these weighs.
    """
    total = float(likeness.sum())
    if not total > 0:
        return 0.0
    near = kept(distances, days)
    told, usual = float((likeness * near[likest]).sum()) / total, float(near.mean())
    return max(0.0, (told - usual) / (1.0 - usual)) if usual < 1 else 0.0


def kept(distances: Days, half: float) -> Days:
    """The share of its score that an article keeps at a distance in days: 1, a half after `half`, then ever less.

    It falls slowly at first and then fast (a Gaussian), so that within a few days the topic decides.
    """
    return np.exp2(-np.minimum((distances / half) ** 2, 1000.0))
