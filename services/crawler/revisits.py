"""When a page is looked at again: early and often while it is new, then ever less, then no more. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta


class Revisits:
    """`ages` are those at which a page is looked at again, counted from its first fetch, rising."""

    def __init__(self, ages: Sequence[timedelta] = ()) -> None:
        self._ages = tuple(ages)

    def next(self, first_at: datetime, last_at: datetime) -> datetime | None:
        """When the page is due that was fetched first and last at these times; visits that were missed are left out."""
        age = last_at - first_at
        return next((first_at + due for due in self._ages if due > age), None)
