"""When lists may be computed: each at most once in some seconds, and all of them at most so many a second. Pure."""

from collections.abc import Iterable

import msgspec

BURST_SECONDS = 1.0  # what was left unused of the rate may be caught up with


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Which lists to compute now, in this order, and which were computed too short a time ago.

    `wait` is how many seconds the first of the `early` ones has yet to wait; 0 without any.
    """

    ready: tuple[str, ...]
    early: tuple[str, ...]
    wait: float


class Pace:
    """Keeps the pace of one process; times are seconds of any steady clock.

    `apart` seconds lie between two computations of a list, and `per_second` of all lists begin in a second, in the
    long run. A first request is answered at once: only what follows it closely has to wait, and is answered together.
    """

    def __init__(self, *, apart: float = 0.0, per_second: float = float("inf")) -> None:
        self._apart = apart
        self._interval = 1 / per_second
        self._next = float("-inf")
        self._begun: dict[str, float] = {}  # in the order of their times

    def plan(self, wanted: Iterable[str], *, first: Iterable[str] = (), now: float) -> Plan:
        """What to do with the lists that are asked for; those in `first` come before the others."""
        self._forget(now)
        ahead = set(first)
        due = {one: self._begun.get(one, now - self._apart) + self._apart - now for one in wanted}
        early = tuple(one for one, left in due.items() if left > 0)
        ready = sorted((one for one, left in due.items() if left <= 0), key=lambda one: one not in ahead)
        return Plan(ready=tuple(ready), early=early, wait=min((due[one] for one in early), default=0.0))

    def begin(self, one: str, *, now: float) -> float:
        """A list is about to be computed: the seconds to wait before, so that all keep the rate."""
        at = max(now, self._next)
        self._next = max(self._next, now - BURST_SECONDS) + self._interval
        self._begun.pop(one, None)
        self._begun[one] = at
        return at - now

    def _forget(self, now: float) -> None:
        while self._begun and self._begun[one := next(iter(self._begun))] + self._apart <= now:
            del self._begun[one]
