"""The publisher's related list on an HTML page: the profile's items, else what stands under the words for them."""

import re
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from services.parser.boilerplate import is_boilerplate
from services.parser.date_lines import read_date_line
from services.parser.dates import is_plausible
from services.parser.paid_labels import is_paid_label
from services.parser.related_items import MAX_ITEMS, without_sections
from services.parser.related_lists import find_lists
from services.parser.related_times import time_of
from services.parser.related_titles import attribute_title, title_of
from services.parser.sites.profile import Profile
from services.parser.sponsored import sponsored_by_address
from services.parser.text import fold, words
from services.parser.tree import (
    BLOCKS,
    LexborHTMLParser,
    LexborNode,
    ancestors,
    attribute,
    lines_of,
    names_of,
    select,
    text_of,
    web_url,
)
from shared.articles import RelatedLink

_PAID = re.compile(r"sponsor|advertorial|promoted|native-?ad|\biklan\b|\bpariwara\b", re.IGNORECASE)
_PAID_BOX = re.compile(
    r"native-?ad|taboola|outbrain|revcontent|mgid|dable|popin|(?:^|[\s_-])(?:sponsored|advertorial|promoted)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LEVELS = 5
_AD_SERVERS = re.compile(
    r"(?:^|\.)(?:doubleclick\.net|googleadservices\.com|taboola\.com|outbrain\.com|mgid\.com|dable\.io|adnxs\.com"
    r"|criteo\.com|popin\.cc|geniee\.\w+|advertnative\.com|revcontent\.com)$"
)
_PARTS = BLOCKS | {"a", "span", "small", "i", "em", "label"}
_IN_TITLES = "h1 a, h2 a, h3 a, h4 a, h5 a"


def read_related_html(
    tree: LexborHTMLParser,
    profile: Profile | None,
    *,
    url: str,
    base: str,
    now: datetime,
    zone: tzinfo,
) -> tuple[tuple[RelatedLink, ...], str]:
    """The items in page order, without a link to `url` itself, and who found them: "profile", "links" or ""."""
    if profile is not None and profile.related_item:
        items = select(tree, *profile.related_item)
        if found := _distinct(_read_items(items, fewest=1, base=base, now=now, zone=zone), url=url):
            return found, "profile"
    found = _distinct(_read_items(find_lists(tree), fewest=2, base=base, now=now, zone=zone), url=url)
    return found, "links" if found else ""


def _read_items(items: list[LexborNode], *, fewest: int, base: str, now: datetime, zone: tzinfo) -> list[RelatedLink]:
    read = (_read_item(item, fewest=fewest, base=base, now=now, zone=zone) for item in items[: MAX_ITEMS * 2])
    return [item for item in read if item is not None]


def _distinct(items: list[RelatedLink], *, url: str) -> tuple[RelatedLink, ...]:
    own = _address(url)
    kept: dict[str, RelatedLink] = {}
    for item in items:
        address = _address(item.url or "") or fold(item.title)
        if own not in {address, address.partition("?")[0]}:
            kept.setdefault(address, item)
    return tuple(kept.values())[:MAX_ITEMS]


def _address(url: str) -> str:
    """The same for one article that is linked to with and without tracking parameters."""
    return url.split("#", maxsplit=1)[0].split("?utm_", maxsplit=1)[0].rsplit("://", maxsplit=1)[-1].rstrip("/")


def _read_item(item: LexborNode, *, fewest: int, base: str, now: datetime, zone: tzinfo) -> RelatedLink | None:
    link = _title_link(item)
    if link is None:
        return None
    title = title_of(link, now=now)
    if len(words(title)) < fewest:
        return None
    lines = lines_of(item, breaking=_PARTS)
    times = {line: read_date_line(line, now=now, default_zone=zone) for line in lines}
    time = time_of(item, times, title=title, now=now, zone=zone)
    rest = [line for line in lines if fold(line) != fold(title) and times[line] is None and not _is_label(line)]
    after = rest[_place_of(title, lines, rest) :]
    address = web_url(attribute(link, "href"), base=base)
    return RelatedLink(
        title=title,
        url=address,
        published_at=time.at if time is not None and is_plausible(time.at, now=now) else None,
        teaser=next((line for line in after if len(words(line)) >= 4), None),
        sponsored=_is_paid(item, link, lines, address or ""),
    )


def _is_paid(item: LexborNode, link: LexborNode, lines: list[str], address: str) -> bool:
    names = f"{attribute(item, 'class')} {attribute(link, 'class')} {attribute(link, 'rel')}"
    return (
        any(map(is_paid_label, lines))
        or _PAID.search(names) is not None
        or any(_is_paid_box(names_of(box)) for box in islice(ancestors(item), _LEVELS))
        or bool(sponsored_by_address(address))
        or _AD_SERVERS.search(urlsplit(address).hostname or "") is not None
    )


@lru_cache(maxsize=1024)  # all items of a list stand in the same boxes
def _is_paid_box(names: str) -> bool:
    return _PAID_BOX.search(names) is not None


def _is_label(line: str) -> bool:
    return is_paid_label(line) or is_boilerplate(line)


def _place_of(title: str, lines: list[str], rest: list[str]) -> int:
    """How many lines of `rest` come before the title: captions and sections, not teasers."""
    before = lines[: next((i for i, line in enumerate(lines) if fold(line) == fold(title)), 0)]
    return sum(line in rest for line in before)


def _title_link(item: LexborNode) -> LexborNode | None:
    links = [item] if item.tag == "a" else without_sections(item.css(_IN_TITLES) or item.css("a[href]"))
    said = [(link, len(words(text_of(link)))) for link in links]
    if not any(number for _, number in said):
        said = [(link, len(words(attribute_title(link)))) for link in links]
    return max(said, key=lambda one: one[1], default=(None, 0))[0]
