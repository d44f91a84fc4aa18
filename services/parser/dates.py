"""Dates as news pages write them: ISO, RFC 822, Indonesian and English forms, and ages such as "18 jam lalu".

Nothing here knows the clock: ages count back from `now`, which is the page's fetch time.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from services.parser import ages, zones
from services.parser.months import MONTH, MONTHS

Precision = Literal["second", "minute", "day", "age"]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A time that a page states: aware UTC, with the zone it was written in (None where it named none)."""

    at: datetime
    zone: str | None = None
    precision: Precision = "minute"


_ISO = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<d>\d{1,2})(?!\d)"
    r"(?:\.?[T\s,|]+(?:(?P<before>오전|오후|午前|午後|上午|下午)\s?)?(?P<H>\d{1,2})[:.](?P<M>\d{2})"
    r"(?:[:.](?P<S>\d{2})(?:[.,]\d+)?)?(?:\s?(?P<half>[ap])\.?m\b\.?)?)?",
    re.IGNORECASE,
)
_HALVES = {"午前": "am", "上午": "am", "오전": "am", "午後": "pm", "下午": "pm", "오후": "pm"}
_YEAR = re.compile(r"\d{4}")
_CLOCK = re.compile(r"\d\s?[:.hH]\s?\d\d")
_COMPACT_ISO = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})T(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})")
_DAY = re.compile(
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th|er|º)?[\s./-]+(?:de\s+)?(?P<b>"
    + MONTH
    + r")\b\.?,?[\s/-]+(?:de[l]?\s+)?(?P<y>\d{4})"
    r"|(?P<b2>" + MONTH + r")\b\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{4})"
    r"|(?P<d3>\d{1,2})[/.-](?P<m3>\d{1,2})[/.-](?P<y3>\d{4}))(?!\d)",
    re.IGNORECASE,
)
_UNIX = re.compile(  # as Java and Unix print it: "Tue Oct 08 09:00:00 WIB 2024"
    r"\b(?P<b>" + MONTH + r")\s+(?P<d>\d{1,2})\s+(?P<H>\d{1,2}):(?P<M>\d{2}):(?P<S>\d{2})\s+"
    r"(?P<zone>(?:GMT|UTC)?[+-]\d{2}:?\d{2}|" + zones.NAMES + r")\s+(?P<y>\d{4})\b",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(  # "07.10.24, 10:30": elsewhere these are other numbers
    r"(?<![\d.])(?P<day>\d{1,2}(?P<by>[/.·-])\d{1,2}(?P=by))(?P<y>\d{2})"
    r"(?=[\s,|–-]+(?:(?:um|at|à|alle|às|om|kl\.?)\s+)?\d{1,2}[:.h]\d{2})"
)
_CUT_YEAR = re.compile(rf"\b(?P<b>{MONTH})\.?\s+['’](?P<y>\d{{2}})\b", re.IGNORECASE)
_NAMED_DAY = re.compile(
    r"(?<!\w)(?:(?P<today>hari ini|today|heute|hoy|oggi|hoje|vandaag|i dag|idag|dzisiaj|dziś|bugün|сегодня"
    r"|aujourd['’]hui)"
    r"|kemarin|yesterday|gestern|ayer|ieri|ontem|gisteren|i går|igår|wczoraj|dün|вчера|hier)"
    r"\s*[,|.–-]?\s*(?:(?:pukul|jam|at|um|à|a las|alle(?: ore)?|ore|às|om|kl\.?|o|в)\s+)?"
    r"(?P<H>\d{1,2})\s?[:.hH]\s?(?P<M>\d{2})(?!\d)"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d{1,6})?")
_EAST_ASIAN = re.compile(
    r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일](?:\s?[（(][^）)]{1,4}[）)])?"
    r"(?:[\s,]*(?:(?P<half>午前|午後|上午|下午|오전|오후)\s?)?(?P<H>\d{1,2})\s?[時时시:：]"
    r"(?:\s?(?P<M>\d{1,2})(?:\s?[分분:：](?P<S>\d{2})?)?)?)?"
)
_TIME = re.compile(
    r"^[\s,|()\-–—•·/@]*(?:(?:pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar)\b[\s,]*)?"
    r"(?:pukul|jam|at|pkl?\.?|um|à|a las?|alle(?: ore)?|ore|às|om|kl\.?|klo|saat|o|в)?[\s|]*"
    r"(?P<H>\d{1,2})\s?[:.hHu]\s?(?P<M>\d{2})(?:[:.](?P<S>\d{2}))?(?!\d)"
    r"\s*(?P<half>[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"^\s*\(?(?P<zone>(?:GMT|UTC)\s*[+-]\d{1,2}(?::?\d{2})?|[+-]\d{2}:?\d{2}\b|(?:" + zones.NAMES + r")\b)"
    r"|^(?P<hours>[+-]\d{2})(?![\d:])",
    re.IGNORECASE,
)


def read_moment(text: str, *, now: datetime, default_zone: tzinfo = zones.WIB) -> Moment | None:
    """The first time that `text` states, or None. `default_zone` is for a clock time or day without a zone.

    A day without a clock time is that day's midnight, in UTC where the zone is a country's: guessing moves no day.
    Impossible dates ("31 Februari") are None.
    """
    text = text[:200]
    if (age := ages.read_age(text)) is not None:
        return Moment(at=_back(now, age).astimezone(UTC), precision="age")
    if _YEAR.search(text) is None:
        if _CLOCK.search(text) is None:
            return None  # sooner than the patterns find it out
        if (found := _NAMED_DAY.search(text)) is not None:
            return _on_named_day(found, text[found.end() :], now=now, default_zone=default_zone)
        text = _CUT_YEAR.sub(r"\g<b> 20\g<y>", _SHORT_YEAR.sub(_with_century, text))
        if _YEAR.search(text) is None:
            return None
    if ("年" in text or "년" in text) and (found := _EAST_ASIAN.search(text)) is not None:
        hour = found["H"]
        at_clock = (_of_day(hour, _HALVES.get(found["half"] or "")), found["M"], found["S"])
        return _moment((found["y"], found["m"], found["d"]), at_clock, text[found.end() :], default_zone)
    for pattern in (_ISO, _COMPACT_ISO):
        if (found := pattern.search(text)) is not None:
            parts = found.groupdict()
            day = (parts["y"], parts["m"], parts["d"])
            hour = _of_day(parts["H"], parts.get("half") or _HALVES.get(parts.get("before") or ""))
            return _moment(day, (hour, parts["M"], parts["S"]), text[found.end() :], default_zone)
    if (found := _UNIX.search(text)) is not None:
        day = (found["y"], str(MONTHS.get(found["b"].lower(), 0)), found["d"])
        return _moment(day, (found["H"], found["M"], found["S"]), found["zone"], default_zone)
    if (found := _DAY.search(text)) is None:
        return None
    rest = text[found.end() :]
    clock = _TIME.match(rest)
    if clock is None and (
        before := re.search(
            r"(\d{1,2})[:.](\d{2})\s*(?:" + zones.NAMES + r")?[\s,|–-]*\w*,?\s*$", text[: found.start()]
        )
    ):
        return _moment(_day_of(found), (before[1], before[2], None), before[0][len(before[1]) + 3 :], default_zone)
    if clock is None:
        return _moment(_day_of(found), (None, None, None), rest, default_zone)
    hour = _of_day(clock["H"], clock["half"])
    day = _day_of(found, month_first=bool(clock["half"]) and "/" in found[0])
    rest = rest[clock.end() :]
    american = zones.american_zone(rest) if clock["half"] else None
    return _moment(day, (hour, clock["M"], clock["S"]), rest, american or default_zone, is_named=american is not None)


def _with_century(found: re.Match[str]) -> str:
    return f"{found['day'].replace('·', '.')}20{found['y']}"


def _on_named_day(found: re.Match[str], rest: str, *, now: datetime, default_zone: tzinfo) -> Moment | None:
    """Of "kemarin, 10:30 WIB": by the fetch time, so no surer than an age."""
    named = _ZONE.match(rest)
    zone = (zones.zone_of(named["zone"] or named["hours"]) if named is not None else None) or default_zone
    day = now.astimezone(zone) - timedelta(days=0 if found["today"] else 1)
    hour = int(_of_day(found["H"], found["half"]) or 0)
    try:
        at = day.replace(hour=hour, minute=int(found["M"]), second=0, microsecond=0)
    except ValueError:
        return None
    return Moment(at=at.astimezone(UTC), zone=str(zone) if named is not None else None, precision="age")


def read_epoch(text: str) -> Moment | None:
    """The time that machines state as seconds or milliseconds since 1970."""
    if _EPOCH.fullmatch(text) is None:
        return None
    return Moment(at=datetime.fromtimestamp(int(text[:10]), UTC), zone="UTC", precision="second")


def _of_day(hour: str | None, half: str | None) -> str | None:
    """The hour of 24, where `half` of the day is said."""
    if not hour or not half:
        return hour
    return str(int(hour) % 12 + (12 if half.lower().startswith("p") else 0))


def names_a_day(text: str) -> bool:
    """Whether the text has the form of a date, of an impossible one too."""
    text = text[:200]
    return _YEAR.search(text) is not None and any(pattern.search(text) for pattern in (_ISO, _COMPACT_ISO, _DAY))


def is_plausible(at: datetime, *, now: datetime) -> bool:
    """Whether news can carry this date: from 1990 to a day after the fetch (clocks and zones differ)."""
    return datetime(1990, 1, 1, tzinfo=UTC) <= at <= now + timedelta(days=1)


def _day_of(found: re.Match[str], *, month_first: bool = False) -> tuple[str, str, str]:
    """(year, month, day). Of numbers the day comes first, but for America's, which has the halves of the day."""
    if found["m3"]:
        first, second = found["d3"], found["m3"]
        is_american = int(first) <= 12 and (month_first or int(second) > 12)
        day, month = (second, first) if is_american else (first, second)
        return found["y3"], month, day
    month = MONTHS.get((found["b"] or found["b2"]).lower(), 0)  # 0: "ſep" and the like match without regard to case
    return found["y"] or found["y2"], str(month), found["d"] or found["d2"]


def _moment(
    day: tuple[str, str, str],
    clock: tuple[str | None, str | None, str | None],
    rest: str,
    default_zone: tzinfo,
    *,
    is_named: bool = False,
) -> Moment | None:
    named = _ZONE.match(rest) if clock[0] is not None else None
    zone = zones.zone_of(named["zone"] or named["hours"]) if named is not None else None
    numbers = [int(part or 0) for part in (*day, *clock)]
    if clock[0] is None and isinstance(default_zone, ZoneInfo):
        default_zone = UTC
    try:
        at = datetime(*numbers, tzinfo=zone or default_zone).astimezone(UTC)  # type: ignore[misc,arg-type]
    except (ValueError, OverflowError):
        return None
    precision: Precision = "day" if clock[0] is None else "minute" if clock[2] is None else "second"
    said = zone or (default_zone if is_named else None)
    return Moment(at=at, zone=str(said) if said is not None else None, precision=precision)


def _back(now: datetime, age: ages.Age) -> datetime:
    months = now.year * 12 + now.month - 1 - age.months
    year, month = divmod(months, 12)
    day = now.day
    while True:
        try:
            return now.replace(year=year, month=month + 1, day=day) - age.exact
        except ValueError:
            day -= 1
            if day < 28:
                raise
