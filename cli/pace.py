"""Progress on stderr, every few seconds, so that stdout stays for the answer."""

import time

import click

EVERY_SECONDS = 5.0


class Pace:
    """Call it with how many of how many are done; it says so, with the rate, at most every five seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._said = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Take the state down."""
        now = time.monotonic()
        if now - self._said < EVERY_SECONDS:
            return
        self._said = now
        rate = done / (now - self._began)
        click.echo(f"{self._what}: {done:,} of {total:,} ({rate:,.0f}/s), {max(0, total - done):,} remain", err=True)
