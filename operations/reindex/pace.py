"""Progress of long work, a line now and then."""

import time
from collections.abc import Callable

EVERY_SECONDS = 2.0
Report = Callable[[str], None]


class Pace:
    """Counts what is done; tells `report` how many and how fast, at most every two seconds."""

    def __init__(self, report: Report, what: str) -> None:
        self._report = report
        self._what = what
        self._count = 0
        self._began = self._told = time.monotonic()

    def done(self, count: int = 1) -> None:
        """So many more."""
        self._count += count
        if time.monotonic() - self._told >= EVERY_SECONDS:
            self.tell()

    def tell(self) -> None:
        """Say it now."""
        self._told = time.monotonic()
        seconds = self._told - self._began
        self._report(f"{self._what}: {self._count} in {seconds:.1f} s, {self._count / max(seconds, 0.001):.0f}/s")
