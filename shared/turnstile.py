"""Many at once, or one alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turnstile:
    """`async with turnstile.shared()` goes with others of its kind, `turnstile.alone()` with nobody.

    Who wants to be alone comes before those that come after.
    """

    def __init__(self) -> None:
        self._inside = 0
        self._entry = asyncio.Lock()
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Enter beside others."""
        async with self._entry:
            self._inside += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Enter when all are out, and keep them out."""
        async with self._entry:
            await self._empty.wait()
            yield
