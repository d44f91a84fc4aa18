"""All times that an HTML page states for its article, the surest first."""

import re
from datetime import datetime, tzinfo

from services.parser.dates import (
    Moment,
    before_modification,
    is_modification,
    names_a_day,
    read_date_line,
    read_epoch,
    read_moment,
)
from services.parser.head import Head
from services.parser.json_ld import Node, string
from services.parser.page_index import PageIndex
from services.parser.sites.profile import Profile
from services.parser.text_body import is_related_heading
from services.parser.times import Stated
from services.parser.tree import (
    LexborHTMLParser,
    LexborNode,
    ancestors,
    attribute,
    lines_of,
    select,
    short_text,
    text_of,
)

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate", "publish_date",
    "publish-date", "pubdate", "published_time", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.created", "dc.date", "cxenseparse:recs:publishtime", "date", "originalpublicationdate",
    "article.published", "content_publisheddate", "dtk:publishdate",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "datemodified", "last-modified", "og:updated_time",
    "dcterms.modified",
)  # fmt: skip
_NEAR = 4
_LONGEST = 159
_DIGIT = re.compile(r"\d")
_HEADINGS = {"h1", "h2", "h3", "h4"}


def published_times(
    tree: LexborHTMLParser, index: PageIndex, article: Node | None, head: Head, profile: Profile | None, *,
    title_node: LexborNode | None, now: datetime, zone: tzinfo,
) -> list[Stated]:  # fmt: skip
    """JSON-LD, meta tags, microdata, then what readers see: the profile's place, else the lines near the title."""
    stated = [
        _from_text(string((article or {}).get(key)), "json-ld", 0.92, now, zone)
        for key in ("datePublished", "dateCreated")
    ]
    stated += [_from_text(head.first(name), "meta", 0.9, now, zone) for name in _PUBLISHED if name in head.meta]
    nodes = index.with_property("datePublished")[:1]
    stated += [
        _from_text(attribute(node, "datetime") or attribute(node, "content"), "microdata", 0.9, now, zone)
        for node in nodes
    ]
    shown = _shown(tree, profile, title_node, now=now, zone=zone)
    return [one for one in stated if one is not None] + shown


def modified_times(
    tree: LexborHTMLParser, article: Node | None, head: Head, profile: Profile | None, *, now: datetime, zone: tzinfo
) -> list[Stated]:
    stated = [_from_text(string((article or {}).get("dateModified")), "json-ld", 0.9, now, zone)]
    stated += [_from_text(head.first(name), "meta", 0.85, now, zone) for name in _MODIFIED if name in head.meta]
    if profile is not None and profile.modified:
        lines = [line for node in select(tree, *profile.modified) for line in lines_of(node)]
        stated += [_from_text(line, "profile", 0.9, now, zone) for line in lines]
    return [one for one in stated if one is not None and (one.moment is None or one.moment.precision != "age")]


def _from_text(text: str, source: str, confidence: float, now: datetime, zone: tzinfo) -> Stated | None:
    if not text:
        return None
    moment = read_epoch(text) or read_moment(text, now=now, default_zone=zone)
    if moment is None and not names_a_day(text):
        return None
    return Stated(moment=moment, source=source, confidence=confidence, text=text)


def _shown(
    tree: LexborHTMLParser, profile: Profile | None, title_node: LexborNode | None, *, now: datetime, zone: tzinfo
) -> list[Stated]:
    if profile is not None and profile.date:
        for node in select(tree, *profile.date):
            for line in [*lines_of(node), " ".join(lines_of(node))]:
                if not is_modification(line) and (moment := read_moment(line, now=now, default_zone=zone)) is not None:
                    return [Stated(moment=moment, source="profile", confidence=0.9, is_visible=True)]
    if title_node is None:
        return []
    seen: dict[int, Moment | None] = {}
    for steps, around in enumerate(ancestors(title_node)):
        if steps == _NEAR or around.tag == "body":
            break
        moment = _near_title(around, title_node, seen, is_close=steps < 2, now=now, zone=zone)
        if moment is not None:
            return [Stated(moment=moment, source="text", confidence=0.75 - steps * 0.1, is_visible=True)]
    return []


def _near_title(
    around: LexborNode, title_node: LexborNode, seen: dict[int, Moment | None], *, is_close: bool, now: datetime,
    zone: tzinfo,
) -> Moment | None:  # fmt: skip
    """The first date line after the title within `around`, up to another article's card; else, close by, before it."""
    past_title, before = False, None
    for node in around.css("h1, h2, h3, h4, time, span, div, p, li, small, em, i, b, strong, td, a"):
        if node.mem_id == title_node.mem_id:
            past_title = True
            continue
        if past_title and node.tag in _HEADINGS and _is_of_others(node):
            break  # what follows are other articles, with dates of their own
        if node.mem_id not in seen:  # each wider element holds the narrower one's nodes again
            seen[node.mem_id] = _date_of(node, now=now, zone=zone)
        moment = seen[node.mem_id]
        if moment is not None and past_title:
            return moment
        if moment is not None and moment.precision != "day":  # a bare day above the title is often today's
            before = moment
    return before if is_close else None


def _is_of_others(heading: LexborNode) -> bool:
    return heading.css_first("a[href]") is not None or is_related_heading(text_of(heading))


def _date_of(node: LexborNode, *, now: datetime, zone: tzinfo) -> Moment | None:
    """The absolute time that the node itself states."""
    if (
        node.tag == "time"
        and (moment := read_moment(attribute(node, "datetime"), now=now, default_zone=zone)) is not None
    ):
        return moment
    own = node.text(deep=False)
    text = own if len(own.strip()) > 6 else short_text(node, longest=_LONGEST) or "" if node.tag == "time" else ""
    if not 6 < len(text) <= _LONGEST or not _DIGIT.search(text):
        return None
    text = before_modification(text)
    moment = read_date_line(" ".join(text.split()).strip("|-–•· "), now=now, default_zone=zone)
    return moment if moment is not None and moment.precision != "age" else None
