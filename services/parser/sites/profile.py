"""What a site's profile may say. CSS selectors only: a profile is data, and short."""

from datetime import date

import msgspec

Selectors = tuple[str, ...]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Where one layout of one site keeps its facts; of several selectors the first that finds anything counts.

    `body` must find the element that holds the paragraphs. `since` and `until` bound the fetch times of the layout.
    `paid_sections` are the names of those that advertisers pay for, where they don't say so to everybody.
    `whole_page` is what the site adds to the address of an article in several pages to show it on one: `?page=all`.
    `utc_means_wib`: the site's machine-readable times are Jakarta's clock, labelled UTC.
    """

    site: str
    body: Selectors
    since: date | None = None
    until: date | None = None
    drop: Selectors = ()
    title: Selectors = ()
    standfirst: Selectors = ()
    date: Selectors = ()
    modified: Selectors = ()
    authors: Selectors = ()
    editors: Selectors = ()
    section: Selectors = ()
    topics: Selectors = ()
    picture: Selectors = ()
    caption: Selectors = ()
    related_item: Selectors = ()
    paywall: Selectors = ()
    paid_sections: tuple[str, ...] = ()
    whole_page: str = ""
    utc_means_wib: bool = False
