"""The only place that reads the clock; only `app.py` files and shells call it."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """The time, aware, in UTC, to the millisecond: what versions are made of."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
