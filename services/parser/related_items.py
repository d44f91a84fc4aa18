"""The items of a list of articles: the links with words enough for a title, each with the part of the list it is in."""

import re
from collections.abc import Iterator

from services.parser.related_titles import attribute_title
from services.parser.text import clean, fold, words
from services.parser.tree import BLOCKS, LexborNode, attribute

MAX_ITEMS = 30
INLINE = frozenset({"b", "strong", "i", "em", "u", "span", "font"})
FEWEST = 3  # words
_MAX_LINKS = 4 * MAX_ITEMS
_SENTENCE = 80  # of a line beside a link
_NEAR = 20
_ENDS_A_LINE = BLOCKS | {"br"}
_MORE = frozenset({
    "selengkapnya", "baca selengkapnya", "lihat semua", "lihat selengkapnya", "lihat lainnya", "baca lainnya",
    "read more", "see all", "view all", "lihat berita lainnya", "indeks berita",
})  # fmt: skip
_ARTICLE = re.compile(
    r"/\d{4}/\d{1,2}/|/(?:read|berita|artikel|article|story)/|\d{5}|[a-z0-9](?:[-_][a-z0-9]+){3}", re.IGNORECASE
)
_SECTION = re.compile(
    r"/(?:tags?|topics?|topik|authors?|penulis|search|kategori|category|categories|label|kanal)(?:/|$)", re.IGNORECASE
)
_SHORT_PATH = re.compile(r"(?:https?://[^/]+)?/?(?:[a-z-]+/){0,2}[a-z-]*/?", re.IGNORECASE)


def items_of(node: LexborNode) -> list[LexborNode]:
    """The repeated parts of a list, one for each address that it links to."""
    return parts_of(node, titled_links(node))


def links_to_article(item: LexborNode) -> bool:
    links = [item] if item.tag == "a" else item.css("a[href]")
    return any(_ARTICLE.search(attribute(link, "href")) for link in links)


def titled_links(node: LexborNode) -> list[LexborNode]:
    """The links with words enough for a title, but for those within sentences and those to sections."""
    links = [node] if node.tag == "a" else node.css("a[href]")[:_MAX_LINKS]
    fewest = 2 if node.tag in {"ul", "ol", "li"} or node.css_first("li") is not None else FEWEST
    titled = [
        link
        for link in links
        if len(words(text := link.text())) >= fewest
        and fold(text) not in _MORE
        and not _is_within_sentence(link, text, top=node)
    ]
    return without_sections(titled or [link for link in links if len(words(attribute_title(link))) > FEWEST])


def without_sections(links: list[LexborNode]) -> list[LexborNode]:
    """Without links to topics and authors; and where most lead to articles, without those to a path of few words."""
    links = [link for link in links if not _SECTION.search(attribute(link, "href"))]
    articles = {href for link in links if _ARTICLE.search(href := attribute(link, "href"))}
    if len(articles) * 2 < len({attribute(link, "href") for link in links}):
        return links
    return [link for link in links if (href := attribute(link, "href")) in articles or not _SHORT_PATH.fullmatch(href)]


def parts_of(node: LexborNode, titled: list[LexborNode]) -> list[LexborNode]:
    """For each address of these links the largest element within `node` that has no other of them."""
    addresses = {_address(link) for link in titled}
    within = _addresses_within(node, addresses)
    items: dict[int, LexborNode] = {}
    for link in titled:
        item = link
        while item.mem_id != node.mem_id and (parent := item.parent) is not None:
            if len(addresses) > 1 and parent.mem_id == node.mem_id:
                break
            if len(within.get(parent.mem_id, ())) > 1:
                break
            item = parent
        items.setdefault(item.mem_id, item)
    return list(items.values())


def _addresses_within(node: LexborNode, addresses: set[str]) -> dict[int, set[str]]:
    """Which of the addresses each element around their links has, up to `node`."""
    within: dict[int, set[str]] = {}
    for link in node.css("a[href]")[: 4 * _MAX_LINKS]:
        if (address := _address(link)) not in addresses:
            continue
        around: LexborNode | None = link
        while around is not None and address not in within.setdefault(around.mem_id, set()):
            within[around.mem_id].add(address)
            around = around.parent if around.mem_id != node.mem_id else None
    return within


def _address(link: LexborNode) -> str:
    return attribute(link, "href").split("#", maxsplit=1)[0].split("?utm_", maxsplit=1)[0]


def _is_within_sentence(link: LexborNode, text: str, *, top: LexborNode) -> bool:
    part, holder = link, link.parent
    while holder is not None and holder.tag in INLINE and part.mem_id != top.mem_id:
        part, holder = holder, holder.parent
    if holder is None or holder.tag not in {"p", "div"}:
        return False
    beside = sum(len(clean(said)) for said in (*_line(part, forward=False), *_line(part, forward=True)))
    own = len(clean(part.text())) if part.mem_id != link.mem_id else len(text)
    return beside + own > len(text) + _SENTENCE


def _line(node: LexborNode, *, forward: bool) -> Iterator[str]:
    """The texts beside the node up to the line's end, but for other links."""
    for _ in range(_NEAR):
        neighbour = node.next if forward else node.prev
        if neighbour is None or neighbour.tag in _ENDS_A_LINE:
            return
        node = neighbour
        if node.tag == "-text" or (node.tag in INLINE and node.css_first("a[href]") is None):
            yield node.text()
