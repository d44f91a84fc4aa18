"""What a crawler has been told by robots.txt, followed from its own requests: what it never read can't excuse it."""

from datetime import datetime, timedelta
from urllib.parse import urljoin

import msgspec

from operations.politeness.seen import Seen
from services.crawler.outages import origin_of
from services.crawler.robots import MAX_ROBOTS_HOPS, VALID_FOR, Robots, is_robots, no_answer, read_robots

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of an origin, and when they were read."""

    rules: Robots
    read: datetime


class RobotsSeen:
    """The rules by origin, as the crawler knows them. Feed it all requests in the order of their ends."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._awaited: dict[str, list[tuple[str, int]]] = {}

    def of(self, url: str) -> Known | None:
        """What the crawler knows of the URL's origin."""
        return self._known.get(origin_of(url))

    def is_asked_for(self, url: str) -> bool:
        """Whether a request for `url` is one for robots.txt, or for where one was redirected to."""
        return is_robots(url) or url in self._awaited

    def note(self, seen: Seen) -> None:
        """Take in what the crawler was answered."""
        waiting = self._awaited.pop(seen.url, [])
        if is_robots(seen.url):
            waiting.append((origin_of(seen.url), 0))
        for origin, hops in waiting:
            self._answer(origin, hops, seen)

    def _answer(self, origin: str, hops: int, seen: Seen) -> None:
        at = seen.ended or seen.began
        if seen.status in _REDIRECTS and seen.location:
            if hops < MAX_ROBOTS_HOPS:
                target = urljoin(seen.url, seen.location)
                self._awaited.setdefault(target, []).append((origin, hops + 1))
                return
            found: Robots | None = Robots(valid_until=at + VALID_FOR)
        else:
            found = read_robots(seen.status, seen.body.encode(), at) if seen.status else None
        before = self._known.get(origin)
        self._known[origin] = Known(rules=found or no_answer(before.rules if before else None, again=at), read=at)


def is_stale(known: Known, at: datetime, slack: timedelta) -> bool:
    """Whether the rules were read too long ago to be relied upon."""
    return at - known.read > VALID_FOR + slack
