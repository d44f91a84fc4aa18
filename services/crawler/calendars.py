"""Which addresses are a list by date: an archive's day, a calendar's month. Such lists have no end either way. Pure."""

import re
from datetime import date
from urllib.parse import parse_qsl, urlsplit

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar", "apr", "may mei", "jun", "jul", "aug agu ags", "sep", "oct okt", "nov", "dec des"), 1
    )
    for name in names.split()
}
_NAME = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,7}}"
_YEAR, _MONTH, _DAY = r"(?P<y>\d{4})", rf"(?P<m>\d{{1,2}}|{_NAME})", r"(?P<d>\d{1,2})"
_DAYS = (rf"{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}", rf"{_DAY}[-.]{_MONTH}[-.]{_YEAR}")
_MONTHS_OF_A_YEAR = rf"{_YEAR}[-/.]{_MONTH}"
_OTHERS = (rf"{_DAY}/{_MONTH}/{_YEAR}", rf"{_MONTH}[-/.]{_YEAR}")
_COMPACT = (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", r"(?P<y>\d{4})(?P<m>\d\d)")
_INDEX = r"/(?:index|indeks)"
_WORD = r"/(?:archives?|arsip|calendar|kalender|agenda|events?|kegiatan|jadwal|schedule|daily)"
_END = r"(?:/(?:page|halaman|hal|p)/?\d{1,6})?(?:\.\w{3,5})?/?"
# After a word for such a list less of a date will do, and after "index" a channel or a page's number may follow it.
_PATHS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        *(rf"(?:.*/)?{one}{_END}" for one in (*_DAYS, _MONTHS_OF_A_YEAR)),
        *(
            rf"(?:/[^/]+)*?{word}(?:/[a-z]{{1,20}})*/{one}{more}{_END}"
            for one in (*_DAYS, _MONTHS_OF_A_YEAR, *_OTHERS, *_COMPACT, _YEAR)
            for word, more in ((_INDEX, r"(?:/[a-z]{2,20})*(?:/\d{1,3})?"), (_WORD, ""))
        ),
    )
)
_VALUES = tuple(
    re.compile(rf"{one}(?:[T ].*)?", re.IGNORECASE) for one in (*_DAYS, _MONTHS_OF_A_YEAR, *_OTHERS, *_COMPACT)
)
_DATE_NAMES = re.compile(
    r"(?:.*[-_])?(?:date|day|tgl|tanggal|hari|waktu|datum|fecha|data|dia|jour|ngay|month|bulan|periode?|from|to|m)",
    re.IGNORECASE,
)
_PARTS = {"year": "y", "tahun": "y", "thn": "y", "month": "m", "bulan": "m", "bln": "m", "day": "d", "tgl": "d",
          "tanggal": "d", "hari": "d", "y": "y", "m": "m", "d": "d"}  # fmt: skip
# What may be an article's own: a number, a slug.
_ID = re.compile(r"\d{5,}")
_SLUG = re.compile(r"[^\W\d_][^-]*(?:-[^-]+){2,}")
_ID_NAMES = re.compile(r"(?:.*_)?(?:id|p|slug|title|judul|story)|\w*id", re.IGNORECASE)


def calendar_day(url: str) -> date | None:
    """The day (or first day) of the list that a canonical URL seems to be of; None for what may be an article.

    An article's address may hold a date as well, but never ends in it: its number or its slug is there too.
    """
    parts = urlsplit(url)
    return _of_path(parts.path) or (_of_query(parts.path, parts.query) if parts.query else None)


def _of_path(path: str) -> date | None:
    for pattern in _PATHS:
        found = pattern.fullmatch(path)
        if found is not None and not _may_name(path[: found.start("y")]) and (day := _day(found.groupdict())):
            return day
    return None


def _of_query(path: str, query: str) -> date | None:
    given = dict(parse_qsl(query))
    if _may_name(path) or any(_ID_NAMES.fullmatch(name) for name in given):
        return None
    for name, value in given.items():
        if not _DATE_NAMES.fullmatch(name):
            continue
        for pattern in _VALUES:
            if (found := pattern.fullmatch(value.strip())) and (day := _day(found.groupdict())):
                return day
    named = {_PARTS[name.lower()]: value for name, value in given.items() if name.lower() in _PARTS}
    return _day(named) if "y" in named else None


def _may_name(path: str) -> bool:
    """Whether a segment may be an article's number or slug."""
    return any(_ID.search(segment) or _SLUG.fullmatch(segment) for segment in path.split("/"))


def _day(found: dict[str, str]) -> date | None:
    month = found.get("m") or "1"
    try:
        return date(int(found["y"]), _MONTHS.get(month[:3].lower()) or int(month), int(found.get("d") or 1))
    except ValueError:
        return None
