"""Which offset of a partition may be committed."""

from array import array
from bisect import bisect_left

# So many that have ended are kept before they are cleared away together.
_MOST_ENDED = 10_000


class Gaps:
    """The offset after the last of an unbroken run of ended records. A million open ones take some nine megabytes."""

    def __init__(self) -> None:
        self._offsets = array("q")
        self._is_open = bytearray()
        self._first = 0
        self._left = 0
        self._next = 0

    def opened(self, offset: int) -> None:
        """Work on `offset` has begun; offsets open in order."""
        self._offsets.append(offset)
        self._is_open.append(1)
        self._left += 1
        self._next = offset + 1

    def ended(self, offset: int) -> None:
        """The end of `offset` is safe."""
        place = bisect_left(self._offsets, offset)
        if place == len(self._offsets) or self._offsets[place] != offset or not self._is_open[place]:
            return
        self._is_open[place] = 0
        self._left -= 1
        if place == self._first:
            self._first = self._is_open.find(1, place) if self._left else len(self._offsets)
            if not self._left or self._first > _MOST_ENDED:
                del self._offsets[: self._first], self._is_open[: self._first]
                self._first = 0

    @property
    def committable(self) -> int:
        """The first offset that isn't safe yet."""
        return self._offsets[self._first] if self._left else self._next

    @property
    def position(self) -> int:
        """The offset after the last that was opened; 0 before the first."""
        return self._next

    def __len__(self) -> int:
        return self._left
