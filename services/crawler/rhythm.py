"""How often a source is polled: by how often it had something new. Pure."""

import math
from datetime import timedelta

# A source that brings an item so often is polled at the usual interval.
USUAL_GAP = timedelta(minutes=10)
FASTEST, SLOWEST = 0.5, 32.0
# The root would make the mean wait least; a lower power spares the last percent, too: see bench/freshness.py.
POWER = 0.3
# What was seen counts half after so long: a newsroom sleeps at night.
HALF_LIFE = timedelta(hours=6)
# A source that says many things at once is no faster than one that says a few.
MOST_AT_ONCE = 3
_LEAST_ITEMS = 1e-4
_MOST_FAILURES = 10


class Rhythm:
    """The interval between two polls of one source.

    It goes with a power of the time between two items, estimated from what the polls found, the older the less,
    beginning with `USUAL_GAP`. `failures` are the last ones in a row.
    """

    def __init__(self, usual: timedelta) -> None:
        self._usual = usual
        self._items = 1.0
        self._seconds = USUAL_GAP.total_seconds()
        self.failures = 0

    @property
    def interval(self) -> timedelta:
        """Between this poll's end and the next."""
        factor = max(FASTEST, math.pow(self._seconds / self._items / USUAL_GAP.total_seconds(), POWER))
        return self._usual * min(SLOWEST, factor * float(2**self.failures))

    def read(self, new: int, since: timedelta | None) -> None:
        """A poll found so many new items since the last one; the first of all tells nothing."""
        self.failures = 0
        if since is None:
            return
        since = max(since, timedelta(0))  # the clock may have been set back
        kept = 0.5 ** (since / HALF_LIFE)
        self._items = self._items * kept + min(new, MOST_AT_ONCE)
        self._seconds = self._seconds * kept + since.total_seconds()
        # Never that nothing will come: what was silent for a year is polled as often again after one item as any other.
        self._items = max(self._items, _LEAST_ITEMS)

    def failed(self) -> None:
        """A poll failed: twice as long, and so on."""
        self.failures = min(self.failures + 1, _MOST_FAILURES)
