"""When the site file's feeds and sitemaps are due, and which of them are silent. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from services.crawler.rhythm import Rhythm
from services.crawler.sites import Site
from shared.events import RequestKind
from shared.urls import canonical_url, host_of

SILENT_FAILURES = 3
SILENT_AFTER = timedelta(hours=1)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A feed or sitemap to be polled, at first and usually at this interval."""

    url: str
    kind: RequestKind
    every: timedelta


def sources_of(sites: Iterable[Site], *, feed_every: timedelta, sitemap_every: timedelta) -> list[Source]:
    """What the site file wants polled."""
    found = []
    for site in sites:
        found += [Source(url=canonical_url(url), kind="feed", every=feed_every) for url in site.feeds]
        found += [
            Source(url=canonical_url(url), kind="sitemap", every=sitemap_every)
            for url in (*site.sitemaps, *site.robots())
        ]
    return found


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """A source, and when it was last read well."""

    url: str
    read_at: datetime | None


class _State:
    """A source with its rhythm, from when this process owns it."""

    def __init__(self, source: Source, now: datetime) -> None:
        self.source = source
        self.rhythm = Rhythm(source.every)
        self.since = now
        self.next = now
        self.running = False
        self.read_at: datetime | None = None
        self.is_silent = False


class Polls:
    """The sources with their next times. A source that is being polled isn't due."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.url: source for source in sources}
        self._of_host = Counter(map(host_of, self._sources))
        self._states: dict[str, _State] = {}

    def due(self, now: datetime, mine: Callable[[str], bool]) -> list[Source]:
        """Those due among the URLs that are `mine`; each counts as running until `ended` or `forget`."""
        found = []
        for url, source in self._sources.items():
            state = self._states.get(url)
            if (state is None or (not state.running and state.next <= now)) and mine(url):
                state = self._states.setdefault(url, _State(source, now))
                state.running = True
                found.append(source)
        return found

    def ended(
        self, url: str, now: datetime, *, new: int | None, moved: bool = False, turn: timedelta = timedelta(0)
    ) -> None:
        """The poll has ended with so many new items, or None if it failed: the next comes as the rhythm says.

        With `moved` it led to another URL, and what is listed there is told to nobody. `turn` is the time between two
        fetches of its host: at most every other one is for a poll, however many sources there are.
        """
        state = self._states.get(url)
        if state is None:
            return
        state.running = False
        if new is None:
            state.rhythm.failed()
        else:
            state.rhythm.read(new, None if moved or state.read_at is None else now - state.read_at)
            state.read_at = now
            state.is_silent = False
        state.next = now + max(state.rhythm.interval, 2 * turn * self._of_host[host_of(url)])

    def silent(self, now: datetime) -> list[Polled]:
        """Those whose polls have failed for an hour, several times in a row; each once until one is read."""
        found = [
            state
            for state in self._states.values()
            if not state.is_silent
            and state.rhythm.failures >= SILENT_FAILURES
            and now - (state.read_at or state.since) >= SILENT_AFTER
        ]
        for state in found:
            state.is_silent = True
        return [Polled(url=state.source.url, read_at=state.read_at) for state in found]

    def told(self, now: datetime) -> dict[str, float]:
        """For the heartbeat: how many sources are ours, how many fail, and since when the worst wasn't read."""
        ages = [(now - (state.read_at or state.since)).total_seconds() for state in self._states.values()]
        return {
            "sources": len(ages),
            "sources_silent": sum(state.is_silent for state in self._states.values()),
            "oldest_source_seconds": round(max(ages, default=0.0), 1),
        }

    def forget(self, mine: Callable[[str], bool]) -> None:
        """Whoever owns these URLs next polls at once."""
        for url in [url for url in self._states if mine(url)]:
            del self._states[url]
