"""Ctrl-C once finishes what is at hand, twice ends at once."""

import asyncio
import signal

import click


def stopping_by_signal(what: str) -> asyncio.Event:
    """An event that SIGINT or SIGTERM sets; the second one has its usual effect."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        click.echo(f"stopping after {what}; Ctrl-C again ends at once", err=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return stopping
