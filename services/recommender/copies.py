"""Copies among many articles, by their packed signatures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.terms import BANDS, SAME_BANDS

Which = NDArray[np.bool_]
_LENGTH = 2 * BANDS + 6  # bytes of a packed signature
_NONE = bytes(_LENGTH)
_AT_ONCE = 16  # a list has hardly more: in a third of the time that one after the other takes


class Signatures:
    """The signatures of some articles (`packed_marks`, or empty) side by side."""

    def __init__(self, signatures: Sequence[bytes]) -> None:
        self._bands, self._titles = _table(signatures)
        self._sought = _sought(self._bands), _sought(self._titles)
        self._own: list[Which] = []

    def copies_of(self, signature: bytes) -> Which:
        """Which of them are copies of an article: the same long title, or nearly the same text."""
        bands, titles = _table([signature])
        return self._like(_sought(bands), _sought(titles))[0]

    def copies_of_own(self, number: int) -> Which:
        """Which of them are copies of the one with this number, itself too if it has a signature."""
        while number >= len(self._own):
            some = slice(len(self._own), len(self._own) + _AT_ONCE)
            self._own += self._like(self._sought[0][:, some], self._sought[1][some])
        return self._own[number]

    def _like(self, bands: NDArray[np.int32], titles: NDArray[np.int64]) -> list[Which]:
        same = self._bands[:, None, :] == bands[:, :, None]
        found = np.add.reduce(same, axis=0, dtype=np.uint8) >= SAME_BANDS
        return list(found | (self._titles == titles[:, None]))


def _table(signatures: Sequence[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The bands, a column for each article, and each one's title as one number."""
    marks = np.frombuffer(b"".join([one or _NONE for one in signatures]), "<u2")
    table = marks.reshape(len(signatures), _LENGTH // 2).T
    title = table[BANDS:].astype(np.int64)
    return np.ascontiguousarray(table[:BANDS], dtype=np.int32), title[0] | title[1] << 16 | title[2] << 32


def _sought(marks: NDArray[np.signedinteger]) -> NDArray[np.signedinteger]:
    """What to compare with: a mark that isn't there is like none."""
    return np.where(marks == 0, marks.dtype.type(-1), marks)
