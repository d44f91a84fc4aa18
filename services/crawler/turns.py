"""What the hosts have had of us outside of their own turns, and how often in a row they said that they are busy. Pure.

The frontier gives a host its turns. A redirected robots.txt, though, leads to another host in the middle of its own:
so whoever asks a host out of turn is noted here, and both sides keep the delay. What is remembered is bounded.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

MAX_HOSTS = 20_000
# How soon to look again at a host that has a fetch in flight.
IN_FLIGHT = timedelta(seconds=1)
NO_TIME = timedelta(0)


class HostState(msgspec.Struct, kw_only=True):
    """One host: fetches in flight, when the last one ended, and the last that wasn't its own turn."""

    flying: int = 0
    ended: datetime | None = None
    visited: datetime | None = None
    left_alone_until: datetime | None = None
    busy: int = 0


class Turns:
    """All hosts of this process."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, HostState] = OrderedDict()

    def own_wait(self, host: str, now: datetime, delay: timedelta) -> timedelta:
        """How long a host must wait in its own turn, because somebody else's redirect led there."""
        state = self._hosts.get(host)
        if state is None:
            return NO_TIME
        if state.flying:
            return IN_FLIGHT
        return max(_rest(state.visited, delay, now), _rest(state.left_alone_until, NO_TIME, now))

    def foreign_wait(self, host: str, now: datetime, delay: timedelta) -> timedelta:
        """How long another host's redirect must wait before it leads to `host`."""
        state = self._hosts.get(host)
        if state is None:
            return NO_TIME
        if state.flying:
            return max(IN_FLIGHT, delay)
        return max(_rest(state.ended, delay, now), _rest(state.left_alone_until, NO_TIME, now))

    def began(self, host: str) -> None:
        """A fetch of `host` is in flight."""
        self._state(host).flying += 1

    def ended(self, host: str, now: datetime, *, foreign: bool = False) -> None:
        """It is no more; `foreign` if it wasn't the host's own turn."""
        state = self._state(host)
        state.flying = max(state.flying - 1, 0)
        state.ended = now
        if foreign:
            state.visited = now

    def busy_before(self, host: str) -> int:
        """How often in a row the host has said that it is busy."""
        state = self._hosts.get(host)
        return state.busy if state else 0

    def answered(self, host: str, *, busy: bool) -> None:
        """Count what the host says."""
        state = self._state(host)
        state.busy = state.busy + 1 if busy else 0

    def leave_alone(self, host: str, until: datetime) -> None:
        """The host asked for it."""
        self._state(host).left_alone_until = until

    def _state(self, host: str) -> HostState:
        state = self._hosts.setdefault(host, HostState())
        self._hosts.move_to_end(host)
        if len(self._hosts) > MAX_HOSTS:
            idle = next((name for name, one in self._hosts.items() if not one.flying and name != host), None)
            if idle is not None:
                del self._hosts[idle]
        return state


def _rest(since: datetime | None, delay: timedelta, now: datetime) -> timedelta:
    return max(since + delay - now, NO_TIME) if since is not None else NO_TIME
