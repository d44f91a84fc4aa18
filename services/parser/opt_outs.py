"""What the publisher asks of those who use the article, so that whoever reads the index can heed it."""

import re
from typing import get_args

from services.parser.head import Head
from shared.articles import OptOut
from shared.events import PageFetched

_DIRECTIVES = frozenset(get_args(OptOut)) - {"ai_crawlers", "tdm"}
# A header may speak to one crawler alone: "otherbot: noarchive". What isn't said to us or to all isn't ours.
_TO_ONE = re.compile(r"\s*([A-Za-z][\w-]*)\s*:(.*)")
_WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
_US = frozenset({"warta", "wartabot"})


def read_opt_outs(head: Head, page: PageFetched) -> tuple[OptOut, ...]:
    """The opt-outs of a page's meta tags and headers, and of its site's robots.txt, sorted."""
    headers = {name.lower(): value for name, value in page.http_headers.items()}
    said = said_to_us(head, page.http_headers)
    found: set[OptOut] = {name for name in get_args(OptOut) if name in said & _DIRECTIVES}
    if {"none", "nocache"} & said:
        found.add("noarchive")
    if "max-snippet:0" in said:
        found.add("nosnippet")
    if "1" in {headers.get("tdm-reservation", "").split(",")[0].strip(), head.first("tdm-reservation").strip()}:
        found.add("tdm")
    if page.ai_opt_out is not None:
        found.add("ai_crawlers")
    return tuple(sorted(found))


def said_to_us(head: Head, headers: dict[str, str]) -> set[str]:
    """The robots directives, in lower case, of a page's meta tags and headers that are for us or for all."""
    rules = [value for name in ("robots", *_US) for value in head.meta.get(name, ())]
    said = {word for rule in rules for word in re.split(r"[,\s]+", rule.lower())}
    for name, value in headers.items():
        if name.lower() == "x-robots-tag":
            said |= _of_header(value)
    return said


def _of_header(header: str) -> set[str]:
    said: set[str] = set()
    heard = True
    for rule in header.lower().split(","):
        spoken = rule.strip()
        to_one = _TO_ONE.fullmatch(rule)
        if to_one and to_one[1] not in _WITH_VALUE:
            heard, spoken = to_one[1] in _US, to_one[2].strip()
        if heard:
            said.add(spoken.replace(" ", ""))
    return said
