"""The publisher's related list in a text dump: title, age, the picture's caption and the title again, teaser.

Every part but the title may be missing; a paid item carries a label before or after its title.
"""

from datetime import datetime
from itertools import pairwise

from services.parser.boilerplate import is_boilerplate, is_footer, is_sponsor_label
from services.parser.date_lines import read_date_line
from services.parser.dates import Moment, is_plausible
from services.parser.text import ends_a_sentence, fold
from services.parser.text_lines import Line
from shared.articles import RelatedLink

_REPEATS_WITHIN = 7


def read_related(lines: list[Line], *, now: datetime) -> tuple[RelatedLink, ...]:
    """The items in page order; `lines` begin after the list's heading."""
    texts = _own_lines(lines)
    times = [read_date_line(text, now=now) for text in texts]
    title_first = not times or times[0] is None
    starts = [index for index in range(len(texts)) if _starts_item(texts, times, index, title_first=title_first)]
    items = [
        _read_item(
            texts[start:end], times[start:end], is_paid=start > 0 and is_sponsor_label(texts[start - 1]), now=now
        )
        for start, end in pairwise([*starts, len(texts)])
    ]
    return tuple(item for item in items if item is not None)


def first_item(lines: list[Line], *, now: datetime) -> int | None:
    """Where a list without a heading begins: a title, its age at once, and the title again soon."""
    texts = [line.text for line in lines]
    for index, text in enumerate(texts[:-2]):
        age = read_date_line(texts[index + 1], now=now)
        if age is not None and fold(text) in map(fold, texts[index + 2 : index + 2 + _REPEATS_WITHIN]):
            return index
    return None


def _own_lines(lines: list[Line]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if is_footer(line.text):
            break
        if is_sponsor_label(line.text) or not is_boilerplate(line.text):
            kept.append(line.text)
    return kept


def _starts_item(texts: list[str], times: list[Moment | None], index: int, *, title_first: bool) -> bool:
    text = texts[index]
    if not title_first:
        return times[index] is not None and index + 1 < len(texts) and times[index + 1] is None
    if times[index] is not None or is_sponsor_label(text) or index + 1 == len(texts):
        return False
    if times[index + 1] is not None:
        return True
    after = texts[index + 1 : index + 1 + _REPEATS_WITHIN]
    repeats = next((place for place, other in enumerate(after, start=index + 1) if fold(other) == fold(text)), None)
    if repeats is not None:
        return not any(times[index + 1 : repeats])
    is_labelled = index > 0 and is_sponsor_label(texts[index - 1])
    return is_labelled and fold(text) not in map(fold, texts[max(0, index - _REPEATS_WITHIN) : index])


def _read_item(texts: list[str], times: list[Moment | None], *, is_paid: bool, now: datetime) -> RelatedLink | None:
    rest = [text for text, time in zip(texts, times, strict=True) if time is None]
    moment = next((time for time in times if time is not None), None)
    if not rest or (moment is None and len(rest) == 1 and not is_paid):
        return None
    title, rest = rest[0], rest[1:]
    if rest and is_sponsor_label(rest[-1]) and len(rest) > 1:
        rest = rest[:-1]  # the label of the next item
    paid_inside = any(map(is_sponsor_label, rest))
    rest = [text for text in rest if not is_sponsor_label(text)]
    repeats = [place for place, text in enumerate(rest) if fold(text) == fold(title)]
    if repeats:
        teaser = next(iter(rest[repeats[-1] + 1 :]), None)
    else:
        teaser = rest[-1] if rest and (ends_a_sentence(rest[-1]) or len(rest[-1]) >= 60) else None
    at = moment.at if moment is not None and is_plausible(moment.at, now=now) else None
    return RelatedLink(title=title, published_at=at, teaser=teaser, sponsored=is_paid or paid_inside)
