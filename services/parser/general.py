"""The general extractor for sites without a profile. Behind `extract_body`, so that another one can take its place."""

import logging
import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from services.parser.boilerplate import without_boilerplate
from services.parser.paragraphs import paragraphs_of
from services.parser.text import clean, ends_a_sentence, fold, words
from services.parser.text_body import is_related_heading
from services.parser.text_lines import is_paragraph
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, text_of

_JSON_LD = re.compile(r"<script\b[^>]*ld\+json[^>]*>.*?</script>", re.IGNORECASE | re.DOTALL)
_ENOUGH = 400
_BLOCKS = frozenset({"p", "head", "item", "quote", "row", "code", "dl", "dt", "dd"})


def general_paragraphs(html: str) -> list[str]:
    """Trafilatura's choice of the page's text, in its order."""
    html = _JSON_LD.sub("", html)  # else it takes `articleBody`, which readers may have to pay for, as one paragraph
    document = _extractor()(html, include_comments=False, include_tables=False, with_metadata=False, fast=True)
    if document is None or document.body is None:
        return []
    lines: list[str] = []
    inline: list[str] = []
    _walk(document.body, lines, inline)
    _flush(lines, inline)
    return lines


def after_title(title_node: LexborNode) -> list[str]:
    """The sentences between the title and a related list, in the closest ancestor that has any: for short pages."""
    title = fold(text_of(title_node))
    for around in ancestors(title_node):
        lines = paragraphs_of(around)
        start = next((place for place, line in enumerate(lines) if fold(line) == title), -1) + 1
        end = next(
            (place for place, line in enumerate(lines) if place >= start and is_related_heading(line)), len(lines)
        )
        found = [line for line in lines[start:end] if ends_a_sentence(line) and len(words(line)) > 1]
        if any(is_paragraph(line) for line in without_boilerplate(found)):
            return found
    return []


@cache
def _extractor() -> Callable[..., Any]:
    """Imported late: half a second that a page with a profile never needs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its downloader warns of proxies, and nothing here downloads
        from trafilatura import bare_extraction  # noqa: PLC0415
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page without text as an error
    return cast("Callable[..., Any]", bare_extraction)


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


def near_title(title_node: LexborNode) -> list[str]:
    """The text that the title heads: of its closest ancestor that holds enough running text."""
    for around in ancestors(title_node):
        if around.tag == "body":
            break
        lines = [line for line in paragraphs_of(around) if is_paragraph(line)]
        if sum(map(len, lines)) >= _ENOUGH:
            return lines
    return []


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
