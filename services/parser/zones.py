"""Zone names as news pages write them. Indonesia's three have no daylight saving time; the others are fixed offsets."""

import re
from datetime import timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WIB = timezone(timedelta(hours=7), "WIB")

_HOURS = {
    "WIB": 7, "WITA": 8, "WIT": 9, "UTC": 0, "GMT": 0, "Z": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "SGT": 8, "MYT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")

NAMES = "|".join(sorted(_HOURS, key=len, reverse=True))
_AMERICAN = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_AMERICAN_NAME = re.compile(r"\s*\(?(ET|CT|MT|PT)\b")
# Countries of one zone, or nearly: their own top-level domain tells the clock that a page without a zone means.
_OF_COUNTRY = {
    "de": "Europe/Berlin", "at": "Europe/Vienna", "ch": "Europe/Zurich", "li": "Europe/Vaduz",
    "lu": "Europe/Luxembourg", "nl": "Europe/Amsterdam", "be": "Europe/Brussels", "fr": "Europe/Paris",
    "it": "Europe/Rome", "es": "Europe/Madrid", "pt": "Europe/Lisbon", "uk": "Europe/London", "ie": "Europe/Dublin",
    "dk": "Europe/Copenhagen", "no": "Europe/Oslo", "se": "Europe/Stockholm", "fi": "Europe/Helsinki",
    "ee": "Europe/Tallinn", "lv": "Europe/Riga", "lt": "Europe/Vilnius", "pl": "Europe/Warsaw",
    "cz": "Europe/Prague", "sk": "Europe/Bratislava", "hu": "Europe/Budapest", "hr": "Europe/Zagreb",
    "si": "Europe/Ljubljana", "rs": "Europe/Belgrade", "ro": "Europe/Bucharest", "bg": "Europe/Sofia",
    "gr": "Europe/Athens", "tr": "Europe/Istanbul", "ua": "Europe/Kyiv", "by": "Europe/Minsk",
    "is": "Atlantic/Reykjavik", "il": "Asia/Jerusalem", "ir": "Asia/Tehran", "sa": "Asia/Riyadh",
    "ae": "Asia/Dubai", "lb": "Asia/Beirut", "eg": "Africa/Cairo", "ma": "Africa/Casablanca", "ng": "Africa/Lagos",
    "ke": "Africa/Nairobi", "tz": "Africa/Dar_es_Salaam", "za": "Africa/Johannesburg", "na": "Africa/Windhoek",
    "in": "Asia/Kolkata", "pk": "Asia/Karachi", "bd": "Asia/Dhaka", "lk": "Asia/Colombo", "np": "Asia/Kathmandu",
    "th": "Asia/Bangkok", "vn": "Asia/Ho_Chi_Minh", "my": "Asia/Kuala_Lumpur", "sg": "Asia/Singapore",
    "ph": "Asia/Manila", "hk": "Asia/Hong_Kong", "tw": "Asia/Taipei", "cn": "Asia/Shanghai", "jp": "Asia/Tokyo",
    "kr": "Asia/Seoul", "nz": "Pacific/Auckland", "ar": "America/Argentina/Buenos_Aires", "py": "America/Asuncion",
    "uy": "America/Montevideo", "pe": "America/Lima", "ve": "America/Caracas", "id": "Asia/Jakarta",
}  # fmt: skip


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


def american_zone(text: str) -> tzinfo | None:
    """The zone, with its daylight saving time, that `text` begins with after a clock of twelve hours, as "ET".

    Elsewhere these letters are words, or companies.
    """
    found = _AMERICAN_NAME.match(text)
    return _zone_info(_AMERICAN[found[1]]) if found is not None else None


@cache
def zone_of_country(country: str) -> tzinfo | None:
    """The zone of a country by its top-level domain; None where it has several, or this machine doesn't know it."""
    return _zone_info(_OF_COUNTRY[country]) if country in _OF_COUNTRY else None


def _zone_info(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        return None
