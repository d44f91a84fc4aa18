"""Ages in words: "18 jam lalu", "sejam lalu", "dua hari yang lalu", "1 jam 20 menit lalu", "kemarin", "3 hours ago"."""

import re
from datetime import timedelta

import msgspec


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """A time span back from now: calendar months and an exact rest."""

    months: int = 0
    exact: timedelta = timedelta()


_NUMBERS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "sebelas": 11, "beberapa": 1, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_EXACT = {
    "detik": timedelta(seconds=1), "menit": timedelta(minutes=1), "jam": timedelta(hours=1), "hari": timedelta(days=1),
    "minggu": timedelta(weeks=1), "pekan": timedelta(weeks=1), "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1), "min": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}  # fmt: skip
_MONTHS = {"bulan": 1, "tahun": 12, "month": 1, "year": 12}
_FIXED = {
    "baru saja": timedelta(), "just now": timedelta(), "kemarin": timedelta(days=1), "yesterday": timedelta(days=1),
    "tadi malam": timedelta(hours=12), "semalam": timedelta(hours=12), "last night": timedelta(hours=12),
    "hari ini": timedelta(), "today": timedelta(), "tadi pagi": timedelta(), "tadi siang": timedelta(),
    "tadi sore": timedelta(), "barusan": timedelta(), "now": timedelta(), "gerade eben": timedelta(),
    "gestern": timedelta(days=1), "hier": timedelta(days=1), "ayer": timedelta(days=1), "ontem": timedelta(days=1),
    "ieri": timedelta(days=1), "gisteren": timedelta(days=1), "heute": timedelta(), "hoy": timedelta(),
    "kemarin lusa": timedelta(days=2), "kemarin dulu": timedelta(days=2),
}  # fmt: skip
_LAST = {
    "minggu lalu": 0, "pekan lalu": 0, "last week": 0, "bulan lalu": 1, "last month": 1, "tahun lalu": 12,
    "last year": 12,
}  # fmt: skip
_UNIT = "|".join((*_EXACT, *_MONTHS))
_WORDS = "|".join(_NUMBERS)
_COUNT = rf"(?:(?:(?:\d{{1,3}}|{_WORDS})\s+)?setengah|half(?: an?)?|\d{{1,4}}|{_WORDS})"
_PART = re.compile(rf"(?:(?P<count>{_COUNT})\s+|se)(?P<unit>{_UNIT})s?")
_AGE = re.compile(
    rf"^\W*(?:sekitar\s+|about\s+)?(?P<parts>(?:(?:{_COUNT}\s+|se)(?:{_UNIT})s?[\s,]*)+?)\s*(?:yang\s+)?(?:lalu|ago)\b\W*$"
)
# German, French, Spanish and Portuguese say it before: "vor 3 Stunden", "il y a 2 heures", "hace 3 horas", "há 2 dias".
_BEFORE = re.compile(
    r"^\W*(?:vor|il y a|hace|há)\s+(?P<count>\d{1,4}|eine[rnm]?|une?|uma?|una)\s+(?:"
    r"(?P<minutes>minuten?|minutes?|minutos?)|(?P<hours>stunden?|heures?|horas?)|(?P<days>tag(?:e|en)?|jours?|d[ií]as?)"
    r"|(?P<weeks>wochen?|semaines?|semanas?)|(?P<months>monat(?:e|en)?|mois|mes(?:es)?|m[êe]s(?:es)?)"
    r"|(?P<years>jahr(?:e|en)?|ans?|años?|anos?))\W*$",
    re.IGNORECASE,
)


def read_age(text: str) -> Age | None:
    """The age that is all of `text`, or None."""
    text = " ".join(text.lower().split())
    bare = text.strip(".|-– ")
    if (fixed := _FIXED.get(bare)) is not None:
        return Age(exact=fixed)
    if (months := _LAST.get(bare)) is not None:
        return Age(months=months, exact=timedelta() if months else timedelta(weeks=1))
    if (found := _BEFORE.match(text)) is not None:
        return _age_before(found)
    if (found := _AGE.match(text)) is None:
        return None
    months, exact = 0, timedelta()
    for part in _PART.finditer(found["parts"]):
        number = _number(part["count"] or "1")
        if part["unit"] in _MONTHS:
            months += int(number * _MONTHS[part["unit"]])
        else:
            exact += number * _EXACT[part["unit"]]
    return _bounded(months, exact)


def _number(count: str) -> float:
    """Of "3", "dua", "setengah" (a half) and "satu setengah" (one and a half)."""
    *whole, last = count.split()
    if count.startswith("half") or last == "setengah":
        return 0.5 + (_number(whole[0]) if last == "setengah" and whole else 0)
    return int(count) if count.isdigit() else _NUMBERS[count]


def _age_before(found: re.Match[str]) -> Age | None:
    number = int(found["count"]) if found["count"].isdigit() else 1
    unit = next(name for name, text in found.groupdict().items() if text and name != "count")
    if unit in {"months", "years"}:
        return _bounded(number * (12 if unit == "years" else 1), timedelta())
    return _bounded(0, timedelta(**{unit: number}))


def _bounded(months: int, exact: timedelta) -> Age | None:
    return Age(months=months, exact=exact) if months < 1200 and exact < timedelta(days=36500) else None
