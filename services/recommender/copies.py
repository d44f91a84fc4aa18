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
        table = np.frombuffer(b"".join([one or _NONE for one in signatures]), "<u2").reshape(len(signatures), _LENGTH // 2)
        table = np.ascontiguousarray(table.T)  # a row for each band: that is summed up in a fifth of the time
        self._bands, self._titles = table[:BANDS], table[BANDS:]

    def copies_of(self, signature: bytes) -> Which:
        """Which of them are copies of an article: the same long title, or nearly the same text."""
        if not signature:
            return np.zeros(self._bands.shape[1], dtype=bool)
        marks = np.frombuffer(signature, "<u2")[:, None]
        bands, title = marks[:BANDS], marks[BANDS:]
        shared = np.add.reduce((self._bands == bands) & (bands > 0), axis=0, dtype=np.uint8)
        found: Which = shared >= SAME_BANDS
        return found | (self._titles == title).all(axis=0) if title.any() else found
