"""The times that readers see near the title: of the publication, of a change; ages where there is nothing better."""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo

from services.parser.ages import read_age
from services.parser.date_lines import is_modification, of_modification, of_publication, read_date_line, without_label
from services.parser.dates import Moment, names_a_day, read_epoch, read_moment
from services.parser.text_body import is_related_heading
from services.parser.times import Stated
from services.parser.tree import BLOCKS, LexborNode, ancestors, attribute, lines_of, short_text, text_of

_NEAR = 4
_LONGEST = 159
_LABEL = 40
_DAY = 86_400  # seconds
_PROSE = 120
_SHORTEST = 3
_DIGIT = re.compile(r"\d")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_TEXTS = "h1, h2, h3, h4, time, span, div, p, li, small, em, i, b, strong, td, dd, a"
_PARTS = BLOCKS | {"span", "small"}
_CHANGED = re.compile(r"updated?|modif|diperbarui", re.IGNORECASE)
_PUBLISHED = re.compile(r"publi|posted|terbit|created", re.IGNORECASE)
_MACHINES = (
    "time, abbr[title], [data-timestamp], [data-time], [data-date], [data-datetime], [data-published], [data-publish],"
    " [data-pubdate], [data-livestamp], [data-epoch]"
)
_ATTRIBUTES = (
    "datetime", "data-timestamp", "data-time", "data-date", "data-datetime", "data-published", "data-publish",
    "data-pubdate", "data-livestamp", "data-epoch", "title", "content",
)  # fmt: skip
_MOST = 20


def shown_publication(title_node: LexborNode | None, *, now: datetime, zone: tzinfo) -> list[Stated]:
    """The absolute time of the first date line near the title, if any; the nearer, the surer."""
    seen: dict[int, Moment | None] = {}
    for steps, around in _around(title_node):
        moment = _near_title(around, title_node, seen, is_close=steps < 2, now=now, zone=zone)
        if moment is not None:
            return [Stated(moment=moment, source="text", confidence=0.75 - steps * 0.1, is_visible=True)]
    return []


def shown_modification(title_node: LexborNode | None, *, now: datetime, zone: tzinfo) -> list[Stated]:
    """The absolute time of the first line near the title that tells of a change."""
    for _, around in _around(title_node):
        for node in _texts_of(around, title_node):
            own = node.text(deep=False)
            if len(own) > _LONGEST or own.isspace() or not is_modification(own):
                continue
            text = " ".join((short_text(node, longest=_LONGEST) or "").split())
            if (said := of_modification(text)) and _DIGIT.search(said):
                moment = read_date_line(said.strip("|-–•· "), now=now, default_zone=zone)
                if moment is not None and moment.precision != "age":
                    return [Stated(moment=moment, source="text", confidence=0.7, is_visible=True)]
    return []


def hidden_times(title_node: LexborNode | None, *, now: datetime, zone: tzinfo) -> list[Stated]:
    """What scripts are to show near the title: a time in an attribute, the first that isn't another article's."""
    for steps, around in _around(title_node):
        for node in around.css(_MACHINES)[:_MOST]:
            if _is_changed(node) or any(up.tag == "a" for up in ancestors(node)):
                continue
            for name in _ATTRIBUTES:
                if value := attribute(node, name):
                    moment = read_epoch(value) or read_moment(value, now=now, default_zone=zone)
                    if moment is not None and moment.precision != "age":
                        return [Stated(moment=moment, source="attribute", confidence=0.7 - steps * 0.1)]
    return []


def shown_age(title_node: LexborNode | None, *, now: datetime, zone: tzinfo) -> list[Stated]:
    """The age between title and text ("2 jam lalu"), counted back from the fetch: it may have been shown for longer."""
    for steps, around in _around(title_node):
        for node in _texts_of(around, title_node):
            text = " ".join((short_text(node, longest=_LABEL) or "").split())
            if len(text) < _SHORTEST or is_modification(text):
                continue
            moment = read_date_line(without_label(text), now=now, default_zone=zone)
            is_age = moment is not None and moment.precision == "age"
            if is_age and all(up.tag != "a" for up in ancestors(node)):
                return [Stated(moment=moment, source="age", confidence=0.4 - steps * 0.05, is_visible=True)]
    return []


def _around(title_node: LexborNode | None) -> Iterator[tuple[int, LexborNode]]:
    for steps, around in enumerate(ancestors(title_node) if title_node is not None else ()):
        if steps == _NEAR or around.tag == "body":
            return
        yield steps, around


def _texts_of(around: LexborNode, title_node: LexborNode | None) -> Iterator[LexborNode]:
    """What stands between the title and the text."""
    past_title = False
    for node in around.css(_TEXTS):
        if title_node is not None and node.mem_id == title_node.mem_id:
            past_title = True
        elif past_title:
            if (node.tag in _HEADINGS and _is_of_others(node)) or (node.tag == "p" and len(node.text()) > _PROSE):
                return
            yield node


def _near_title(
    around: LexborNode, title_node: LexborNode | None, seen: dict[int, Moment | None], *, is_close: bool, now: datetime,
    zone: tzinfo,
) -> Moment | None:  # fmt: skip
    """The first date line after the title within `around`, up to another article's card; else, close by, before it."""
    past_title, before = False, None
    for node in around.css(_TEXTS):
        if title_node is not None and node.mem_id == title_node.mem_id:
            past_title = True
            continue
        if past_title and node.tag in _HEADINGS and _is_of_others(node):
            break  # what follows are other articles, with dates of their own
        if node.mem_id not in seen:  # each wider element holds the narrower one's nodes again
            seen[node.mem_id] = _date_of(node, now=now, zone=zone)
        moment = seen[node.mem_id]
        if moment is not None and past_title:
            return moment
        if moment is not None and moment.precision != "day":  # a bare day above the title is often today's
            before = moment
    return before if is_close else None


def _is_of_others(heading: LexborNode) -> bool:
    return heading.css_first("a[href]") is not None or is_related_heading(text_of(heading))


def _date_of(node: LexborNode, *, now: datetime, zone: tzinfo) -> Moment | None:
    """The absolute time of publication that the node itself states."""
    if node.tag == "time":
        told = attribute(node, "datetime")
        moment = read_moment(told, now=now, default_zone=zone) or read_epoch(told)
        if moment is not None:
            return None if _is_changed(node) else moment
    own = node.text(deep=False)
    text = own if len(own.strip()) > 6 else short_text(node, longest=_LONGEST) or "" if node.tag == "time" else ""
    if not 6 < len(text) <= _LONGEST or not _DIGIT.search(text):
        return None
    moment = _of_line(text, now=now, zone=zone)
    if moment is None or _is_changed(node):
        return None
    return _with_clock(node, moment, now=now, zone=zone) if moment.precision == "day" else moment


def _of_line(text: str, *, now: datetime, zone: tzinfo) -> Moment | None:
    line = " ".join(of_publication(text).split()).strip("|-–•· ")
    moment = read_date_line(line, now=now, default_zone=zone)
    return moment if moment is not None and moment.precision != "age" else None


def _with_clock(node: LexborNode, day: Moment, *, now: datetime, zone: tzinfo) -> Moment:
    """The same day with the time that an element beside it states."""
    holder = node.parent
    if holder is None or short_text(holder, longest=_LONGEST) is None:
        return day
    whole = _of_line(" ".join(lines_of(holder, breaking=_PARTS)), now=now, zone=zone)
    is_same = whole is not None and abs((whole.at - day.at).total_seconds()) < _DAY
    return whole if whole is not None and is_same and whole.precision != "day" else day


def _is_changed(node: LexborNode) -> bool:
    """Whether the time of the node is called that of a change: by its names, or the words just before it."""
    names = f"{attribute(node, 'class')} {attribute(node, 'itemprop')}"
    if _CHANGED.search(names):
        return _PUBLISHED.search(names) is None
    before, holder = node.prev, node.parent
    for _ in range(3):
        if before is not None and not before.text().strip():
            before = before.prev
    label = before.text() if before is not None else holder.text(deep=False) if holder is not None else ""
    return len(label) <= _LABEL and is_modification(label) and not names_a_day(label) and read_age(label) is None
