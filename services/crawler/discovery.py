"""From a feed or sitemap to requests: what it lists, within its site's rules, and not said before."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from services.crawler.child_sitemaps import ChildSitemaps
from services.crawler.feeds import canonical_all, feed_items
from services.crawler.job import Follow
from services.crawler.robots import is_robots
from services.crawler.sitemaps import read_sitemap
from services.crawler.sites import Sites
from shared.events import CrawlRequested, FoundBy
from shared.logs import get_logger
from shared.urls import host_of

MAX_ANNOUNCED = 200_000
# About as many as a host has turns, at one a second, while a request is kept: a map of maps can name 50,000 ^ 3 pages.
MAX_LISTED_A_DAY = 1_000_000
log = get_logger()
# A page whose fetch failed for a passing reason deserves another request as long as its source lists it.
ANNOUNCE_AGAIN_AFTER = timedelta(hours=1)


class Discovery:
    """Reads sources. `is_known` says whether a page needs no request; runs in worker threads."""

    def __init__(
        self,
        sites: Sites,
        is_known: Callable[[str], bool],
        *,
        named_every: timedelta = timedelta(minutes=5),
        most_a_day: int = MAX_LISTED_A_DAY,
    ) -> None:
        self._sites = sites
        self._is_known = is_known
        self._named_every = named_every
        self._most_a_day = most_a_day
        self._day = date.min
        self._listed: Counter[str] = Counter()
        self._announced: OrderedDict[str, datetime] = OrderedDict()
        self._children = ChildSitemaps()
        self._lock = threading.Lock()

    def listed(
        self, source: CrawlRequested, url: str, body: bytes, content_type: str, now: datetime
    ) -> tuple[Follow, ...]:
        """Requests for the new pages, and the child sitemaps, of a source's body."""
        if source.kind == "feed":
            return tuple(self._pages(source, url, feed_items(body, url=url, content_type=content_type), now))
        sitemap = read_sitemap(body, url=url)
        follows = list(self._pages(source, url, sitemap.pages, now))
        for child in sitemap.children:
            if not self._sites.related(url, child.url):
                continue
            # The same child at the same date is the same request; one without a date has turns.
            with self._lock:
                turn = child.lastmod or self._children.turn(child.url, now)
            root = f"{url}\n{child.url}\n{turn}"
            if turn is not None and self._is_news(root, child.url, now):
                request = CrawlRequested(url=child.url, kind="sitemap", found_by="sitemap", depth=source.depth + 1)
                follows.append(Follow(request=request, root=root))
        with self._lock:
            self._children.read(url, len(follows))
        return tuple(follows)

    def named(self, robots: str, sitemaps: Iterable[str], now: datetime) -> tuple[Follow, ...]:
        """Requests for the sitemaps that a robots.txt names, of its own or a listed site; once in an interval each."""
        turn = int(now.timestamp() / max(self._named_every.total_seconds(), 1.0))
        follows = []
        for url in canonical_all(list(sitemaps), base=robots):
            root = f"{robots}\n{url}\n{turn}"
            if self._sites.related(robots, url) and not is_robots(url) and self._is_news(root, url, now):
                request = CrawlRequested(url=url, kind="sitemap", found_by="sitemap", depth=1)
                follows.append(Follow(request=request, root=root))
        return tuple(follows)

    def _pages(self, source: CrawlRequested, url: str, pages: Iterable[str], now: datetime) -> Iterable[Follow]:
        found_by: FoundBy = "feed" if source.kind == "feed" else "sitemap"
        for page in pages:
            if self._sites.related(url, page) and not self._is_known(page) and self._is_news(page, page, now):
                yield Follow(request=CrawlRequested(url=page, found_by=found_by), root=f"{url}\n{page}")

    def _is_news(self, name: str, url: str, now: datetime) -> bool:
        """A bounded memory: what falls out is announced again, and its owner drops the duplicate."""
        with self._lock:
            said = self._announced.get(name)
            if said is not None and now - said < ANNOUNCE_AGAIN_AFTER:
                return False
            if not self._has_room(host_of(url), now.date()):
                return False
            self._announced[name] = now
            self._announced.move_to_end(name)
            if len(self._announced) > MAX_ANNOUNCED:
                self._announced.popitem(last=False)
            return True

    def _has_room(self, host: str, today: date) -> bool:
        """Whether more of the host may be asked for today; what isn't is found again where it is listed."""
        if today != self._day:
            self._day = today
            self._listed.clear()
        self._listed[host] += 1
        if self._listed[host] == self._most_a_day + 1:
            log.warning(
                "sources.overflow",
                **{
                    "url.domain": host, "labels.most": self._most_a_day,
                    "error.message": "its feeds and sitemaps list more than it has turns for: the rest waits for"
                    " tomorrow. Name those that matter in the site file, or exclude what doesn't",
                },
            )  # fmt: skip
        return self._listed[host] <= self._most_a_day
