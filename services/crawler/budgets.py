"""How many addresses of a kind are taken from links in a day: what has no end is bounded, and none is guessed away.

A feed, a sitemap or an operator names pages; a link may lead anywhere, and some sites make new ones for ever. Its time
is an argument.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from services.crawler.calendars import calendar_day
from services.crawler.sites import Site
from shared.events import CrawlRequested, FetchRefusal, FetchSettled
from shared.urls import host_of, site_of

Kind = Literal["recent", "past", "ahead", "query", "linked"]
RECENT = timedelta(days=7)
# It may be the day after tomorrow somewhere, and by somebody's clock.
AHEAD = timedelta(days=2)
# Of the days to come few are needed to see that nothing is there.
AHEAD_SHARE = 10
_REASONS: dict[Kind, FetchRefusal] = {
    "recent": "calendar", "past": "calendar", "ahead": "calendar", "query": "over_budget", "linked": "over_budget",
}  # fmt: skip
_SETTINGS: dict[Kind, str] = {
    "recent": "calendar_pages", "past": "calendar_pages", "ahead": "calendar_pages", "query": "query_pages",
    "linked": "linked_pages",
}  # fmt: skip


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """Whose it is, how much a day, what sets it, and what is said of what is over it."""

    reason: FetchRefusal
    owner: str
    most: int
    setting: str


class Over(Budget, frozen=True, kw_only=True):
    """A spent budget, and whether this is its first refusal today."""

    is_first: bool


def budgets_of(url: str, site: Site | None, now: datetime) -> tuple[Budget, ...]:
    """The budgets that a link to the canonical `url` would be counted in; none where the operator trusts it."""
    if site is not None and site.trusts(url):
        return ()
    limits = site or Site()
    return tuple(
        Budget(reason=_REASONS[kind], owner=owner, most=_most(kind, limits), setting=_SETTINGS[kind])
        for kind, owner in _kinds(url, now)
    )


class Budgets:
    """What the hosts of one partition have had today, in UTC. A restart remembers the pages that were published."""

    def __init__(self) -> None:
        self._day = date.min
        self._spent: Counter[tuple[Kind, str]] = Counter()
        self._refused: set[tuple[Kind, str]] = set()

    def clear(self) -> None:
        """Forget all."""
        self._turn_to(date.min)

    def spend(self, request: CrawlRequested, url: str, site: Site | None, now: datetime) -> Over | None:
        """Count the request for the canonical `url`, or say which budget is spent."""
        if request.found_by != "link" or request.kind != "page" or (site is not None and site.trusts(url)):
            return None
        if now.date() != self._day:
            self._turn_to(now.date())
        wanted = _kinds(url, now)
        limits = site or Site()
        for kind, owner in wanted:
            most = _most(kind, limits)
            if self._spent[kind, owner] >= most:
                is_first = (kind, owner) not in self._refused
                self._refused.add((kind, owner))
                return Over(
                    reason=_REASONS[kind], owner=owner, most=most, setting=_SETTINGS[kind], is_first=is_first
                )  # fmt: skip
        self._spent.update(wanted)
        return None

    def restore(self, event: FetchSettled) -> None:
        """Count a page that was published, by this process or another."""
        if event.outcome != "published" or event.found_by != "link" or event.settled_at.date() < self._day:
            return
        if event.settled_at.date() > self._day:
            self._turn_to(event.settled_at.date())
        self._spent.update(_kinds(event.url, event.settled_at))

    def _turn_to(self, day: date) -> None:
        self._day = day
        self._spent.clear()
        self._refused.clear()


def _kinds(url: str, now: datetime) -> list[tuple[Kind, str]]:
    """The budgets that a URL is of, with their owners: its host, or for all links its registrable domain."""
    found: list[tuple[Kind, str]] = []
    host = host_of(url)
    if (day := calendar_day(url)) is not None:
        age = now.date() - day
        found.append(("ahead" if age < -AHEAD else "past" if age > RECENT else "recent", host))
    if urlsplit(url).query:
        found.append(("query", host))
    return [*found, ("linked", site_of(url))]


def _most(kind: Kind, site: Site) -> int:
    if kind == "query":
        return site.query_pages
    if kind == "linked":
        return site.linked_pages
    return -(-site.calendar_pages // AHEAD_SHARE) if kind == "ahead" else site.calendar_pages
