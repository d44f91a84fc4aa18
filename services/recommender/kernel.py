"""How much of its score an article keeps with age."""

from datetime import datetime, timedelta


def time_score(at: datetime | None, anchor: datetime | None, *, half_life: timedelta, floor: float) -> float:
    """From 1 at the anchor down to `floor` far from it, half-way after a half-life; `floor` when a time is unknown."""
    if at is None or anchor is None:
        return floor
    lives: float = abs(anchor - at) / half_life
    kept: float = 2.0 ** -min(lives, 1000.0)
    return floor + (1.0 - floor) * kept
