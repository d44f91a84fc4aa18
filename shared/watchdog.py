"""The end of a process that isn't live any more, from a thread: a blocked event loop couldn't end itself."""

import asyncio
import faulthandler
import os
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

from shared.health import Health
from shared.logs import EXIT_UNKNOWN_ERROR, get_logger

log = get_logger()
TICK_SECONDS = 1.0
SAYING_SECONDS = 2.0


class Watchdog:
    """Ends the process, uncommitted, when its loop is blocked or its health says that nothing moves."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._ticked = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Watch from now on."""
        self._task = asyncio.create_task(self._tick())
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stop.set()
        if self._task:
            self._task.cancel()

    async def _tick(self) -> None:
        while True:
            self._ticked = time.monotonic()
            await asyncio.sleep(TICK_SECONDS)

    def _watch(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            blocked = time.monotonic() - self._ticked
            if blocked >= self._health.stall_seconds:
                self._end(f"the event loop is blocked for {blocked:.0f} s")
            if because := self._health.stalled_because:
                self._end(because)

    @staticmethod
    def _end(why: str) -> NoReturn:
        # In a thread of its own: the blocked one may hold the lock of the log or of stdout.
        saying = threading.Thread(target=_say, args=(why,), daemon=True)
        saying.start()
        saying.join(SAYING_SECONDS)
        os._exit(EXIT_UNKNOWN_ERROR)


def _say(why: str) -> None:
    with suppress(OSError):
        faulthandler.dump_traceback(sys.stderr, all_threads=True)
    log.critical("service.stalled", **{"error.message": f"{why}; ending, so that it is started again"})
