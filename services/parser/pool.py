"""Pages parsed in worker processes: one that hangs, crashes or bloats costs its page and its worker, nothing else.

Workers are fresh interpreters, not forks: the parent's threads and sockets stay out of them.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Coroutine
from typing import Any

import msgspec

from services.parser.parse import Parsed
from services.parser.worker import VERDICTS, Dead, Done, Ready, Skipped, Verdict, frame, frame_length
from shared.errors import DeadLetter, WartaError
from shared.errors import Skip as SkipPage
from shared.events import PageFetched

_START_SECONDS = 60.0
_MAIN = "import sys; from services.parser.worker import main; main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))"
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class PoolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`memory_limit_bytes`: what a worker may add to its warm size. `parse`: what workers call, `module:function`."""

    workers: int = 2
    deadline_seconds: float = 20.0
    memory_limit_bytes: int = 512 * 1024 * 1024
    parse: str = "services.parser.parse:parse"


class ParserPool:
    """A fixed number of warm workers. Not for use from several event loops."""

    def __init__(self, settings: PoolSettings | None = None) -> None:
        self._settings = settings or PoolSettings()
        self._slots: asyncio.Queue[asyncio.Task[_Worker]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[_Worker]] = set()
        self._workers: set[_Worker] = set()
        self._running = False
        self.replaced = 0
        """How many workers were lost to a page so far."""

    async def start(self) -> None:
        """Start all workers and wait until they are warm. Raises `WartaError` when one doesn't come up."""
        self._running = True
        tasks = [self._start_worker() for _ in range(self._settings.workers)]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            await self.stop()
            raise
        for task in tasks:
            self._slots.put_nowait(task)

    async def stop(self) -> None:
        """End all workers at once; pages in them are lost to the caller, who must not commit them."""
        self._running = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.kill() for worker in list(self._workers)))
        self._workers.clear()

    async def parse(self, page: PageFetched) -> Parsed:
        """Parse one page, waiting for a free worker. Raises `Skip` and `DeadLetter` as the parser did.

        Also `DeadLetter` for a page that takes too long, too much memory, or its worker down; `WartaError` when a
        worker can't be replaced or the pool isn't running.
        """
        if not self._running:
            raise WartaError("the parser's pool isn't running: await start() first")
        slot = await self._slots.get()
        try:
            worker = await asyncio.shield(slot)
        except BaseException:
            self._slots.put_nowait(slot if not slot.done() else self._start_worker())
            raise
        verdict: Verdict | None = None
        try:
            verdict = await worker.ask(page, deadline=self._settings.deadline_seconds)
        finally:
            if verdict is None or (isinstance(verdict, Dead) and verdict.reason in _FATAL):
                slot = self._replace(worker)
            self._slots.put_nowait(slot)
        match verdict:
            case Done():
                return verdict.parsed
            case Skipped():
                raise SkipPage(verdict.reason, verdict.detail, canonical_url=verdict.canonical_url)
            case Dead():
                raise DeadLetter(verdict.reason, verdict.detail)
            case _:
                raise WartaError("a parser worker answered out of turn")

    def _replace(self, worker: "_Worker") -> "asyncio.Task[_Worker]":
        """Kill the worker now and start another in the background."""
        self.replaced += 1
        worker.kill_now()
        return self._start_worker(after=worker.kill())

    def _start_worker(self, after: Coroutine[Any, Any, None] | None = None) -> "asyncio.Task[_Worker]":
        task = asyncio.create_task(self._warm_worker(after), name="parser.worker.start")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _warm_worker(self, after: Coroutine[Any, Any, None] | None) -> "_Worker":
        if after is not None:
            await after
        worker = await _Worker.start(self._settings)
        self._workers.add(worker)
        try:
            await worker.wait_until_ready()
        except BaseException:
            worker.kill_now()
            raise
        self._workers = {one for one in self._workers if one.is_alive}
        return worker


_FATAL = frozenset({"parser_timed_out", "parser_crashed", "parser_out_of_memory"})


class _Worker:
    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._pages, self._verdicts = process, process.stdin, process.stdout

    @classmethod
    async def start(cls, settings: PoolSettings) -> "_Worker":
        arguments = (settings.parse, str(settings.memory_limit_bytes), str(os.getpid()))
        paths = os.pathsep.join(path or os.getcwd() for path in sys.path)  # noqa: PTH109 - "" in sys.path is the working directory
        environment = os.environ | _ONE_THREAD | {"PYTHONPATH": paths}
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", _MAIN, *arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment
            )
        )

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def wait_until_ready(self) -> None:
        try:
            async with asyncio.timeout(_START_SECONDS):
                if isinstance(await self._read(), Ready):
                    return
        except (TimeoutError, OSError, EOFError):
            pass
        raise WartaError(
            f"a parser worker didn't start within {_START_SECONDS:.0f} s: check memory, and that"
            f" `{sys.executable} -c 'import services.parser.worker'` runs"
        )

    async def ask(self, page: PageFetched, *, deadline: float) -> Verdict:
        try:
            async with asyncio.timeout(deadline):
                self._pages.write(frame(page))
                await self._pages.drain()
                return await self._read()
        except TimeoutError:
            return Dead(reason="parser_timed_out", detail=f"more than {deadline:g} s")
        except (OSError, EOFError):
            await self.kill()
            return Dead(reason="parser_crashed", detail=f"the worker ended with {self._process.returncode}")

    async def _read(self) -> Verdict:
        head = await self._verdicts.readexactly(4)
        verdict: Verdict = VERDICTS.decode(await self._verdicts.readexactly(frame_length(head)))
        return verdict

    def kill_now(self) -> None:
        if self.is_alive:
            try:
                self._process.kill()
            except ProcessLookupError:
                return

    async def kill(self) -> None:
        self.kill_now()
        await self._process.wait()
        self._pages.close()
