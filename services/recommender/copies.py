"""Copies among many articles, by their packed signatures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.terms import BANDS, SAME_BANDS

Which = NDArray[np.bool_]
_LENGTH = 2 * BANDS + 6  # bytes of a packed signature
_NONE = bytes(_LENGTH)


class Signatures:
    """The signatures of some articles (`packed_marks`, or empty) side by side."""

    def __init__(self, signatures: Sequence[bytes]) -> None:
        marks = np.frombuffer(b"".join([one or _NONE for one in signatures]), "<u2")
        table = marks.reshape(len(signatures), _LENGTH // 2).T.astype(np.int64)
        self._bands, self._titles = table[:BANDS].astype(np.int32), _one(table[BANDS:])

    def copies_of(self, signature: bytes) -> Which:
        """Which of them are copies of an article: the same long title, or nearly the same text."""
        marks = np.frombuffer(signature or _NONE, "<u2").astype(np.int64)
        bands, title = marks[:BANDS], int(_one(marks[BANDS:]))
        bands[bands == 0] = -1  # what isn't there is like nothing
        shared = np.add.reduce(self._bands == bands.astype(np.int32)[:, None], axis=0, dtype=np.uint8)
        found: Which = (shared >= SAME_BANDS) | (self._titles == (title or -1))
        return found


def _one(title: NDArray[np.int64]) -> NDArray[np.int64]:
    """A title's three parts as one number."""
    number: NDArray[np.int64] = title[0] | title[1] << 16 | title[2] << 32
    return number
