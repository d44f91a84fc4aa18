"""Zone names as news pages write them. Indonesia's three have no daylight saving time; the others are fixed offsets."""

import re
from datetime import timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")

_HOURS = {
    "WIB": 7, "WITA": 8, "WIT": 9, "UTC": 0, "GMT": 0, "Z": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "SGT": 8, "MYT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")

NAMES = "|".join(sorted(_HOURS, key=len, reverse=True))


def zone_of(text: str) -> timezone | None:
    """The zone that `text` ("WIB", "+07:00", "GMT+7") names, or None."""
    name = text.strip().upper().removesuffix(")").removeprefix("(")
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]), name)
    if (found := _OFFSET.search(name)) is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > timedelta(hours=14):
        return None
    return timezone(-offset if sign == "-" else offset, f"{sign}{int(hours):02}:{int(minutes or 0):02}")
