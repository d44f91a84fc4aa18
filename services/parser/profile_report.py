"""What a site's profile takes from a page, selector by selector: to see whether it still fits."""

from datetime import date

import msgspec

from services.parser.sites.profile import Profile
from services.parser.tree import LexborHTMLParser, text_of

NOT_SELECTORS = frozenset({"site", "since", "until", "paid_sections", "utc_means_wib", "whole_page"})


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One selector of one field: how many elements it finds, the first one's text, and whether it counts."""

    field: str
    selector: str
    count: int
    text: str
    counts: bool


def selectors_of(profile: Profile) -> dict[str, tuple[str, ...]]:
    """The fields that the profile has selectors for."""
    names = [name for name in profile.__struct_fields__ if name not in NOT_SELECTORS]
    return {name: selectors for name in names if isinstance(selectors := getattr(profile, name), tuple) and selectors}


def taken_by(profile: Profile, tree: LexborHTMLParser) -> list[Taken]:
    """All selectors in order. Of a field the first that finds anything counts; of `drop` all do."""
    taken: list[Taken] = []
    for field, selectors in selectors_of(profile).items():
        open_ = True
        for selector in selectors:
            nodes = tree.css(selector)
            text = text_of(nodes[0]) or (nodes[0].attributes.get("src") or "") if nodes else ""
            counts = bool(nodes) and (open_ or field == "drop")
            open_ = open_ and not nodes
            taken.append(Taken(field=field, selector=selector, count=len(nodes), text=text, counts=counts))
    return taken


def validity_of(profile: Profile) -> str:
    """The fetch times that it is for, in words."""
    since, until = profile.since, profile.until
    if since and until:
        return f"{since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else "always"


def is_valid_at(profile: Profile, day: date) -> bool:
    return (profile.since is None or profile.since <= day) and (profile.until is None or day <= profile.until)
