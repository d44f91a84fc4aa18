"""What this process holds of one partition of `crawl.requests`, from its assignment to its revocation."""

from datetime import datetime, timedelta
from pathlib import Path

from services.crawler.frontier import Frontier
from services.crawler.gone import Rules
from services.crawler.known import Known
from services.crawler.revisits import Revisits
from services.crawler.store import Store, key_of
from services.crawler.waiting import Waiting
from shared.gaps import Gaps


class Partition:
    """The hosts of one partition: what is known of their URLs, and what waits.

    Its state is in a file in `directory`, or in memory without one. What is pending waits, or is in hand: between its
    arrival and its queue, and from there to its end. `work` is the kind of a request, with its parts.
    """

    def __init__(
        self,
        number: int,
        *,
        delay: timedelta = timedelta(0),
        directory: Path | None = None,
        revisits: Revisits | None = None,
        gone: Rules | None = None,
    ) -> None:
        store = Store(directory)
        self.number = number
        self.known = Known(store, revisits, gone)
        self.gaps = Gaps()
        self.committed = 0
        self.restored = False
        self._waiting = Waiting(store)
        self.frontier = Frontier(delay, self._waiting)
        self._in_hand: set[bytes] = set()

    def is_pending(self, work: str, url: str) -> bool:
        """Whether `url` is on its way."""
        key = _key(work, url)
        return key in self._in_hand or key in self._waiting

    def take_in_hand(self, work: str, url: str) -> None:
        """From now on it is pending, though it doesn't wait."""
        self._in_hand.add(_key(work, url))

    def let_go(self, work: str, url: str) -> None:
        """It has its end."""
        self._in_hand.discard(_key(work, url))

    def put(
        self, host: str, work: str, url: str, item: bytes, *, priority: int, now: datetime, not_before: datetime
    ) -> None:
        """From now on it waits."""
        key = _key(work, url)
        self.frontier.add(host, key, item, priority=priority, now=now, not_before=not_before)
        self._in_hand.discard(key)


def _key(work: str, url: str) -> bytes:
    return key_of(f"{work} {url}")
