"""When the site file's feeds and sitemaps are due. Pure."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from services.crawler.sites import Site
from shared.events import RequestKind
from shared.urls import canonical_url


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A feed or sitemap to be polled."""

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


class Polls:
    """The sources with their next times. A source that is being polled isn't due."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.url: source for source in sources}
        self._next: dict[str, datetime] = {}
        self._running: set[str] = set()

    def due(self, now: datetime, mine: Callable[[str], bool]) -> list[Source]:
        """Those due among the URLs that are `mine`; each counts as running until `ended` or `forget`."""
        found = [
            source
            for url, source in self._sources.items()
            if url not in self._running and self._next.get(url, now) <= now and mine(url)
        ]
        self._running.update(source.url for source in found)
        return found

    def ended(self, url: str, now: datetime) -> None:
        """The poll has ended, well or not: the next comes after the source's interval."""
        if url in self._sources:
            self._running.discard(url)
            self._next[url] = now + self._sources[url].every

    def forget(self, mine: Callable[[str], bool]) -> None:
        """Whoever owns these URLs next polls at once."""
        for url in [url for url in (*self._running, *self._next) if mine(url)]:
            self._running.discard(url)
            self._next.pop(url, None)
