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
    "kemarin lusa": timedelta(days=2), "kemarin dulu": timedelta(days=2),
}  # fmt: skip
_UNIT = "|".join((*_EXACT, *_MONTHS))
_COUNT = r"(?:\d{1,4}|" + "|".join(_NUMBERS) + r")"
_PART = re.compile(rf"(?:(?P<count>{_COUNT})\s+|se)(?P<unit>{_UNIT})s?", re.IGNORECASE)
_AGE = re.compile(
    rf"^\W*(?:sekitar\s+|about\s+)?(?P<parts>(?:(?:{_COUNT}\s+|se)(?:{_UNIT})s?[\s,]*)+?)\s*(?:yang\s+)?(?:lalu|ago)\b\W*$",
    re.IGNORECASE,
)


def read_age(text: str) -> Age | None:
    """The age that is all of `text`, or None."""
    text = " ".join(text.lower().split())
    if (fixed := _FIXED.get(text.strip(".|-– "))) is not None:
        return Age(exact=fixed)
    if (found := _AGE.match(text)) is None:
        return None
    months, exact = 0, timedelta()
    for part in _PART.finditer(found["parts"]):
        count = part["count"] or "1"
        number = int(count) if count.isdigit() else _NUMBERS[count]
        if part["unit"] in _MONTHS:
            months += number * _MONTHS[part["unit"]]
        else:
            exact += number * _EXACT[part["unit"]]
    return Age(months=months, exact=exact) if months < 1200 and exact < timedelta(days=36500) else None
