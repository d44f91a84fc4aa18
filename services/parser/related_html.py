"""The publisher's related list on an HTML page: the profile's items, else the links under a heading for them."""

import re
from datetime import datetime

from services.parser.boilerplate import is_boilerplate, is_pointer, is_sponsor_label
from services.parser.dates import is_plausible, read_date_line
from services.parser.sites.profile import Profile
from services.parser.text import clean, fold, words
from services.parser.text_body import is_related_heading
from services.parser.tree import BLOCKS, LexborHTMLParser, LexborNode, attribute, lines_of, select, text_of, web_url
from shared.articles import RelatedLink

_MAX_ITEMS = 30
_PAID = re.compile(r"sponsor|advertorial|promoted|native-?ad", re.IGNORECASE)
_PARTS = BLOCKS | {"a", "span", "small", "i", "em", "label"}
_HEADINGS = "h2, h3, h4, h5, div.title, p, span, strong, b, div[class*='title'], div[class*='head']"


def read_related_html(
    tree: LexborHTMLParser, profile: Profile | None, *, base: str, now: datetime
) -> tuple[RelatedLink, ...]:
    """The items in page order; links inside the text ("Baca juga: …") only where there is no list."""
    items = select(tree, *profile.related_item) if profile is not None and profile.related_item else []
    if not items:
        items = _announced(tree)
    found = [_read_item(item, base=base, now=now) for item in items[: _MAX_ITEMS * 2]]
    related = _distinct([item for item in found if item is not None])
    return related or _distinct(_pointers(tree, base=base))


def _distinct(items: list[RelatedLink]) -> tuple[RelatedLink, ...]:
    kept: dict[str, RelatedLink] = {}
    for item in items:
        kept.setdefault(item.url or fold(item.title), item)
    return tuple(kept.values())[:_MAX_ITEMS]


def _read_item(item: LexborNode, *, base: str, now: datetime) -> RelatedLink | None:
    lines = lines_of(item, breaking=_PARTS)
    link = _title_link(item)
    title = text_of(link) if link is not None else ""
    if link is None or len(words(title)) < 2:
        return None
    time = next((moment for line in lines if (moment := read_date_line(line, now=now)) is not None), None)
    rest = [line for line in lines if fold(line) != fold(title) and not _is_label(line, now=now)]
    after = rest[_place_of(title, lines, rest) :]
    paid = (
        any(map(is_sponsor_label, lines))
        or "sponsored" in attribute(link, "rel")
        or bool(_PAID.search(attribute(item, "class")))
    )
    return RelatedLink(
        title=title,
        url=web_url(attribute(link, "href"), base=base),
        published_at=time.at if time is not None and is_plausible(time.at, now=now) else None,
        teaser=next((line for line in after if len(words(line)) >= 4), None),
        sponsored=paid,
    )


def _is_label(line: str, *, now: datetime) -> bool:
    return is_sponsor_label(line) or is_boilerplate(line) or read_date_line(line, now=now) is not None


def _place_of(title: str, lines: list[str], rest: list[str]) -> int:
    """How many lines of `rest` come before the title: captions and sections, not teasers."""
    before = lines[: next((i for i, line in enumerate(lines) if fold(line) == fold(title)), 0)]
    return sum(line in rest for line in before)


def _title_link(item: LexborNode) -> LexborNode | None:
    links = item.css("h1 a, h2 a, h3 a, h4 a, h5 a") or item.css("a[href]")
    if item.tag == "a":
        links = [item]
    return max(links, key=lambda link: len(words(text_of(link))), default=None)


def _announced(tree: LexborHTMLParser) -> list[LexborNode]:
    """The items after a heading such as "Berita Terkait": of the next element with links beside it or what holds it."""
    for heading in tree.css(_HEADINGS):
        own = clean(heading.text())
        if not 5 <= len(own) <= 40 or not is_related_heading(own) or heading.css_first("a[href]") is not None:
            continue
        holder: LexborNode | None = heading
        for _ in range(3):
            if holder is None or holder.tag == "body":
                break
            sibling = holder.next
            for _ in range(8):
                if sibling is None:
                    break
                if items := _items_of(sibling):
                    later = holder.next
                    siblings = _similar_siblings(sibling)
                    return (
                        items
                        if len(items) > 1 or later is None
                        else [item for one in siblings for item in _items_of(one)]
                    )
                sibling = sibling.next
            holder = holder.parent
    return []


def _similar_siblings(node: LexborNode) -> list[LexborNode]:
    found = [node]
    sibling = node.next
    while sibling is not None and len(found) < _MAX_ITEMS:
        if sibling.tag == node.tag and attribute(sibling, "class").split()[:1] == attribute(node, "class").split()[:1]:
            found.append(sibling)
        elif sibling.tag not in {"-text", "-comment"}:
            break
        sibling = sibling.next
    return found


def _items_of(node: LexborNode) -> list[LexborNode]:
    """The repeated parts of a list, one for each address that it links to."""
    if (node.tag or "-").startswith("-"):
        return []
    links = [node] if node.tag == "a" else node.css("a[href]")
    titled = [link for link in links if len(words(link.text())) >= 3]
    if not titled:
        return []
    addresses = {attribute(link, "href") for link in titled}
    items: list[LexborNode] = []
    for link in titled:
        item = link
        while item.mem_id != node.mem_id and item.parent is not None:
            parent = item.parent
            inside = {attribute(other, "href") for other in parent.css("a[href]")} & addresses
            if len(inside) > 1 or (parent.mem_id == node.mem_id and len(addresses) > 1):
                break
            item = parent
        if all(item.mem_id != other.mem_id for other in items):
            items.append(item)
    return items


def _pointers(tree: LexborHTMLParser, *, base: str) -> list[RelatedLink]:
    found: list[RelatedLink] = []
    for paragraph in tree.css("p, div.baca-juga, div.bacajuga, span.baca-juga"):
        link = paragraph.css_first("a[href]")
        if link is None or len(paragraph.text()) > 400:
            continue
        title, whole = text_of(link), clean(paragraph.text())
        if len(words(title)) >= 3 and is_pointer(whole.removesuffix(title).strip()):
            found.append(RelatedLink(title=title, url=web_url(attribute(link, "href"), base=base)))
    return found
