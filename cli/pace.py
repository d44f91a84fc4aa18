"""Progress on stderr, every few seconds, so that stdout stays for the answer."""

import time
from collections.abc import Callable

import click

EVERY_SECONDS = 5.0


class Pace:
    """Call it with how many of how many are done; it says so, with the rate, at most every five seconds."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._began = self._said = clock()

    def __call__(self, done: int, total: int | None = None) -> None:
        """Take the state down. `total` is None where nobody knows it."""
        now = self._clock()
        if now - self._said < EVERY_SECONDS:
            return
        self._said = now
        rate = done / (now - self._began)
        if total is None:
            click.echo(f"{self._what}: {done:,} ({rate:,.0f}/s)", err=True)
            return
        click.echo(f"{self._what}: {done:,} of {total:,} ({rate:,.0f}/s), {max(0, total - done):,} remain", err=True)
