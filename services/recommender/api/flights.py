"""Answers of Elasticsearch, a bounded number at once, and each only once for all who ask for it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from services.recommender.api.problems import busy

T = TypeVar("T")


class Flights:
    """At most `at_once` run and `waiting` more wait; a caller that leaves doesn't end what others wait for."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}

    async def join(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` gives, or what it gives to another caller with the same key who came first.

        Raises `ProblemError` (503) when too many wait, and what `work` raises.
        """
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= self._most:
                raise busy("too much is being worked on: try again")
            task = asyncio.create_task(self._run(work))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def _run(self, work: Callable[[], Awaitable[T]]) -> T:
        async with self._slots:
            return await work()

    def _ended(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # all who waited may have left
