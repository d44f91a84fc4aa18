"""The rules of the origins that were visited lately, in bounded memory."""

from collections import OrderedDict

from services.crawler.robots import Robots

MOST = 20_000
# Of their texts; parsed they take 10 to 16 times as much, measured.
MOST_BYTES = 32 * 1024 * 1024


class KeptRobots:
    """Rules by origin. Those that were looked at longest ago go first: they are read again when they are needed."""

    def __init__(self, *, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._rules: OrderedDict[str, Robots] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rules)

    def get(self, origin: str) -> Robots | None:
        """The rules of an origin, good or not."""
        found = self._rules.get(origin)
        if found is not None:
            self._rules.move_to_end(origin)
        return found

    def keep(self, origin: str, rules: Robots) -> None:
        """Take rules in; the last that came stay, however large."""
        before = self._rules.pop(origin, None)
        self._bytes += rules.size - (before.size if before else 0)
        self._rules[origin] = rules
        while len(self._rules) > 1 and (len(self._rules) > self._most or self._bytes > self._most_bytes):
            _origin, gone = self._rules.popitem(last=False)
            self._bytes -= gone.size
