"""What is to be fetched and when: one queue per host, hosts in the order in which they are due. Pure."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Generic, TypeVar

Item = TypeVar("Item")


class _Host(Generic[Item]):
    """A host's waiting items: `ready` by priority, `later` by their time."""

    def __init__(self, due: datetime) -> None:
        self.due = due
        self.busy = False
        self.scheduled: datetime | None = None
        self.ready: list[tuple[int, int, Item]] = []
        self.later: list[tuple[datetime, int, int, Item]] = []

    def promote(self, now: datetime) -> None:
        while self.later and self.later[0][0] <= now:
            _due, priority, number, item = heapq.heappop(self.later)
            heapq.heappush(self.ready, (priority, number, item))

    @property
    def next_due(self) -> datetime | None:
        if self.busy:
            return None
        if self.ready:
            return self.due
        return max(self.due, self.later[0][0]) if self.later else None


class Frontier(Generic[Item]):
    """Per-host queues under one rule: a host has one fetch at a time, and `delay` between two.

    A host that wasn't here waits one full delay before its first fetch, because its last owner may just have fetched.
    """

    def __init__(self, delay: timedelta) -> None:
        self._delay = delay
        self._hosts: dict[str, _Host[Item]] = {}
        self._due: list[tuple[datetime, int, str]] = []
        self._numbers = count()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, host: str, item: Item, *, priority: int, now: datetime, not_before: datetime | None = None) -> None:
        """Queue `item`; a lower `priority` goes first, equal ones in order of arrival."""
        queue = self._hosts.get(host)
        if queue is None:
            queue = self._hosts[host] = _Host(now + self._delay)
        if not_before is not None and not_before > now:
            heapq.heappush(queue.later, (not_before, priority, next(self._numbers), item))
        else:
            heapq.heappush(queue.ready, (priority, next(self._numbers), item))
        self._size += 1
        self._schedule(host)

    def take(self, now: datetime) -> Item | None:
        """The next item whose host is due, or None. Its host is busy until `release`."""
        while self._due and self._due[0][0] <= now:
            due, _number, host = heapq.heappop(self._due)
            queue = self._hosts.get(host)
            if queue is None or queue.scheduled != due:
                continue  # an entry of a host that was rescheduled since
            queue.scheduled = None
            queue.promote(now)
            _priority, _number, item = heapq.heappop(queue.ready)
            queue.busy = True
            self._size -= 1
            return item
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

    def next_due(self) -> datetime | None:
        """When `take` will next have something, if nothing is added or released before; may be early, never late."""
        return self._due[0][0] if self._due else None

    def drop(self, unwanted: Callable[[Item], bool]) -> None:
        """Forget what another owner fetches from now on."""
        for host, queue in self._hosts.items():
            queue.ready = [entry for entry in queue.ready if not unwanted(entry[-1])]
            queue.later = [entry for entry in queue.later if not unwanted(entry[-1])]
            heapq.heapify(queue.ready)
            heapq.heapify(queue.later)
            self._schedule(host)
        self._size = sum(len(queue.ready) + len(queue.later) for queue in self._hosts.values())

    def forget_idle(self, now: datetime) -> None:
        """Free the hosts that have nothing waiting and whose delay has passed."""
        idle = [host for host, q in self._hosts.items() if not (q.busy or q.ready or q.later) and q.due <= now]
        for host in idle:
            del self._hosts[host]

    def _schedule(self, host: str) -> None:
        queue = self._hosts[host]
        due = queue.next_due
        if due == queue.scheduled:
            return
        queue.scheduled = due
        if due is not None:
            heapq.heappush(self._due, (due, next(self._numbers), host))
