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


class Repeated:
    """Says a thing on stderr, and again only after a while."""

    REPEAT_SECONDS = 10.0

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, why: str) -> None:
        """Say it, unless it was just said."""
        now = time.monotonic()
        if now - self._said.get(why, -self.REPEAT_SECONDS) >= self.REPEAT_SECONDS:
            self._said[why] = now
            click.echo(f"warning: {why}", err=True)
