"""Boxes whose names alone ("related-articles", "berita-terkait") say that what they list belongs to the article."""

import re

from services.parser.related_headings import is_other_heading
from services.parser.related_items import items_of, links_to_article
from services.parser.related_siblings import TITLES
from services.parser.text import clean
from services.parser.tree import LexborNode, names_of

_NAMED = "[class*='elated'], [class*='erkait'], [class*='ekomendasi'], [id*='elated']"
_LIST = re.compile(
    r"(?:^|[-_])(?:related(?:[-_]?(?:articles?|posts?|news|stories|content|links|box|list|items?|wrap\w*))?"
    r"|terkait|rekomendasi|baca-?juga)(?:$|[-_])",
    re.IGNORECASE,
)
_OTHER = re.compile(r"tags?(?:$|[-_])|topi[ck]|video|search|keyword|title|heading|product", re.IGNORECASE)
_MAX_BOXES = 40
_LONGEST = 160
_NEAR = 8


def items_under_names(body: LexborNode) -> list[LexborNode]:
    """The items of all such boxes of at least two articles, in page order."""
    found: list[LexborNode] = []
    inside: set[int] = set()
    for box in body.css(_NAMED)[:_MAX_BOXES]:
        if box.mem_id in inside or not _names_list(box) or _is_more_or_other(box):
            continue
        inside.update(node.mem_id for node in box.css(_NAMED))
        items = [item for item in items_of(box) if links_to_article(item)]
        found += items if len(items) > 1 else []
    return found


def _names_list(box: LexborNode) -> bool:
    names = names_of(box)[:_LONGEST]
    return any(_LIST.search(name) and not _OTHER.search(name) for name in names.split())


def _is_more_or_other(box: LexborNode) -> bool:
    """Whether the box holds the article too, or heads something else."""
    return box.css_first("h1") is not None or any(
        is_other_heading(clean(title.text())) for title in box.css(TITLES)[:_NEAR]
    )
