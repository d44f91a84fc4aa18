"""When an item of a list was published: what it says to machines, else what readers see beside its title."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

from services.parser.date_lines import read_date_line
from services.parser.dates import Moment, read_epoch, read_moment
from services.parser.text import clean, fold
from services.parser.tree import LexborNode, attribute

_MACHINES = (
    "time[datetime], [data-timestamp], [data-time], [data-date], [data-datetime], [data-published], [data-pubdate],"
    " [data-epoch], :is(time, span, abbr)[title]"
)
_ATTRIBUTES = (
    "datetime", "data-timestamp", "data-time", "data-date", "data-datetime", "data-published", "data-pubdate",
    "data-epoch", "title",
)  # fmt: skip
_BREAKS = (re.compile(r"\s*[|•·●]\s*|\s+[-–—/]\s+"), re.compile(r",\s+|[()]"))  # the wider first: a date has commas
_LONGEST = 80
_NEAR = 4


def time_of(
    item: LexborNode, lines: Mapping[str, Moment | None], *, title: str, now: datetime, zone: tzinfo
) -> Moment | None:  # fmt: skip
    """`lines`: what readers see in the item, with the time that each line as a whole states."""
    machines = _of_machines(item, now=now, zone=zone)
    shown = next((moment for moment in lines.values() if moment is not None), None)
    if machines is not None or shown is not None:
        return shown if machines is None else machines
    for line in lines:
        if len(line) <= _LONGEST and fold(line) != fold(title):
            for part in (part for way in _BREAKS for part in way.split(line)):  # "Daerah | 2 jam lalu"
                if part and (moment := read_date_line(part, now=now, default_zone=zone)) is not None:
                    return moment
    return _after(item, now=now, zone=zone)


def _after(item: LexborNode, *, now: datetime, zone: tzinfo) -> Moment | None:
    """The time that stands between the item and the next link."""
    node = item.next
    for _ in range(_NEAR):
        if node is None or node.tag in {item.tag, "a"} or node.css_first("a[href]") is not None:
            return None
        if moment := read_date_line(clean(node.text()), now=now, default_zone=zone):
            return moment
        node = node.next
    return None


def _of_machines(item: LexborNode, *, now: datetime, zone: tzinfo) -> Moment | None:
    for node in item.css(_MACHINES)[:_NEAR]:
        for name in _ATTRIBUTES:
            if node.tag != "a" and (value := attribute(node, name)):
                moment = read_epoch(value) or read_moment(value, now=now, default_zone=zone)
                if moment is not None:
                    return moment
    return None
