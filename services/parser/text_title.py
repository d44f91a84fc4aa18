"""Which line of a text dump is the title: the one that the URL spells, that comes twice, or that the byline follows."""

import re
from datetime import datetime
from urllib.parse import unquote, urlsplit

from services.parser.boilerplate import is_boilerplate
from services.parser.date_lines import read_date_line
from services.parser.text import ends_a_sentence, fold, words
from services.parser.text_body import is_related_heading
from services.parser.text_header import read_role
from services.parser.text_lines import Line, is_paragraph

_SITE_SUFFIX = re.compile(r"\s+[|»–—-]\s+[^|»–—]{2,40}$")
_LOOK_AHEAD = 4
_MAX_TITLE = 250


def find_title(lines: list[Line], *, url: str, now: datetime) -> int | None:
    """The index of the title's line (the last of equal ones before the text), or None where nothing looks like one."""
    slug = _slug_words(url)
    first = next(
        (index for index, line in enumerate(lines) if len(line.text) >= 200 or is_related_heading(line.text)),
        len(lines),
    )
    best, best_score = None, 0.0
    for index, line in enumerate(lines[: first + 1]):
        score = _score(lines, index, slug=slug, now=now)
        if score > best_score or (
            best is not None and score == best_score and fold(line.text) == fold(lines[best].text)
        ):
            best, best_score = index, score
    return best


def without_suffix(title: str, lines: list[Line]) -> str:
    """The title without the site's name, where another line of the page says the title alone."""
    short = _SITE_SUFFIX.sub("", title)
    return short if short != title and any(line.text == short for line in lines) else title


def _score(lines: list[Line], index: int, *, slug: set[str], now: datetime) -> float:
    text = lines[index].text
    if is_boilerplate(text) or read_role(text) is not None or not 1 < len(words(text)) < 40 or len(text) > _MAX_TITLE:
        return 0.0
    if read_date_line(text, now=now) is not None:
        return 0.0
    said = set(words(text.casefold()))
    likeness = len(slug & said) / max(len(slug), 1)
    score = 3 * likeness * min(1.0, len(slug & said) / max(len(said) * 0.5, 1))
    ahead = lines[index + 1 : index + 1 + _LOOK_AHEAD]
    if any(read_role(line.text) is not None for line in ahead):
        score += 0.8
    elif any(read_date_line(line.text, now=now) is not None for line in ahead):
        score += 0.6
    elif any(is_paragraph(line.text) for line in ahead):
        score += 0.3
    if _SITE_SUFFIX.search(text) and likeness < 1:
        score -= 0.2
    if text.endswith(".") or (ends_a_sentence(text) and len(text) > 120):
        score -= 0.8
    return score + (0.2 if 4 <= len(said) <= 25 else 0.0)


def _slug_words(url: str) -> set[str]:
    parts = [part for part in unquote(urlsplit(url).path).split("/") if part.count("-") >= 2]
    slug = re.sub(r"\.\w{2,5}$", "", parts[-1]) if parts else ""
    return {word for word in words(slug.casefold().replace("_", " ")) if not word.isdigit()}
