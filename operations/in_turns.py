"""Work on many things at once, but not on all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def in_turns(things: Iterable[T], work: Callable[[T], Awaitable[R]], *, at_once: int) -> list[R]:
    """What `work` gives for each, in order. The first error ends the others, and is raised."""
    slots = asyncio.Semaphore(at_once)

    async def one(thing: T) -> R:
        async with slots:
            return await work(thing)

    tasks = [asyncio.ensure_future(one(thing)) for thing in things]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
