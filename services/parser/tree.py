"""A page as one Lexbor tree, with the few questions that every reader asks of it."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from services.parser.text import clean
from services.parser.tree_cost import check_cost
from shared.urls import is_plain

__all__ = [
    "BLOCKS", "SILENT", "LexborHTMLParser", "LexborNode", "ancestors", "attribute", "is_hidden", "is_hidden_style",
    "lines_of", "link_share", "marked_part", "names_of", "parse_tree", "select", "short_text", "text_of", "web_url",
]  # fmt: skip
SILENT = frozenset({
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "form", "button",
    "select", "textarea", "input", "audio", "video", "head",
})  # fmt: skip
BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "ul", "ol", "li", "dl", "dt", "dd",
    "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "table", "thead", "tbody", "tfoot",
    "tr", "td", "th", "caption", "hr", "address", "details", "summary", "center", "fieldset", "time",
})  # fmt: skip
_TWO_SCHEMES = re.compile(r"^https?:(?=https?://)", re.IGNORECASE)  # "http:http://…", as templates write it
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_NONSENSE = re.compile(r"[<>\"' \n\r\t\\]")
_MOST_OF_SHORT = 60
_SCHEMES = frozenset({"http", "https"})


def parse_tree(html: str | bytes) -> LexborHTMLParser:
    """The tree of a text, or of its UTF-8 bytes, as it is written: what browsers copy within forms is left out.

    Raises `DeadLetter` for what would take too long.
    """
    check_cost(html)
    return LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS)


def select(tree: LexborHTMLParser | LexborNode, *selectors: str) -> list[LexborNode]:
    """All nodes of the first selector that finds any."""
    for selector in selectors:
        if found := tree.css(selector):
            return found
    return []


def attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


def names_of(node: LexborNode) -> str:
    """What the element is called: its classes and its id."""
    return f"{attribute(node, 'class')} {attribute(node, 'id')}"


def text_of(node: LexborNode) -> str:
    """What a reader sees of the node, on one line."""
    return " ".join(lines_of(node))


def short_text(node: LexborNode, *, longest: int) -> str | None:
    """The text of a small element; None where it is longer or has many parts."""
    parts: list[str] = []
    size = 0
    waiting = [node.first_child]
    for _ in range(_MOST_OF_SHORT):
        while waiting and waiting[-1] is None:
            waiting.pop()
        if not waiting:
            return "".join(parts)
        one = waiting[-1]
        assert one is not None
        waiting[-1] = one.next
        if one.tag == "-text":
            text = one.text_content or ""
            size += len(text)
            if size > longest:
                return None
            parts.append(text)
        else:
            waiting.append(one.first_child)
    return None


def lines_of(node: LexborNode, *, breaking: frozenset[str] = BLOCKS) -> list[str]:
    """The visible text, one line per element of `breaking` or line break."""
    lines: list[str] = []
    inline: list[str] = []
    _read_lines(node, breaking, lines, inline, 0)
    _end_line(lines, inline)
    return lines


def _read_lines(node: LexborNode, breaking: frozenset[str], lines: list[str], inline: list[str], depth: int) -> None:
    child = node.first_child
    while child is not None:
        tag = child.tag
        if tag == "-text":
            text = child.text_content
            if text and (inline or not text.isspace()):
                inline.append(text)
        elif tag == "br":
            _end_line(lines, inline)
        elif tag is not None and tag not in SILENT and tag[0] != "-" and depth < 200 and not is_hidden(child):
            if tag in breaking:
                _end_line(lines, inline)
                _read_lines(child, breaking, lines, inline, depth + 1)
                _end_line(lines, inline)
            else:
                _read_lines(child, breaking, lines, inline, depth + 1)
        child = child.next


def _end_line(lines: list[str], inline: list[str]) -> None:
    if inline:
        if line := clean("".join(inline)):
            lines.append(line)
        inline.clear()


_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return bool(attributes) and ("hidden" in attributes or is_hidden_style(attributes.get("style") or ""))


def is_hidden_style(style: str) -> bool:
    return bool(style) and _HIDDEN.search(style) is not None


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None and parent.tag not in {"html", "-undef", "-document"}:
        yield parent
        parent = parent.parent


def marked_part(title_node: LexborNode | None) -> LexborNode | None:
    """The `article` or `main` that the title stands in, if any."""
    if title_node is None:
        return None
    return next((node for node in ancestors(title_node) if node.tag in {"article", "main"}), None)


def web_url(href: str, *, base: str) -> str | None:
    """The absolute http(s) URL of a link or image, or None for scripts, data and nonsense.

    Pictures are named with blanks, which browsers escape; a link with blanks is none.
    """
    if is_plain(href):
        return href
    try:
        url = urljoin(base, _TWO_SCHEMES.sub("", href.strip()))
        if " " in url and _PICTURE.search(url):
            url = url.replace(" ", "%20")
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in _SCHEMES or not parts.hostname or _NONSENSE.search(url):
        return None
    return url


def link_share(tree: LexborHTMLParser) -> float:
    """How much of the page's visible text is links, 0 to 1."""
    body = tree.body
    whole = sum(map(len, lines_of(body))) if body is not None else 0
    links = sum(len(text_of(link)) for link in tree.css("body a[href]"))
    return min(1.0, links / whole) if whole else 0.0
