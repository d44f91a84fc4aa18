"""When a page that is gone takes its article with it: not at once, and not where its host looks sick. Pure.

A soft 404 says so too, but not by its status, and may be what a host in trouble shows: there one page is enough to look
sick, unless the host answered otherwise with as many good pages.
"""

from datetime import datetime, timedelta

import msgspec

from shared.events import FetchFailed, FetchFailure, Removal

GONE: frozenset[FetchFailure] = frozenset(("not_found", "gone"))
# For how long a person's word holds that the pages of a host are really gone.
CONFIRMED_FOR = timedelta(hours=24)
# What is held is looked at again so often, and after so long no more: then it stays until somebody removes it.
HELD_EVERY = timedelta(hours=6)
HELD_FOR = timedelta(days=30)


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """`ages` are those at which a page that is gone is looked at again; gone at the last too, its article goes.

    A host looks sick with at least `sick_pages` pages gone, if they are more than `sick_share` (0 to 1) of what it
    answered since. `hourly` bounds the removals of a host in an hour.
    """

    ages: tuple[timedelta, ...] = ()
    sick_pages: int = 5
    sick_share: float = 0.5
    hourly: int = 20


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page whose last answers, so many in a row, were that it is gone: from `since` to `last`."""

    since: datetime
    last: datetime
    times: int


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """What a host answered since a page of it is gone: other pages are too, with it `gone`, and `good` answers.

    `removed` is how many of its articles went in this hour, by the clock.

    `confirmed`: a person has said that its pages are really gone.
    """

    gone: int
    good: int
    removed: int
    confirmed: bool


def is_gone(failure: FetchFailed) -> bool:
    """Whether the host said that there is no such page."""
    return failure.reason in GONE


def decide(page: Page, host: Host, rules: Rules, *, by_status: bool = True) -> Removal | None:
    """What becomes of the article of a page that was just found gone; None where such pages are left alone.

    `by_status`: it was 404 or 410 that said so.
    """
    if not rules.ages:
        return None
    if page.times < 2 or page.last - page.since < rules.ages[-1]:
        return "awaited"
    if host.confirmed:
        return "done"
    sick_pages = rules.sick_pages if by_status else 1
    if host.gone >= sick_pages and host.gone > rules.sick_share * (host.gone + host.good):
        return "held"
    return "capped" if host.removed >= rules.hourly else "done"


def next_look(page: Page, removal: Removal | None, rules: Rules) -> datetime | None:
    """When the page is looked at again, if it is."""
    if removal is None or removal == "done" or not rules.ages:
        return None
    if removal == "awaited":
        age = page.last - page.since
        return page.since + next((due for due in rules.ages if due > age), age + rules.ages[-1])
    return page.last + HELD_EVERY if page.last - page.since < HELD_FOR else None
