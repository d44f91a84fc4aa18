"""Dates and ages as an Indonesian newsroom writes them."""

from datetime import datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_UNITS = {"menit": timedelta(minutes=1), "jam": timedelta(hours=1), "hari": timedelta(days=1)}


def parse_age(text: str) -> timedelta:
    """Read an age such as `2 jam` or `20 hari`; raise `ValueError` for another form."""
    count, _, unit = text.partition(" ")
    if unit not in _UNITS:
        raise ValueError(f"age {text!r} must be a number and one of {', '.join(_UNITS)}")
    return int(count) * _UNITS[unit]


def day(at: datetime) -> str:
    """Say `Rabu, 19 Juni 2024`, in WIB."""
    local = at.astimezone(WIB)
    return f"{_DAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year}"


def day_and_time(at: datetime) -> str:
    """Say `Rabu, 19 Juni 2024 19:05 WIB`."""
    return f"{day(at)} {at.astimezone(WIB):%H:%M} WIB"


def ago(at: datetime, now: datetime) -> str:
    """Say `5 menit lalu`, `18 jam lalu` or `7 hari lalu`, rounded down as the site's widget does."""
    age = now - at
    for unit in ("hari", "jam"):
        if age >= _UNITS[unit]:
            return f"{age // _UNITS[unit]} {unit} lalu"
    return f"{max(age // _UNITS['menit'], 1)} menit lalu"


def iso(at: datetime) -> str:
    """Say `2024-06-19T19:05:00+07:00`."""
    return at.astimezone(WIB).isoformat(timespec="seconds")
