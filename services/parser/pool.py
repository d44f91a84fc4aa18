"""Pages parsed in worker processes: one that hangs, crashes or bloats costs its page and its worker, nothing else.

Workers are fresh interpreters, not forks: the parent's threads and sockets stay out of them.
"""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec

from services.parser.parse import Parsed
from services.parser.worker import VERDICTS, Dead, Done, Ready, Skipped, Verdict, frame, frame_length
from shared.delivery import pure
from shared.errors import DeadLetter, WartaError
from shared.errors import Skip as SkipPage
from shared.events import PageFetched

_START_SECONDS = 60.0
# A page on a starved or frozen machine isn't to blame: a worker that has computed for less than half of the deadline is
# given it again, so many times in all.
_DEADLINES = 4
_STDERR_BYTES, _STDERR_LINES = 1000, 3
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

        Also `DeadLetter` for a page that can't be handed over, takes too long, too much memory, or its worker down;
        `WartaError` when a worker can't be replaced or the pool isn't running, or is stopped meanwhile.
        """
        self._require_running()
        slot = await self._slots.get()
        worker: _Worker | None = None
        verdict: Verdict | None = None
        try:
            self._require_running()
            message = pure(frame, page)
            worker = await asyncio.shield(slot)
            verdict = await worker.ask(message, deadline=self._settings.deadline_seconds)
        except asyncio.CancelledError:
            if slot.cancelled():
                self._require_running()
            raise
        finally:
            self._slots.put_nowait(self._next(slot, worker, verdict))
        match verdict:
            case Done():
                return verdict.parsed
            case Skipped():
                raise SkipPage(
                    verdict.reason, verdict.detail, canonical_url=verdict.canonical_url, links=verdict.links
                )  # fmt: skip
            case Dead():
                if verdict.reason in _FATAL:
                    self._require_running()  # a worker that was ended by the stop says nothing of its page
                raise DeadLetter(verdict.reason, verdict.detail)
            case _:
                raise WartaError("a parser worker answered out of turn")

    def _require_running(self) -> None:
        if not self._running:
            raise WartaError("the parser's pool isn't running: await start() first, and stop() after the last page")

    def _next(
        self, slot: "asyncio.Task[_Worker]", worker: "_Worker | None", verdict: Verdict | None
    ) -> "asyncio.Task[_Worker]":
        """What the slot holds for the next page: the same worker, or one in place of a lost one."""
        if not self._running:
            return slot
        if worker is None:
            failed = slot.done() and (slot.cancelled() or slot.exception() is not None)
            return self._start_worker() if failed else slot
        if verdict is None or (isinstance(verdict, Dead) and verdict.reason in _FATAL):
            self.replaced += 1
            worker.kill_now()
            return self._start_worker(after=worker.kill())
        return slot

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
        assert process.stderr is not None
        self._process, self._pages, self._verdicts = process, process.stdin, process.stdout
        self._errors = asyncio.create_task(_tail(process.stderr), name="parser.worker.stderr")

    @classmethod
    async def start(cls, settings: PoolSettings) -> "_Worker":
        arguments = (settings.parse, str(settings.memory_limit_bytes), str(os.getpid()))
        paths = os.pathsep.join(path or os.getcwd() for path in sys.path)  # noqa: PTH109 - "" in sys.path is the working directory
        environment = os.environ | _ONE_THREAD | {"PYTHONPATH": paths}
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", _MAIN, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
            )
        )

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def wait_until_ready(self) -> None:
        try:
            async with asyncio.timeout(_START_SECONDS):
                try:
                    if isinstance(await self._read(), Ready):
                        return
                except (OSError, EOFError):
                    await self._process.wait()
        except TimeoutError:
            pass
        ended = self._process.returncode
        await self.kill()
        why = f"no sign of life for {_START_SECONDS:.0f} s" if ended is None else f"it ended with {ended}"
        raise WartaError(
            f"a parser worker didn't start: {why}; the end of its stderr: {await self._errors or 'nothing'}. Check"
            f" memory, disk, and that `{sys.executable} -c 'import services.parser.worker'` runs"
        )

    async def ask(self, message: bytes, *, deadline: float) -> Verdict:
        answer = asyncio.ensure_future(self._exchange(message))
        began = self._cpu_seconds()
        try:
            for _ in range(_DEADLINES):
                await asyncio.wait({answer}, timeout=deadline)
                if answer.done():
                    return answer.result()
                if self._cpu_seconds() - began >= deadline / 2:
                    break
        except (OSError, EOFError, msgspec.DecodeError):
            await self.kill()
            return Dead(reason="parser_crashed", detail=f"the worker ended with {self._process.returncode}")
        finally:
            answer.cancel()
        return Dead(reason="parser_timed_out", detail=f"more than {deadline:g} s")

    async def _exchange(self, message: bytes) -> Verdict:
        self._pages.write(message)
        await self._pages.drain()
        return await self._read()

    def _cpu_seconds(self) -> float:
        """What the worker has computed so far; where the system doesn't tell, the clock."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return time.monotonic()

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


async def _tail(stream: asyncio.StreamReader) -> str:
    """The last lines of what comes, as one; reading it all keeps a writer from waiting."""
    kept = b""
    while chunk := await stream.read(4096):
        kept = (kept + chunk)[-_STDERR_BYTES:]
    return " | ".join(kept.decode(errors="replace").strip().split("\n")[-_STDERR_LINES:])
