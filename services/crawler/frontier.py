"""What is to be fetched and when: one queue per host, hosts in the order in which they are due.

Only hosts are in memory; what waits is in `Waiting`. Its time is an argument.
"""

import heapq
from datetime import datetime, timedelta
from itertools import count

from services.crawler.store import microseconds, time_of
from services.crawler.waiting import Waiting


class _Host:
    """A host: how many of its items may go at once, and when the first of the others may."""

    __slots__ = ("busy", "due", "later", "number", "ready", "scheduled")

    def __init__(self, number: int, due: datetime) -> None:
        self.number = number
        self.due = due
        self.busy = False
        self.scheduled: datetime | None = None
        self.ready = 0
        self.later: datetime | None = None

    @property
    def next_due(self) -> datetime | None:
        if self.busy:
            return None
        if self.ready:
            return self.due
        return max(self.due, self.later) if self.later is not None else None

    @property
    def is_empty(self) -> bool:
        return not (self.busy or self.ready or self.later)


class Frontier:
    """Per-host queues under one rule: a host has one fetch at a time, and `delay` between two.

    A host that wasn't here waits one full delay before its first fetch, because its last owner may just have fetched.
    """

    def __init__(self, delay: timedelta, waiting: Waiting) -> None:
        self._delay = delay
        self._waiting = waiting
        self._hosts: dict[str, _Host] = {}
        self._empty: set[str] = set()
        self._paused: set[str] = set()
        self._due: list[tuple[datetime, int, str]] = []
        self._numbers = count(1)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def hosts(self) -> int:
        """How many hosts are in memory."""
        return len(self._hosts)

    def add(
        self, host: str, key: bytes, item: bytes, *, priority: int, now: datetime, not_before: datetime | None = None
    ) -> None:
        """Queue `item`; a lower `priority` goes first, equal ones in order of arrival."""
        queue = self._hosts.get(host)
        if queue is None:
            queue = self._hosts[host] = _Host(next(self._numbers), now + self._delay)
        later = not_before if not_before is not None and not_before > now else None
        self._waiting.put(queue.number, key, item, priority=priority, later=0 if later is None else microseconds(later))
        if later is None:
            queue.ready += 1
        else:
            queue.later = later if queue.later is None else min(queue.later, later)
        self._size += 1
        self._schedule(host)

    def take(self, now: datetime) -> bytes | None:
        """The next item whose host is due, or None. Its host is busy until `release`."""
        while self._due and self._due[0][0] <= now:
            due, _number, host = heapq.heappop(self._due)
            queue = self._hosts.get(host)
            if queue is None or queue.scheduled != due:
                continue  # an entry of a host that was rescheduled since
            queue.scheduled = None
            if queue.later is not None and queue.later <= now:
                queue.ready += self._waiting.promote(queue.number, microseconds(now))
                later = self._waiting.next_later(queue.number)
                queue.later = None if later is None else time_of(later)
            queue.ready -= 1
            queue.busy = True
            self._size -= 1
            return self._waiting.pop(queue.number)
        return None

    def release(self, host: str, *, now: datetime, delay: timedelta) -> None:
        """The fetch of `host` has ended: the next comes `delay` later at the earliest."""
        queue = self._hosts.get(host)
        if queue is None:
            return
        queue.busy = False
        queue.due = max(queue.due, now + delay)
        self._schedule(host)

    def postpone(self, host: str, until: datetime) -> None:
        """Leave `host` alone until then."""
        queue = self._hosts.get(host)
        if queue is not None and until > queue.due:
            queue.due = until
            self._schedule(host)

    def pause(self, host: str) -> None:
        """Give out nothing of `host` until `resume`; what is in flight ends."""
        self._paused.add(host)
        if host in self._hosts:
            self._schedule(host)

    def resume(self, host: str) -> None:
        """Let it have its turns again."""
        self._paused.discard(host)
        if host in self._hosts:
            self._schedule(host)

    def is_paused(self, host: str) -> bool:
        """Whether nothing of `host` is given out."""
        return host in self._paused

    @property
    def paused(self) -> int:
        """How many hosts are paused."""
        return len(self._paused)

    def next_due(self) -> datetime | None:
        """When `take` will next have something, if nothing is added or released before; may be early, never late."""
        return self._due[0][0] if self._due else None

    def forget_idle(self, now: datetime) -> None:
        """Free the hosts that have nothing waiting and whose delay has passed."""
        for host in [host for host in self._empty if self._hosts[host].due <= now]:
            self._empty.discard(host)
            del self._hosts[host]

    def _schedule(self, host: str) -> None:
        queue = self._hosts[host]
        (self._empty.add if queue.is_empty else self._empty.discard)(host)
        due = None if host in self._paused else queue.next_due
        if due == queue.scheduled:
            return
        queue.scheduled = due
        if due is not None:
            heapq.heappush(self._due, (due, next(self._numbers), host))
