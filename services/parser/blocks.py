"""A page's body as a flat list of blocks of text in reading order, with the elements that hold them: one walk."""

from dataclasses import dataclass, field

from services.parser.marks import mark_of
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
_APART = frozenset({"aside", "form"})
_INLINE = frozenset({"b", "i", "em", "strong", "u", "sup", "sub", "small", "font", "mark", "abbr", "cite", "q", "s"})
_HOLDERS = frozenset(
    {"div", "article", "section", "main", "td", "blockquote", "center", "ul", "ol", "table", "header", "li", "dl"}
)
MARKED = 2  # by microdata or RDFa
_MAX_DEPTH = 200
_MAX_BLOCKS = 20_000


@dataclass(slots=True)
class Block:
    """A line of text: `links` of its characters are in links, `tag` is the closest block element's.

    `apart` where a holder says that it isn't the article's text.
    """

    text: str
    tag: str
    links: int
    apart: bool = False


@dataclass(slots=True)
class Holder:
    """An element with the range of blocks inside it; `mark` as `mark_of` has it, `parent` another holder's number."""

    node: LexborNode
    tag: str
    mark: int
    parent: int
    start: int
    end: int = 0


@dataclass(slots=True)
class Blocks:
    """`title` is the place of the first block after the title's element began, or -1."""

    blocks: list[Block] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    title: int = -1


def read_blocks(body: LexborNode, *, title_id: int = 0) -> Blocks:
    """All visible text under `body`; `title_id` is the `mem_id` of the element that holds the title."""
    walk = _Walk(title_id)
    walk.hold(body, "body", 0, 0)
    return walk.found


class _Walk:
    def __init__(self, title_id: int) -> None:
        self.found = Blocks()
        self.title_id = title_id
        self.parts: list[str] = []
        self.links = 0

    def hold(
        self, node: LexborNode, tag: str, mark: int, depth: int, parent: int = -1, *, in_link: bool = False
    ) -> None:
        holders, blocks = self.found.holders, self.found.blocks
        number = len(holders)
        holder = Holder(node, tag, mark, parent, len(blocks))
        holders.append(holder)
        self.walk(node, tag, depth, number, in_link=in_link)
        if self.parts:
            self.flush(tag)
        holder.end = len(blocks)

    def walk(self, node: LexborNode, block: str, depth: int, holder: int, *, in_link: bool) -> None:
        child = node.child
        while child is not None:
            tag = child.tag or "-"
            if tag == "-text":
                text = child.text_content
                if text and (self.parts or not text.isspace()):
                    self.parts.append(text)
                    if in_link:
                        self.links += len(text)
            elif tag == "br":
                if self.parts:
                    self.flush(block)
            elif depth >= _MAX_DEPTH:
                pass
            elif tag in _INLINE:
                self.walk(child, block, depth + 1, holder, in_link=in_link)
            elif tag == "a":
                if self.title_id and child.mem_id == self.title_id:
                    self.found.title = len(self.found.blocks)
                self.walk(child, block, depth + 1, holder, in_link=True)
            elif tag not in _NEVER and tag[0] != "-" and len(self.found.blocks) < _MAX_BLOCKS:
                self.element(child, tag, block, depth, holder, in_link=in_link)
            child = child.next

    def element(self, child: LexborNode, tag: str, block: str, depth: int, holder: int, *, in_link: bool) -> None:
        mark = -1 if tag in _APART else 0
        if attributes := child.attributes:
            if "hidden" in attributes or ("style" in attributes and is_hidden_style(attributes["style"] or "")):
                return
            names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
            if len(names) > 1:
                mark = mark_of(names) or mark
                mark = -1 if tag in _APART else mark
            if "articleBody" in (attributes.get("itemprop") or attributes.get("property") or ""):
                mark = MARKED
        if self.title_id and child.mem_id == self.title_id:
            self.flush(block)
            self.found.title = len(self.found.blocks)
        if tag in BLOCKS:
            if self.parts:
                self.flush(block)
            if mark or (tag in _HOLDERS and not in_link):
                self.hold(child, tag, mark, depth + 1, holder, in_link=in_link)
            else:
                self.walk(child, tag, depth + 1, holder, in_link=in_link)
                if self.parts:
                    self.flush(tag)
        elif mark < 0:
            kept, self.parts, links, self.links = self.parts, [], self.links, 0
            self.hold(child, block, mark, depth + 1, holder, in_link=in_link)
            self.parts, self.links = kept, links
        else:
            self.walk(child, block, depth + 1, holder, in_link=in_link)

    def flush(self, tag: str) -> None:
        if text := clean("".join(self.parts)):
            self.found.blocks.append(Block(text, tag, self.links))
        self.parts = []
        self.links = 0
