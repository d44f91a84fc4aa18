"""Where an HTML page lists articles that belong to this one: what stands under, or beside, the words for it."""

import re
from collections.abc import Iterator

from services.parser.related_headings import KEYWORD, LONGEST, strength_of
from services.parser.text import clean, fold, words
from services.parser.tree import BLOCKS, LexborHTMLParser, LexborNode, attribute

MAX_ITEMS = 30
_HEADING_TAGS = (
    "h1, h2, h3, h4, h5, h6, :is(h1, h2, h3, h4, h5, h6) > a, p, span, strong, b, em, div, li, td, th, dt, label,"
    " header"
)
_SHORTEST, _LONGEST_RAW = 4, 160  # characters, white space of the source included
_NEAR = 8  # elements between a heading and its list
_LEVELS = 4
_MAX_LINKS = 4 * MAX_ITEMS
_MAX_HEADINGS = 80  # a page with more of them wants to keep us busy
_PROSE = 250
_SENTENCE = 80  # of a paragraph beside a link
_INLINE = frozenset({"b", "strong", "i", "em", "u", "span", "font"})
_SURE = 2.5
_POINTER = 0.5  # what points to one article from within the text is less than a list
_BETWEEN = frozenset({"script", "style", "br", "hr", "noscript"})
_PARTS_OF_LISTS = frozenset({"li", "tr", "article"})
_MORE = frozenset({
    "selengkapnya", "baca selengkapnya", "lihat semua", "lihat selengkapnya", "lihat lainnya", "baca lainnya",
    "read more", "see all", "view all", "lihat berita lainnya", "indeks berita",
})  # fmt: skip
_ARTICLE = re.compile(
    r"/\d{4}/\d{1,2}/|/(?:read|berita|artikel|article|story)/|\d{5}|[a-z0-9](?:[-_][a-z0-9]+){3}", re.IGNORECASE
)
_TITLES = "h1, h2, h3, h4, h5, h6"


def find_lists(tree: LexborHTMLParser) -> list[LexborNode]:
    """The items of all lists under the clearest words for them, in page order; [] where there is none."""
    body = tree.body
    if body is None:
        return []
    best, found, seen = 0.0, list[LexborNode](), 0
    for node in body.css(_HEADING_TAGS):
        own = node.text(deep=False)
        if not _SHORTEST <= len(own) <= _LONGEST_RAW or own.isspace() or KEYWORD.search(own.lower()) is None:
            continue  # cheap tests first: a page has hundreds of short texts
        seen += 1
        if seen > _MAX_HEADINGS:
            break
        heading = _heading_at(node)
        if heading is None:
            continue
        strength, items = heading
        if strength < _SURE:
            items = [item for item in items if _links_to_article(item)]
        if strength < best or not items:
            continue
        if strength > best:
            best, found = strength, []
        found += items
    return found


def _links_to_article(item: LexborNode) -> bool:
    links = [item] if item.tag == "a" else item.css("a[href]")
    return any(_ARTICLE.search(attribute(link, "href")) for link in links)


def _heading_at(node: LexborNode) -> tuple[float, list[LexborNode]] | None:
    """How clear the words at `node` are, and the items that they announce; None where they are no heading."""
    own = clean(node.text(deep=False, separator=" "))
    if len(own) > LONGEST:
        return None
    if (strength := strength_of(own)) and node.tag != "a" and (inside := _titled(node)):
        return strength - _POINTER, _parts(node, inside)  # "Baca juga: <a>…</a>"
    heading = _whole_heading(node)
    if not (strength := strength_of(heading.text())):
        return None
    items = _items_after(heading)
    is_pointer = len(items) == 1 and items[0].tag == "a" and heading.tag not in BLOCKS  # "<b>Baca juga:</b> <a>…</a>"
    return strength - _POINTER * is_pointer, items


def _whole_heading(node: LexborNode) -> LexborNode:
    """The highest element that holds nothing but these words and their own link."""
    path = {node.mem_id}
    while (parent := node.parent) is not None and parent.tag != "body" and len(path) <= 2 * _LEVELS:
        text = parent.text()
        if len(clean(text[:_LONGEST_RAW])) > LONGEST or len(clean(text)) > LONGEST:
            break
        path.add(parent.mem_id)
        if any(link.mem_id not in path for link in parent.css("a[href]")):
            break
        node = parent
    return node


def _items_after(heading: LexborNode) -> list[LexborNode]:
    holder: LexborNode | None = heading
    for _ in range(_LEVELS):
        if holder is None or holder.tag in {"body", "html"}:
            break
        for sibling in _next_elements(holder):
            if _has_heading_of_its_own(sibling):
                return []
            if items := items_of(sibling):
                return items + [item for other in _alike(sibling) for item in items_of(other)]
            if len(clean(sibling.text(deep=True))) > _PROSE and sibling.css_first("p, br") is None:
                return []
        holder = holder.parent
    return []


def _next_elements(node: LexborNode) -> Iterator[LexborNode]:
    sibling = node.next
    seen = 0
    while sibling is not None and seen < _NEAR:
        if not (sibling.tag or "-").startswith("-") and sibling.tag not in _BETWEEN:
            seen += 1
            yield sibling
        sibling = sibling.next


def _has_heading_of_its_own(node: LexborNode) -> bool:
    """Whether it begins with a heading that is no item's title: another list, then."""
    first = node if (node.tag or "") in {"h1", "h2", "h3", "h4", "h5", "h6"} else node.css_first(_TITLES)
    if first is None or first.css_first("a[href]") is not None:
        return False
    parent: LexborNode | None = first
    while parent is not None and parent.mem_id != node.mem_id:
        if parent.tag == "a":
            return False
        parent = parent.parent
    return node.tag != "a" and not _is_beside_link(first)


def _is_beside_link(title: LexborNode) -> bool:
    """Whether the element that holds the title holds one link: a card whose link is its picture."""
    return title.parent is not None and len({attribute(a, "href") for a in title.parent.css("a[href]")}) == 1


def _alike(node: LexborNode) -> Iterator[LexborNode]:
    """The siblings that go on with the list."""
    shape = _shape(node)
    sibling = node.next
    seen = 0
    while sibling is not None and seen < MAX_ITEMS:
        tag = sibling.tag or "-"
        if tag == node.tag and _shape(sibling) == shape and not _has_heading_of_its_own(sibling):
            seen += 1
            yield sibling
        elif not tag.startswith("-") and tag not in _BETWEEN:
            return
        sibling = sibling.next


def _shape(node: LexborNode) -> object:
    """What the parts of one list have in common: their class, or where they have none, how they are built."""
    if node.tag in _PARTS_OF_LISTS:
        return node.tag
    return attribute(node, "class").split()[:1] or [child.tag for child in node.iter()]


def items_of(node: LexborNode) -> list[LexborNode]:
    """The repeated parts of a list, one for each address that it links to."""
    return _parts(node, _titled(node))


def _titled(node: LexborNode) -> list[LexborNode]:
    """The links with words enough for a title, but for those within sentences."""
    links = [node] if node.tag == "a" else node.css("a[href]")[:_MAX_LINKS]
    fewest = 2 if node.tag in {"ul", "ol", "li"} or node.css_first("li") is not None else 3
    return [
        link
        for link in links
        if len(words(text := link.text())) >= fewest and fold(text) not in _MORE and not _is_within_sentence(link, text)
    ]


def _is_within_sentence(link: LexborNode, text: str) -> bool:
    holder = link.parent
    while holder is not None and holder.tag in _INLINE:
        holder = holder.parent
    if holder is None or holder.tag not in {"p", "div"}:
        return False
    said = holder.text() if holder.tag == "p" else holder.text(deep=False) + text
    return len(clean(said)) > len(text) + _SENTENCE


def _parts(node: LexborNode, titled: list[LexborNode]) -> list[LexborNode]:
    addresses = {attribute(link, "href") for link in titled}
    items: list[LexborNode] = []
    for link in titled:
        item = link
        while item.mem_id != node.mem_id and (parent := item.parent) is not None:
            if parent.mem_id == node.mem_id and len(addresses) > 1:
                break
            if len({attribute(other, "href") for other in parent.css("a[href]")} & addresses) > 1:
                break
            item = parent
        if all(item.mem_id != other.mem_id for other in items):
            items.append(item)
    return items
