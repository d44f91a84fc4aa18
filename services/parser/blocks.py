"""A page's body as a flat list of blocks of text in reading order, with the elements that hold them: one walk."""

import msgspec

from services.parser.marks import APART, mark_of
from services.parser.text import clean
from services.parser.tree import BLOCKS, SILENT, LexborNode, is_hidden_style

_NEVER = (SILENT - {"form"}) | {
    "nav",
    "footer",
    "figure",
    "figcaption",
    "menu",
    "ins",
    "amp-ad",
    "amp-img",
    "amp-embed",
    "dialog",
    "picture",
    "img",
    "link",
    "meta",
    "source",
}
_ANCHORS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p"})  # whose id is the target of a link
_APART = frozenset({"aside", "form"})
_INLINE = frozenset({"b", "i", "em", "strong", "u", "sup", "sub", "small", "font", "mark", "abbr", "cite", "q", "s"})
_HOLDERS = frozenset(
    {"div", "article", "section", "main", "td", "blockquote", "center", "ul", "ol", "table", "header", "li", "dl"}
)
MARKED = 2  # by microdata or RDFa
_MAX_DEPTH = 200
_MAX_BLOCKS = 20_000
_TEXT, _BREAK, _RUN, _LINK, _NOTHING, _BLOCK, _HOLDER, _OTHER = range(8)
_KINDS: dict[str, int] = (
    dict.fromkeys(BLOCKS, _BLOCK)
    | dict.fromkeys(_HOLDERS & BLOCKS, _HOLDER)
    | dict.fromkeys(_INLINE, _RUN)
    | dict.fromkeys(_NEVER | {"-", "-undef", "-end-of-file", "-document", "-comment", "-doctype"}, _NOTHING)
    | {"-text": _TEXT, "br": _BREAK, "a": _LINK}
)


class Block(msgspec.Struct, gc=False):
    """A line of text: `links` of its characters are in links, `tag` is the closest block element's.

    `apart` where a holder says that it isn't the article's text.
    """

    text: str
    tag: str
    links: int
    apart: bool = False


class Holder(msgspec.Struct, gc=False):
    """An element with the range of blocks inside it; `mark` as `mark_of` has it, `parent` another holder's number."""

    node: LexborNode
    tag: str
    mark: int
    parent: int
    start: int
    end: int = 0


class Blocks(msgspec.Struct):
    """`title` is the place of the first block after the title's element began, or -1."""

    blocks: list[Block] = []
    holders: list[Holder] = []
    title: int = -1


def read_blocks(body: LexborNode, *, title_id: int = 0) -> Blocks:
    """All visible text under `body`; `title_id` is the `mem_id` of the element that holds the title."""
    walk = _Walk(title_id)
    walk.hold(body, "body", 0, 0, -1, in_link=False)
    return walk.found


class _Walk:
    """Cheap tests first and few calls: a page has a thousand nodes, and this is the most of what reading it costs."""

    __slots__ = ("blocks", "found", "holders", "links", "parts", "title_id")

    def __init__(self, title_id: int) -> None:
        self.found = Blocks()
        self.blocks, self.holders = self.found.blocks, self.found.holders
        self.title_id = title_id  # 0 once it was met
        self.parts: list[str] = []
        self.links = 0

    def hold(self, node: LexborNode, tag: str, mark: int, depth: int, parent: int, *, in_link: bool) -> None:
        number = len(self.holders)
        holder = Holder(node, tag, mark, parent, len(self.blocks))
        self.holders.append(holder)
        self.walk(node, tag, depth, number, in_link)
        if self.parts:
            self.flush(tag)
        holder.end = len(self.blocks)

    def walk(self, node: LexborNode, block: str, depth: int, holder: int, in_link: bool) -> None:
        parts, blocks = self.parts, self.blocks
        child = node.first_child
        while child is not None:
            tag = child.tag or "-"
            kind = _KINDS.get(tag, _OTHER)
            if kind == _TEXT:
                text = child.text_content
                if text and (parts or not text.isspace()):
                    parts.append(text)
                    if in_link:
                        self.links += len(text)
            elif kind == _NOTHING:
                pass
            elif kind == _BREAK:
                if parts:
                    self.flush(block)
            elif depth >= _MAX_DEPTH:
                pass
            elif kind == _RUN:
                self.walk(child, block, depth + 1, holder, in_link)
            elif kind == _LINK:
                if self.title_id and child.mem_id == self.title_id:
                    self.found.title, self.title_id = len(blocks), 0
                self.walk(child, block, depth + 1, holder, True)
            elif len(blocks) < _MAX_BLOCKS and (mark := _mark(tag, child.attributes)) is not None:
                if self.title_id and child.mem_id == self.title_id:
                    self.flush(block)
                    self.found.title, self.title_id = len(blocks), 0
                if kind != _OTHER:
                    if parts:
                        self.flush(block)
                    if mark or (kind == _HOLDER and not in_link):
                        self.hold(child, tag, mark, depth + 1, holder, in_link=in_link)
                    else:
                        self.walk(child, tag, depth + 1, holder, in_link)
                        if parts:
                            self.flush(tag)
                elif mark < 0:
                    kept, links, self.links = parts[:], self.links, 0
                    parts.clear()
                    self.hold(child, block, mark, depth + 1, holder, in_link=in_link)
                    parts[:], self.links = kept, links
                else:
                    self.walk(child, block, depth + 1, holder, in_link)
            child = child.next

    def flush(self, tag: str) -> None:
        if text := clean("".join(self.parts)):
            self.blocks.append(Block(text, tag, self.links))
        self.parts.clear()
        self.links = 0


def _mark(tag: str, attributes: dict[str, str | None]) -> int | None:
    """What the element says of itself, as `mark_of` has it; None where it is hidden."""
    if not attributes:
        return APART if tag in _APART else 0
    names = attributes.get("class") or ""
    if len(attributes) > 1 or not names:
        if "hidden" in attributes or ("style" in attributes and is_hidden_style(attributes["style"] or "")):
            return None
        if "itemprop" in attributes or "property" in attributes:
            said = attributes.get("itemprop") or attributes.get("property")
            if said and "articleBody" in said:
                return MARKED
        if tag not in _ANCHORS and (anchor := attributes.get("id")):
            names = f"{names} {anchor}"
    return APART if tag in _APART else mark_of(names) if names else 0
