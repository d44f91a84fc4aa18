"""How long to leave a host or a URL alone after trouble. Pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=1)
# A host that asks for more than a day is asked again after a day.
LONGEST_ASKED = timedelta(hours=24)
BUSY_STATUS = frozenset({429, 503})
PASSING_STATUS = frozenset({408, 425, 500, 502, 504})


def pause(attempt: int, first: timedelta) -> timedelta:
    """`first` after the first attempt, then four times as long each time, at most an hour."""
    factor: int = 4 ** min(attempt - 1, 20)
    return min(first * factor, LONGEST)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, seconds or a date; at most a day. None when absent or unreadable."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(timedelta(seconds=int(text)), LONGEST_ASKED)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return min(max(when - now, timedelta(0)), LONGEST_ASKED)
