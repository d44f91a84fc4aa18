"""Where an HTML page lists articles that belong to this one: what stands under, or beside, the words for it."""

from collections.abc import Iterator

from services.parser.related_boxes import items_under_names
from services.parser.related_headings import (
    LONGEST,
    is_other_heading,
    is_pointing,
    may_announce,
    pointed_title,
    strength_of,
)
from services.parser.related_items import FEWEST, INLINE, items_of, links_to_article, parts_of, titled_links
from services.parser.related_siblings import BETWEEN, HEADINGS, going_on, has_heading_of_its_own, leading_words
from services.parser.text import clean, words
from services.parser.tree import BLOCKS, LexborHTMLParser, LexborNode, ancestors

_HEADING_TAGS = (
    "h1, h2, h3, h4, h5, h6, :is(h1, h2, h3, h4, h5, h6) > a, p, span, strong, b, em, div, li, td, th, dt, label,"
    " header, p a, strong > a, b > a"
)
_SHORTEST, _LONGEST_RAW = 4, 160  # characters, white space of the source included
_NEAR = 8  # elements between a heading and its list
_LEVELS = 4
_MAX_HEADINGS = 120  # a page with more of them wants to keep us busy
_PROSE = 250
_SURE = 2.5
_POINTER = 0.5  # what points to one article from within the text is less than a list


def find_lists(tree: LexborHTMLParser) -> list[LexborNode]:
    """The items of all lists under the clearest words for them, in page order; [] where there is none.

    Where words promise no more than other articles, boxes that are named for it come first.
    """
    body = tree.body
    if body is None:
        return []
    best, found = _under_words(body)
    return found if best > 1 else items_under_names(body) or found


def _under_words(body: LexborNode) -> tuple[float, list[LexborNode]]:
    best, found, seen = 0.0, list[LexborNode](), 0
    for node in body.css(_HEADING_TAGS):
        own = node.text(deep=False)
        if not _SHORTEST <= len(own) <= _LONGEST_RAW or own.isspace() or not may_announce(own):
            continue  # cheap tests first: a page has hundreds of short texts
        seen += 1
        if seen > _MAX_HEADINGS:
            break
        heading = _heading_at(node)
        if heading is None:
            continue
        strength, items = heading
        if strength < _SURE:
            items = [item for item in items if links_to_article(item)]
        if strength < best or not items or _is_of_site(node, strength):
            continue
        if strength > best:
            best, found = strength, []
        found += items
    return best, found


def _is_of_site(node: LexborNode, strength: float) -> bool:
    """Whether the words stand in the site's footer or, if they are weak, in a menu."""
    for around in ancestors(node):
        if around.tag in {"article", "main"}:
            return False
        if around.tag == "footer" or (around.tag == "nav" and strength < _SURE):
            return True
    return False


def _heading_at(node: LexborNode) -> tuple[float, list[LexborNode]] | None:
    """How clear the words at `node` are, and the items that they announce; None where they are no heading."""
    own = clean(node.text(deep=False, separator=" "))
    if node.tag == "a":
        if pointed_title(own):
            return 3 - _POINTER, [node]
        if node.parent is None or node.parent.tag not in HEADINGS:
            return None
    if len(own) > LONGEST:
        return None
    if node.tag in INLINE and strength_of(own) == 3 and (link := _link_around(node)) is not None:
        return 3 - _POINTER, [link]  # "<a><b>Baca juga:</b> …</a>"
    if node.tag != "a" and (strength := strength_of(own)) and (inside := titled_links(node)):
        return strength - _POINTER, parts_of(node, inside)  # "Baca juga: <a>…</a>"
    heading = _whole_heading(node)
    said = heading.text()
    if heading.css_first("a") is not None:
        said = own  # "Berita Terkait: <a>#irigasi</a>"
    if not (strength := strength_of(said)):
        return None
    items = _items_after(heading)
    is_inline = items[:1] and items[0].tag == "a" and heading.tag not in BLOCKS  # "<b>Baca juga:</b> <a>…</a>"
    is_pointer = len(items) == 1 and (is_inline or (node.tag not in HEADINGS and is_pointing(said)))
    return strength - _POINTER * bool(is_pointer), items


def _link_around(node: LexborNode) -> LexborNode | None:
    """The link that has these words and others."""
    holder = node.parent
    while holder is not None and holder.tag in INLINE:
        holder = holder.parent
    return holder if holder is not None and holder.tag == "a" and len(words(holder.text())) > FEWEST else None


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
            if has_heading_of_its_own(sibling) or is_other_heading(leading_words(sibling)):
                return []
            if items := items_of(sibling):
                return [*items, *going_on(sibling)]
            if len(clean(sibling.text(deep=True))) > _PROSE and sibling.css_first("p, br") is None:
                return []
        holder = holder.parent
    return []


def _next_elements(node: LexborNode) -> Iterator[LexborNode]:
    sibling = node.next
    seen = 0
    while sibling is not None and seen < _NEAR:
        if not (sibling.tag or "-").startswith("-") and sibling.tag not in BETWEEN:
            seen += 1
            yield sibling
        sibling = sibling.next
