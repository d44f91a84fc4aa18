"""All times that an HTML page states for its article, the surest first."""

import re
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

from services.parser.date_lines import is_modification
from services.parser.dates import names_a_day, read_epoch, read_moment
from services.parser.head import Head
from services.parser.json_ld import Node, string, types_of
from services.parser.page_index import PageIndex
from services.parser.shown_times import hidden_times, shown_age, shown_modification, shown_publication
from services.parser.sites.profile import Profile
from services.parser.times import Stated
from services.parser.tree import LexborHTMLParser, LexborNode, attribute, lines_of, select, short_text

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate", "publish_date",
    "publish-date", "pubdate", "published_time", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.created", "dc.date", "cxenseparse:recs:publishtime", "date", "originalpublicationdate",
    "article.published", "content_publisheddate", "dtk:publishdate", "article:published", "published",
    "published_at", "published-date", "publication_date", "publication-date", "article:published_date",
    "article:publish_date", "article_publish_date", "article_date_original", "article.created", "article:created",
    "og:pubdate", "og:published_time", "pub_date", "pubdate_iso", "publish_time", "publishtime", "release_date",
    "displaydate", "iso-8601-publish-date", "dcterms.date", "dcterms.issued", "dc.date.created", "bt:pubdate",
    "shareaholic:article_published_time", "vr:published_time", "rnews:datepublished", "gsa.published",
    "citation_publication_date", "datecreated", "creation_date", "created",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "datemodified", "last-modified", "og:updated_time",
    "dcterms.modified",
)  # fmt: skip
_PAGES = frozenset({"WebPage", "ItemPage", "WebPageElement", "CreativeWork"})
_DAY_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|$)|/(20\d\d)(\d\d)(\d\d)/")
_LONGEST = 100


def published_times(
    tree: LexborHTMLParser, index: PageIndex, nodes: list[Node], article: Node | None, head: Head,
    profile: Profile | None, *, url: str, title_node: LexborNode | None, now: datetime, zone: tzinfo,
) -> list[Stated]:  # fmt: skip
    """JSON-LD, meta tags, microdata, then what readers see: the profile's place, else the lines near the title.

    Where none of them tells: the page's own node of JSON-LD, attributes near the title, an age there, the address.
    """
    stated = [
        _from_text(string((article or {}).get(key)), "json-ld", 0.92, now, zone)
        for key in ("datePublished", "dateCreated")
    ]
    stated += [_from_text(head.first(name), "meta", 0.9, now, zone) for name in _PUBLISHED if name in head.meta]
    told = index.with_property("datePublished") or index.with_property("dateCreated")
    stated += [_from_text(_said_by(node), "microdata", 0.9, now, zone) for node in told[:1]]
    shown = _shown(tree, profile, title_node, now=now, zone=zone)
    found = [one for one in (*stated, *shown) if one is not None]
    if any(one.moment is not None for one in found):
        return found
    found += [
        one
        for other in nodes
        if types_of(other) & _PAGES
        and (one := _from_text(string(other.get("datePublished")), "json-ld", 0.8, now, zone)) is not None
    ]
    found += hidden_times(title_node, now=now, zone=zone)
    days = _of_address(url, now=now, zone=zone)
    return found + (shown_age(title_node, now=now, zone=zone) + days if not found else days)


def _said_by(node: LexborNode) -> str:
    return attribute(node, "datetime") or attribute(node, "content") or (short_text(node, longest=_LONGEST) or "")


def modified_times(
    tree: LexborHTMLParser, article: Node | None, head: Head, profile: Profile | None, *, title_node: LexborNode | None,
    now: datetime, zone: tzinfo,
) -> list[Stated]:  # fmt: skip
    """JSON-LD, meta tags, the profile's place; else the lines near the title that tell of a change."""
    stated = [_from_text(string((article or {}).get("dateModified")), "json-ld", 0.9, now, zone)]
    stated += [_from_text(head.first(name), "meta", 0.85, now, zone) for name in _MODIFIED if name in head.meta]
    if profile is not None and profile.modified:
        lines = [line for node in select(tree, *profile.modified) for line in lines_of(node)]
        stated += [_from_text(line, "profile", 0.9, now, zone) for line in lines]
    found = [one for one in stated if one is not None and (one.moment is None or one.moment.precision != "age")]
    return found or shown_modification(title_node, now=now, zone=zone)


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
    return shown_publication(title_node, now=now, zone=zone)


def _of_address(url: str, *, now: datetime, zone: tzinfo) -> list[Stated]:
    """The day that is a part of the path."""
    found = _DAY_IN_PATH.search(urlsplit(url).path)
    moment = (
        read_moment("-".join(part for part in found.groups() if part), now=now, default_zone=zone)
        if found is not None
        else None
    )
    return [Stated(moment=moment, source="url", confidence=0.5)] if moment is not None else []
