"""Which elements after the first of a list go on with it, and where something else begins."""

from collections.abc import Iterator

from services.parser.ages import read_age
from services.parser.boilerplate import is_boilerplate
from services.parser.dates import names_a_day
from services.parser.paid_labels import is_paid_label
from services.parser.related_headings import is_other_heading
from services.parser.related_items import MAX_ITEMS, items_of
from services.parser.text import clean, words
from services.parser.tree import LexborNode, attribute

TITLES = "h1, h2, h3, h4, h5, h6"
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BETWEEN = frozenset({"script", "style", "br", "hr", "noscript"})
_PARTS_OF_LISTS = frozenset({"li", "tr", "article"})
_TEASER = 40
_MOST = 8 * MAX_ITEMS  # siblings, white space and what stands between items included
_LABEL = 3  # words
_LOOKS = 30


def going_on(node: LexborNode) -> Iterator[LexborNode]:
    """The items of the siblings that are built like `node`, the first part of a list.

    The list ends at another heading, marked up as one or not, and at a text that is no item's.
    """
    shape, is_headed = _shape(node), bool(leading_words(node))
    sibling = node.next
    seen = 0
    for _ in range(_MOST):
        if sibling is None or seen == MAX_ITEMS:
            return
        tag = sibling.tag or "-"
        if tag == node.tag and _shape(sibling) == shape:
            if has_heading_of_its_own(sibling) or (leading_words(sibling) and not is_headed):
                return
            items = items_of(sibling)
            if not items and _says_something(sibling):
                return
            seen += 1
            yield from items
        elif tag == "-text":
            text = clean(sibling.text())
            if is_other_heading(text) or (len(words(text)) > _LABEL and not _is_time(text)):
                return
        elif not tag.startswith("-") and tag not in BETWEEN and not _is_of_item_before(sibling):
            return
        sibling = sibling.next


def has_heading_of_its_own(node: LexborNode) -> bool:
    """Whether it begins with a heading that is no item's title: another list, then."""
    first = node if (node.tag or "") in HEADINGS else node.css_first(TITLES)
    if first is None or first.css_first("a[href]") is not None:
        return False
    parent: LexborNode | None = first
    while parent is not None and parent.mem_id != node.mem_id:
        if parent.tag == "a":
            return False
        parent = parent.parent
    return node.tag != "a" and not _is_beside_link(first)


def leading_words(node: LexborNode) -> str:
    """What the element says before its first link, if that is neither a time nor a label of what is paid for."""
    waiting = [node.first_child]
    for _ in range(_LOOKS):
        while waiting and waiting[-1] is None:
            waiting.pop()
        if not waiting or node.tag == "a":
            return ""
        one = waiting[-1]
        assert one is not None
        waiting[-1] = one.next
        if one.tag == "a":
            return ""
        if one.tag == "-text":
            text = clean(one.text())
            if words(text) and not text.isdigit() and not _is_time(text) and not _is_label(text):
                return text
        elif one.tag not in BETWEEN:
            waiting.append(one.first_child)
    return ""


def _is_beside_link(title: LexborNode) -> bool:
    """Whether the element that holds the title holds one link: a card whose link is its picture."""
    return title.parent is not None and len({attribute(a, "href") for a in title.parent.css("a[href]")}) == 1


def _says_something(node: LexborNode) -> bool:
    text = clean(node.text())
    return bool(words(text)) and not _is_time(text) and not _is_label(text)


def _is_of_item_before(node: LexborNode) -> bool:
    """Whether it is a time or a teaser that stands beside the item, not in it."""
    if node.css_first("a[href]") is not None or node.tag in HEADINGS:
        return False
    text = clean(node.text())
    return not words(text) or len(text) >= _TEASER or _is_time(text) or _is_label(text)


def _is_time(text: str) -> bool:
    return names_a_day(text) or read_age(text) is not None


def _is_label(text: str) -> bool:
    return is_paid_label(text) or is_boilerplate(text)


def _shape(node: LexborNode) -> object:
    """What the parts of one list have in common: their class, or where they have none, how they are built."""
    if node.tag in _PARTS_OF_LISTS:
        return node.tag
    return attribute(node, "class").split()[:1] or {child.tag for child in node.iter()}
