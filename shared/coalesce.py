"""Many small awaits, one call: what is asked for in one turn of the event loop is handed over together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Coalescer(Generic[Item, Result]):
    """`await coalescer(item)` gives that item's result; `work` gets up to `most` items and returns a result for each.

    A result that is an exception is raised to the one who asked. An exception of `work` is raised to all.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]], *, most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, item: Item) -> Result:
        """The result for `item`."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._waiting) == 1:
            task = asyncio.create_task(self._flush())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _flush(self) -> None:
        await asyncio.sleep(0)
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), self._most):
            part = waiting[start : start + self._most]
            try:
                results: Sequence[Result | Exception] = await self._work([item for item, _ in part])
            except Exception as error:  # noqa: BLE001 - it is raised to those who wait
                results = [error] * len(part)
            for (_, future), result in zip(part, results, strict=True):
                if future.cancelled():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
