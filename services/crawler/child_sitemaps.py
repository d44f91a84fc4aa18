"""When the child sitemaps are asked for of which an index tells no date: each in its own rhythm. Pure, and bounded.

A child may answer that it is unchanged, or not at all: whatever brought nothing until it is due again had nothing new.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from services.crawler.rhythm import Rhythm

# One that brings a page or more an hour is asked for within the hour.
USUAL = timedelta(minutes=30)
# As many as an index may name.
MOST = 50_000


class _Child:
    __slots__ = ("asked_at", "new", "next", "rhythm")

    def __init__(self, now: datetime) -> None:
        self.rhythm = Rhythm(USUAL)
        self.asked_at = now
        self.next = now + USUAL
        self.new = 0


class ChildSitemaps:
    """The children by URL. What falls out is asked for anew."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._children: OrderedDict[str, _Child] = OrderedDict()

    def turn(self, url: str, now: datetime) -> str | None:
        """A name for this turn of the child, the same within an hour if it is its first; None when it isn't due."""
        child = self._children.get(url)
        if child is None:
            self._children[url] = _Child(now)
            if len(self._children) > self._most:
                self._children.popitem(last=False)
            return f"{now:%Y-%m-%dT%H}"
        self._children.move_to_end(url)
        if now < child.next:
            return None
        child.rhythm.read(child.new, now - child.asked_at)
        child.asked_at, child.new = now, 0
        child.next = now + child.rhythm.interval
        return f"{now:%Y-%m-%dT%H:%M}"

    def read(self, url: str, new: int) -> None:
        """The child was read, and listed so much that is new."""
        child = self._children.get(url)
        if child is not None:
            child.new += new
