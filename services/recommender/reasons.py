"""Why an item is on the list, in one line, in Indonesian and English."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.events import RelatedMode

_UNITS = (
    (timedelta(days=365), "tahun", "year"),
    (timedelta(days=30), "bulan", "month"),
    (timedelta(days=7), "minggu", "week"),
    (timedelta(days=1), "hari", "day"),
    (timedelta(hours=1), "jam", "hour"),
    (timedelta(minutes=1), "menit", "minute"),
)
_WEEKS_FROM = timedelta(days=14)


def reason(
    topics: Sequence[str],
    published_at: datetime | None,
    *,
    now: datetime,
    mode: RelatedMode,
    article_at: datetime | None,
) -> dict[str, str]:
    """`{"id": "topik: Korea Utara, Rusia · 18 jam lalu", "en": "topics: Korea Utara, Rusia · 18 hours ago"}`.

    In `context` mode the time is the distance from the article; an unknown time is left out.
    """
    names = ", ".join(topics)
    parts = {"id": [f"topik: {names}"], "en": [f"{'topic' if len(topics) == 1 else 'topics'}: {names}"]}
    return _with_time(parts, published_at, now=now, mode=mode, article_at=article_at)


def editors_pick(
    published_at: datetime | None, *, now: datetime, mode: RelatedMode, article_at: datetime | None, sponsored: bool
) -> dict[str, str]:
    """`{"id": "pilihan redaksi · 18 jam lalu", "en": "editors' pick · 18 hours ago"}`; what is paid for says so."""
    parts = {"id": ["pilihan redaksi"], "en": ["editors' pick"]}
    if sponsored:
        parts["id"].append("konten bersponsor")
        parts["en"].append("sponsored")
    return _with_time(parts, published_at, now=now, mode=mode, article_at=article_at)


def _with_time(
    parts: dict[str, list[str]], published_at: datetime | None, *, now: datetime, mode: RelatedMode,
    article_at: datetime | None,
) -> dict[str, str]:  # fmt: skip
    if published_at is not None:
        if mode == "fresh":
            parts["id"].append(_ago_id(now - published_at))
            parts["en"].append(_ago_en(now - published_at))
        elif article_at is not None:
            parts["id"].append(_apart_id(published_at - article_at))
            parts["en"].append(_apart_en(published_at - article_at))
    return {language: " · ".join(part) for language, part in parts.items()}


def _ago_id(age: timedelta) -> str:
    count, unit, _ = _largest(age)
    return f"{count} {unit} lalu" if count else "baru saja"


def _ago_en(age: timedelta) -> str:
    count, _, unit = _largest(age)
    return f"{count} {unit}{'s' * (count > 1)} ago" if count else "just now"


def _apart_id(distance: timedelta) -> str:
    count, unit, _ = _largest(abs(distance))
    side = "setelah" if distance > timedelta() else "sebelum"
    return f"{count} {unit} {side} artikel ini" if count else "bersamaan dengan artikel ini"


def _apart_en(distance: timedelta) -> str:
    count, _, unit = _largest(abs(distance))
    side = "after" if distance > timedelta() else "before"
    return f"{count} {unit}{'s' * (count > 1)} {side} this article" if count else "at the time of this article"


def _largest(age: timedelta) -> tuple[int, str, str]:
    """The age in whole units of the largest kind; days up to 13, as news sites count."""
    for span, indonesian, english in _UNITS:
        if age >= (_WEEKS_FROM if english == "week" else span):
            return age // span, indonesian, english
    return 0, "", ""
