"""What a link to another article is called: by its words, or where it has a picture alone, by what that is labelled."""

import re
from datetime import datetime

from services.parser.boilerplate import is_boilerplate
from services.parser.date_lines import read_date_line
from services.parser.paid_labels import is_paid_label
from services.parser.related_headings import pointed_title, strength_of
from services.parser.text import clean, fold, words
from services.parser.tree import SILENT, LexborNode, attribute, is_hidden, text_of

_HEADINGS = "h1, h2, h3, h4, h5, h6"
_NAMED = "[class*='title' i], [class*='judul' i], [class*='headline' i]"
_KICKERS = (
    "[class*='kicker' i], [class*='topline' i], [class*='overline' i], [class*='dachzeile' i], [class*='eyebrow' i]"
)
_CUT = re.compile(r"\s*(?:\.{2,}|…)$")
_FEWEST = 4  # words
_MOST_PARTS, _DEEPEST = 20, 8


def title_of(link: LexborNode, *, now: datetime) -> str:
    """The article's title as the link has it, in full where it is cut; "" where it has none."""
    is_plain = next(link.iter(), None) is None
    heading = None if is_plain else max(link.css(_HEADINGS)[:_MOST_PARTS], key=_telling, default=None)
    text = _without_time(heading, _without_kicker(heading), now=now) if heading is not None else ""
    text = text or (text_of(link) if is_plain else _of_card(link, now=now)) or attribute_title(link)
    text = pointed_title(text) or text
    whole = clean(attribute(link, "title"))
    cut = _CUT.sub("", text)
    return whole if cut != text and fold(whole).startswith(fold(cut)) and not _CUT.search(whole) else text


def _telling(heading: LexborNode) -> tuple[bool, int]:
    """Of several headings, one is a kicker."""
    return "title" in attribute(heading, "class").lower(), len(words(heading.text()))


def attribute_title(link: LexborNode) -> str:
    """What the link, or the picture in it, is labelled."""
    if title := clean(attribute(link, "title") or attribute(link, "aria-label")):
        return title
    picture = link.css_first("img[alt], amp-img[alt]")
    return clean(attribute(picture, "alt")) if picture is not None else ""


def _without_kicker(node: LexborNode) -> str:
    text = text_of(node)
    for kicker in node.css(_KICKERS)[:1]:
        said = text_of(kicker)
        if kicker.mem_id != node.mem_id and len(said) < len(text):
            return text.removeprefix(said).lstrip(" :|–—-")
    return text


def _of_card(card: LexborNode, *, now: datetime) -> str:
    """Of a link that has more than the title: not the section, time or label."""
    named = next((node for node in card.css(_NAMED)[:_MOST_PARTS] if len(words(node.text())) >= _FEWEST), card)
    parts: list[str] = []
    _read_parts(named, parts, 0)
    if len(parts) < 2:
        return _without_time(named, _without_kicker(named), now=now)
    kickers = {text_of(kicker) for kicker in named.css(_KICKERS)[:1]}
    told = [part for part in parts if part not in kickers and not _is_beside(part, now=now)] or parts
    return next((part for part in told if len(words(part)) >= _FEWEST), max(told, key=lambda part: len(words(part))))


def _without_time(node: LexborNode, text: str, *, now: datetime) -> str:
    for part in node.css("time, span, small, div, p")[:_MOST_PARTS]:
        said = text_of(part)
        if said and text.endswith(said) and said != text and read_date_line(said, now=now) is not None:
            return text.removesuffix(said).rstrip(" |–—-,")
    return text


def _is_beside(part: str, *, now: datetime) -> bool:
    return (
        strength_of(part) > 1
        or is_paid_label(part)
        or is_boilerplate(part)
        or read_date_line(part, now=now) is not None
    )


def _read_parts(node: LexborNode, parts: list[str], depth: int) -> None:
    """The texts of the innermost elements; words beside words of inline elements are one text."""
    children = [child for child in node.iter() if child.tag not in SILENT and not is_hidden(child)]
    if depth == _DEEPEST or not children or node.text(deep=False).strip():
        if text := text_of(node):
            parts.append(text)
        return
    for child in children:
        if len(parts) < _MOST_PARTS:
            _read_parts(child, parts, depth + 1)
