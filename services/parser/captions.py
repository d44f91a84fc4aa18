"""The caption that readers see at a picture: in its figure, in a box beside it, or between the title and the text."""

import re
from collections.abc import Callable
from itertools import islice

from services.parser.dates import names_a_day
from services.parser.json_ld import Node, string, types_of
from services.parser.photo_credits import split_credit
from services.parser.text import clean, fold
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, attribute, lines_of, names_of, select, text_of

_CAPTION_CLASS = re.compile(r"caption", re.IGNORECASE)
_CREDITS = (
    "[class*='credit' i]", "[class*='copyright' i]", "[class*='photographer' i]", "[itemprop~='copyrightHolder']",
    "[itemprop~='creditText']",
)  # fmt: skip
_PLACES = ("figcaption", "[class*='caption' i]", "[class*='desc' i]")
_SMALL = frozenset({"small", "em", "i", "font", "figcaption"})
_NAMED = re.compile(
    r"caption|legend|(?:^|[\s_-])(?:ket|keterangan|desc|description)(?:$|[\s_-])|(?:img|image|foto|photo|pic)-?(?:info|text|teks|desc)",
    re.IGNORECASE,
)
_ENLARGE = re.compile(r"^(?:perbesar|memperbesar|klik untuk memperbesar)\b[\s:.-]*", re.IGNORECASE)
_NO_TEXT = frozenset({"figure", "figcaption", "header"})
_TEXT = frozenset({"a", "p", "blockquote"})
_MENUS = frozenset({"li", "ul", "ol", "nav"})
_LEVELS = 5
_AROUND = 4
_PROSE = 200
_SHORTEST = 12
_MOST = 200
_MOST_PICTURES = 200
_LONGEST = 400
_LONGEST_OF_ALL = 1000
_DATED = 60

Caption = tuple[str | None, str | None]  # what the picture shows, and who made it
NONE: Caption = (None, None)


def caption_of(text: str, *, title: str, credit: str = "") -> Caption:
    """The two parts of a caption's text; nothing for the title again, or for a text too long for one."""
    text = _ENLARGE.sub("", text)
    if not text or len(text) > _LONGEST_OF_ALL or fold(text) == fold(title):
        return NONE
    if credit and text != credit and text.endswith(credit):
        said = text.removesuffix(credit).rstrip(" |–—-,;(")
        return said or None, credit.strip(" ()")
    said, maker = split_credit(text)
    return said or None, maker


def shown_caption(node: LexborNode, *, title: str) -> Caption:
    """Of the element that holds a caption."""
    makers = select(node, *_CREDITS)
    return caption_of(text_of(node), title=title, credit=text_of(makers[-1]) if makers else "")


def told_caption(nodes: list[Node], *, title: str, is_same: Callable[[str], bool]) -> Caption:
    """What another object of the page's JSON-LD says about the same picture; `is_same` judges its address."""
    for node in nodes:
        if types_of(node) & {"ImageObject", "Photograph"} and (said := string(node.get("caption"))):
            addresses = (string(node.get("url")), string(node.get("contentUrl")))
            if any(is_same(address) for address in addresses if address):
                return caption_of(said, title=title)
    return NONE


def lead_caption(title_node: LexborNode | None, *, title: str) -> Caption:
    """The caption between the title and the text, before or after it: that picture leads the article."""
    around = list(islice(ancestors(title_node), 2 * _LEVELS)) if title_node is not None else []
    while any(node.tag in _MENUS for node in around):
        around = around[1:]
    for scope in around[:_LEVELS]:
        if scope.tag == "body":
            break
        for node in scope.css("figcaption, [class*='caption' i], p")[:_MOST]:
            if node.tag == "p" and not _CAPTION_CLASS.search(attribute(node, "class")):
                if len(node.text()) > _PROSE and all(up.tag not in _NO_TEXT for up in ancestors(node)):
                    return NONE
                continue
            caption = shown_caption(node, title=title)
            if is_caption(caption[0]):
                return caption
    return NONE


def caption_beside(scope: LexborNode | LexborHTMLParser, name: str, *, title: str) -> Caption:
    """What little text stands around the picture whose file has this name."""
    for picture in scope.css("img, amp-img")[:_MOST_PICTURES]:
        if not any(value and name in value.lower() for value in picture.attributes.values()):
            continue
        if is_caption((told := caption_of(clean(attribute(picture, "data-caption")), title=title))[0]):
            return told
        if is_caption((after := _caption_after(picture, title=title))[0]):
            return after
        for around in islice(ancestors(picture), _AROUND):
            if around.tag == "body":
                break
            lines = lines_of(around)
            if not lines:
                if is_caption((after := _caption_after(around, title=title))[0]):
                    return after
                continue
            if around.tag in _TEXT or sum(map(len, lines)) > _LONGEST or fold(title) in map(fold, lines):
                return NONE
            places = select(around, *_PLACES)
            caption = shown_caption(places[0] if places else around, title=title)
            return caption if is_caption(caption[0]) else NONE
    return NONE


def _caption_after(node: LexborNode, *, title: str) -> Caption:
    """Of the next element: small or slanted letters, or a name that says so."""
    for _ in range(_AROUND):
        neighbour = node.next
        if neighbour is None or (neighbour.tag == "-text" and neighbour.text().strip()):
            return NONE
        node = neighbour
        if not (node.tag or "-").startswith("-") and node.tag != "br":
            break
    names = names_of(node)
    is_one = node.tag in _SMALL or _NAMED.search(names) is not None
    if node.tag in {"p", "div"} and not node.text(deep=False).strip():
        parts = [part.tag for part in node.iter()]
        is_one = is_one or (bool(parts) and set(parts) <= _SMALL)
    return shown_caption(node, title=title) if is_one else NONE


def is_caption(text: str | None) -> bool:
    """Whether it can be the lead picture's: no date, and neither a word nor a text."""
    return text is not None and _SHORTEST <= len(text) <= _LONGEST and not (len(text) < _DATED and names_a_day(text))
