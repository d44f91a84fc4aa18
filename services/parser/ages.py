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
_UNITS = {
    "seconds": r"detik|dtk|secs?|s|sekunden?|secondes?|segundos?|second[io]|seconden|sekunder?|секунд\w*|saniye"
    r"|sekuntia",
    "minutes": r"menit|mnt|minit|mins?|m|minut(?:en?|es?|os?|i|er|ter|[ęy])?|minuut|minutt|минут\w*|dakika|dk"
    r"|minuuttia",
    "hours": r"jam|hrs?|h|stunden?|std|heures?|horas?|or[ea]|uur|uren|timm(?:e|ar)|time[rn]?|godz(?:in[ęay]?)?|час\w*"
    r"|saat|tunti(?:a)?",
    "days": r"hari|days?|d|tag(?:e|en)?|jours?|d[ií]as?|giorn[io]|dag(?:en|ar|er|e)?|dni(?:a)?|dzień|день|дн\w+|gün"
    r"|päivää",
    "weeks": r"minggu|pekan|wks?|w|wochen?|semaines?|semanas?|settiman[ae]|weken|veck(?:a|or)|uker?|uger?|tydzień"
    r"|tygodni\w*|недел\w*|hafta|viikkoa",
    "months": r"bulan|bln|mo|monat(?:e|en)?|mois|m[eê]s(?:es)?|mes[ei]|maand(?:en)?|månad(?:er)?|måned(?:er)?|miesi\w+"
    r"|месяц\w*|ay|kuukautta",
    "years": r"tahun|thn|yrs?|y|jahr(?:e|en)?|ans?|años?|anos?|ann[io]|jaar|år|lata?|rok|год\w*|лет|yıl|vuotta",
}
_NAMED_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items())
# "vor 3 Stunden", "il y a 2 heures", "hace 3 horas", "há 2 dias", "for 2 timer siden"; "2 ore fa", "2h ago"
_OTHER = re.compile(
    r"^\W*(?:(?P<before>vor|il y a|hace|há|for|för|před|acum)\s+)?"
    rf"(?P<count>\d{{1,4}}|eine[rnm]?|une?|uma?|una|een|één|ett?|bir)\s*(?:{_NAMED_UNIT})\.?"
    r"(?:\s+(?P<after>ago|(?:yang )?(?:lalu|lepas)|fa|geleden|sedan|siden|temu|önce|назад|тому|sitten|atrás))?\W*$"
)
_EAST_ASIAN = re.compile(
    r"^\W*(?:約|约|약\s?)?(?P<count>\d{1,4})\s?(?:(?P<seconds>秒|초)|(?P<minutes>分[钟鐘]?|분)|(?P<hours>個?个?小[时時]|時間|시간)"
    r"|(?P<days>[日天]|일)|(?P<weeks>週間|[周週]|주)|(?P<months>[かヶケ個个]月|개월)|(?P<years>年|년))\s?(?:之?前|以前|전)\W*$"
)


def read_age(text: str) -> Age | None:
    """The age that is all of `text`, or None."""
    text = " ".join(text.lower().split())
    bare = text.strip(".|-– ")
    if (fixed := _FIXED.get(bare)) is not None:
        return Age(exact=fixed)
    if (months := _LAST.get(bare)) is not None:
        return Age(months=months, exact=timedelta() if months else timedelta(weeks=1))
    if (found := _AGE.match(text)) is None:
        found = _OTHER.match(text)
        said = found is not None and bool(found["before"] or found["after"])
        found = found if said else None if text.isascii() else _EAST_ASIAN.match(text)
        return _age_in(found) if found is not None else None
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


def _age_in(found: re.Match[str]) -> Age | None:
    number = int(found["count"]) if found["count"].isdigit() else 1
    unit = next(name for name in _UNITS if found[name])
    if unit in {"months", "years"}:
        return _bounded(number * (12 if unit == "years" else 1), timedelta())
    return _bounded(0, timedelta(**{unit: number}))


def _bounded(months: int, exact: timedelta) -> Age | None:
    return Age(months=months, exact=exact) if months < 1200 and exact < timedelta(days=36500) else None
