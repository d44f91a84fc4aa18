"""The general extractor for sites without a profile. Behind `extract_body`, so that another one can take its place."""

from typing import Any

from services.parser.text import clean
from services.parser.tree import LexborHTMLParser, LexborNode

_BLOCKS = frozenset({"p", "head", "item", "quote", "row", "code", "dl", "dt", "dd"})


def general_paragraphs(html: str) -> list[str]:
    """Trafilatura's choice of the page's text, in its order."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - half a second of imports that a page with a profile never needs

    document = bare_extraction(html, include_comments=False, include_tables=False, with_metadata=False, fast=True)
    if document is None or document.body is None:
        return []
    lines: list[str] = []
    inline: list[str] = []
    _walk(document.body, lines, inline)
    _flush(lines, inline)
    return lines


def densest_paragraphs(tree: LexborHTMLParser) -> LexborNode | None:
    """For pages too short for statistics: the element whose own paragraphs hold most text."""
    best: tuple[int, LexborNode | None] = (0, None)
    totals: dict[int, int] = {}
    for paragraph in tree.css("p"):
        parent = paragraph.parent
        if parent is None:
            continue
        links = sum(len(link.text()) for link in paragraph.css("a"))
        totals[parent.mem_id] = totals.get(parent.mem_id, 0) + max(0, len(clean(paragraph.text())) - 2 * links)
        if totals[parent.mem_id] > best[0]:
            best = (totals[parent.mem_id], parent)
    return best[1]


def _walk(element: Any, lines: list[str], inline: list[str]) -> None:
    is_block = element.tag in _BLOCKS
    if is_block or element.tag == "lb":
        _flush(lines, inline)
    inline.append(element.text or "")
    for child in element:
        _walk(child, lines, inline)
        inline.append(child.tail or "")
    if is_block:
        _flush(lines, inline)


def _flush(lines: list[str], inline: list[str]) -> None:
    if line := clean("".join(inline)):
        lines.append(line)
    inline.clear()
