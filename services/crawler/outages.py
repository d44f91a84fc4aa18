"""Origins that don't answer: since when, how often they were tried, and when they may be asked again. Pure.

What stands in the way there says nothing of a URL, so the URLs wait. What is remembered is bounded.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from services.crawler import backoff
from shared.articles import UtcTime
from shared.events import FetchFailure

MAX_ORIGINS = 20_000
# So that an outage outlives the moment it is looked at, whatever the back-off.
AT_LEAST = timedelta(milliseconds=100)

K = TypeVar("K")
V = TypeVar("V")


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """The last `tries` in a row brought no answer; nothing is asked of the origin before `until`.

    `absent_since`: from then on each found that the name doesn't exist.
    """

    reason: FetchFailure
    since: UtcTime
    until: UtcTime
    tries: int = 1
    absent_since: UtcTime | None = None


class Outages:
    """Those that this process has met."""

    def __init__(self, first_pause: timedelta) -> None:
        self._first_pause = first_pause
        self._origins: OrderedDict[str, Outage] = OrderedDict()
        self._spent: OrderedDict[str, int] = OrderedDict()
        self._reached: OrderedDict[str, bool] = OrderedDict()

    def of(self, origin: str) -> Outage | None:
        """What is known of an origin that didn't answer when it was last asked."""
        return self._origins.get(origin)

    def failed(
        self, origin: str, reason: FetchFailure, now: datetime, *, asked: timedelta = timedelta(0), absent: bool = False
    ) -> Outage:
        """One more try without an answer: each pause is four times as long, at most an hour; or what it `asked` for.

        `absent`: because the name doesn't exist.
        """
        before = self._origins.pop(origin, None)
        tries = before.tries + 1 if before else 1
        pause = max(backoff.pause(tries, self._first_pause), asked, AT_LEAST)
        found = Outage(
            reason=reason, since=before.since if before else now, until=now + pause, tries=tries,
            absent_since=((before and before.absent_since) or now) if absent else None,
        )  # fmt: skip
        keep(self._origins, origin, found)
        return found

    def spent(self, origin: str) -> int:
        """One more URL has had all of its tries there in vain: how many in a row had."""
        count = self._spent.pop(origin, 0) + 1
        keep(self._spent, origin, count)
        return count

    def has_answered(self, origin: str) -> bool:
        """Whether it has answered this process, as far as is remembered."""
        return origin in self._reached

    def answered(self, origin: str) -> None:
        """It is over."""
        keep(self._reached, origin, value=True)
        self._origins.pop(origin, None)
        self._spent.pop(origin, None)


def keep(memory: "OrderedDict[K, V]", key: K, value: V) -> None:
    """Remember a value as the last; what was remembered first goes beyond `MAX_ORIGINS`."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > MAX_ORIGINS:
        memory.popitem(last=False)


@lru_cache(4096)
def origin_of(url: str) -> str:
    """The URL's origin; empty where a server's redirect led to what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
