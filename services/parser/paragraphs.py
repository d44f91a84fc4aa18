"""The paragraphs inside one element of the page, without what sites put between them."""

import re

from services.parser.boilerplate import without_boilerplate
from services.parser.text import clean, fold, fold_start
from services.parser.text_edges import without_edges
from services.parser.tree import BLOCKS, SILENT, LexborNode, is_hidden

_NOT_TEXT = SILENT | {
    "figure",
    "figcaption",
    "nav",
    "aside",
    "footer",
    "table",
    "ins",
    "amp-ad",
    "amp-img",
    "amp-embed",
}
_NOT_TEXT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|iklan|banner|sponsor\w*|share|sharing|socials?|sosmed|related|terkait|recommend\w*|rekomendasi"
    r"|bacajuga|baca-juga|linksisip\w*|tags?|komentar|comments?|newsletter|promo|breadcrumbs?|caption|credits?|toolbar|paging"
    r"|pagination|sisip\w*|inarticle|paradetail|parallax|kgnw|gpt|teads|video-?wrap|byline)(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
_MAX_DEPTH = 100
_BEGINNING = 40  # of folded lines: few are equal so far
_PLACE = re.compile(
    r"[^.!?]{2,40}(?:\.\w{2,3}[^.!?]{0,30})?\s(?:--?|–|—)"
)  # a dateline that stands before its paragraph


def paragraphs_of(container: LexborNode, *, drop: tuple[str, ...] = ()) -> list[str]:
    """The paragraphs and headings in reading order; a line break ends a paragraph."""
    dropped = {node.mem_id for selector in drop for node in container.css(selector)}
    lines: list[str] = []
    inline: list[str] = []
    _walk(container, dropped, lines, inline, 0)
    _flush(lines, inline)
    return lines


def own_paragraphs(
    lines: list[str], *, title: str, not_body: frozenset[str] = frozenset(), people: tuple[str, ...] = ()
) -> list[str]:
    """The article's own: no boilerplate, not the title again, none of the folded texts of `not_body` (captions).

    Nor lines at the ends that are about `people`, its authors.
    """
    other = not_body | {fold(title)}
    begins = {text[:_BEGINNING] for text in other}
    kept = [
        line
        for line in without_boilerplate(lines)
        if (start := fold_start(line, _BEGINNING)) and not (start in begins and fold(line) in other)
    ]
    if len(kept) > 1 and _PLACE.fullmatch(kept[0]):
        kept = [f"{kept[0]} {kept[1]}", *kept[2:]]
    starts = [fold_start(line, _BEGINNING) for line in kept]
    once = [
        line
        for place, line in enumerate(kept)
        if place == 0 or starts[place] != starts[place - 1] or fold(line) != fold(kept[place - 1])
    ]
    return without_edges(once, people)


def _walk(node: LexborNode, dropped: set[int], lines: list[str], inline: list[str], depth: int) -> None:
    child = node.child
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            text = child.text_content
            if text and (inline or not text.isspace()):
                inline.append(text)
        elif tag == "br":
            _flush(lines, inline)
        elif _is_text(child, tag, dropped) and depth < _MAX_DEPTH:
            is_block = tag in BLOCKS
            if is_block:
                _flush(lines, inline)
            _walk(child, dropped, lines, inline, depth + 1)
            if is_block:
                _flush(lines, inline)
        child = child.next


def _is_text(node: LexborNode, tag: str, dropped: set[int]) -> bool:
    if tag in _NOT_TEXT or tag.startswith("-") or node.mem_id in dropped:
        return False
    attributes = node.attributes
    if not attributes:
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return not ((len(names) > 1 and tag not in {"p", "body"} and _NOT_TEXT_CLASS.search(names)) or is_hidden(node))


def _flush(lines: list[str], inline: list[str]) -> None:
    if inline and (line := clean("".join(inline))):
        lines.append(line)
    inline.clear()
