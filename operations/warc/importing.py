"""WARC and WET files into pages.fetched, as if fetched when each record says: acknowledged, in bounded memory."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec

from operations.ranges import require_topics
from operations.warc import checkpoint
from operations.warc.batches import IMPORTED, Batch, Broken, batches
from operations.warc.checkpoint import Checkpoint, Mark
from operations.warc.decoded import Position
from operations.warc.room import Room
from operations.warc.seen import Seen
from services.crawler.settings import CrawlerSettings
from shared import kafka
from shared.clock import utcnow
from shared.delivery import Outgoing, Publisher
from shared.errors import DeadLetter, WartaError
from shared.settings import DeliverySettings, KafkaSettings

STANDARD_INPUT = "-"


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of what an import talks to and heeds."""

    kafka: KafkaSettings
    delivery: DeliverySettings
    crawler: CrawlerSettings


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file has been read: `size` is None where it isn't known."""

    name: str
    records: int
    offset: int
    size: int | None


class Import:
    """One import: `await job.run(files, stopping)`; its attributes say what came of it, after an error too.

    `ends` counts the records by what became of them. `told` is called with the file and what can't be read of it,
    `report` with how far it is, `warn` with what a person should know. `unfinished` are the files that the same call
    goes on with.
    """

    def __init__(
        self, servers: Servers, *, sites: tuple[str, ...] = (), restart: bool = False,
        told: Callable[[str, Broken], None] = lambda _name, _broken: None,
        report: Callable[[Reached], None] = lambda _reached: None,
        warn: Callable[[str], None] = lambda _why: None,
    ) -> None:  # fmt: skip
        self._servers = servers
        self._sites = sites
        self._restart = restart
        self._told = told
        self._report = report
        self._warn = warn
        self._cluster = ""
        self._seen = Seen()
        self.ends: Counter[str] = Counter()
        self.unfinished: list[str] = []

    async def run(self, files: Sequence[str], stopping: asyncio.Event) -> None:
        """Import `files` one after the other (`-` is standard input), until `stopping` is set: then the batch at hand.

        To run it again is harmless. Raises `WartaError` for a file that can't be opened, and `KafkaUnreachableError`.
        """
        servers = self._servers
        await require_topics(servers.kafka)
        self._cluster = await _cluster_id(servers.kafka)
        async with AsyncExitStack() as stack:
            self._room = await stack.enter_async_context(Room(servers.kafka, servers.crawler, self._warn))
            self._publisher = Publisher("import", servers.kafka, servers.delivery, waiting=self._warn)
            await self._publisher.start()
            stack.push_async_callback(self._publisher.stop)
            for place, name in enumerate(files):
                if stopping.is_set():
                    self.unfinished += files[place:]
                    return
                await self._file(name, stopping)
        if not self.unfinished:  # else the same call would do again what is done
            for name in set(files) - {STANDARD_INPUT}:
                checkpoint.forget(Path(name))

    async def _file(self, name: str, stopping: asyncio.Event) -> None:
        if name == STANDARD_INPUT:
            await self._through(name, sys.stdin.buffer, None, _Progress(mark=None), stopping)
            return
        path = Path(name)
        try:
            mark = checkpoint.mark_of(path, cluster=self._cluster, sites=self._sites)
            before = None if self._restart else checkpoint.stored(path, mark)
            size, file = _opened(path)
        except OSError as error:
            raise WartaError(f"can't read {name}: {error.strerror}") from None
        progress = _Progress(mark=mark, before=before)
        if before is not None:
            self.ends.update(before.ends)
            if before.done:
                self._warn(f"{name} was imported before; --restart does it again")
                file.close()
                return
            self._warn(f"{name}: going on at byte {before.position.offset:,}; --restart begins anew")
        with file:
            await self._through(name, file, size, progress, stopping)

    async def _through(
        self, name: str, file: BinaryIO, size: int | None, progress: "_Progress", stopping: asyncio.Event
    ) -> None:
        """Send one batch while the next one is read."""
        reading = batches(file, progress.position, now=utcnow(), seen=self._seen, sites=self._sites)
        coming = asyncio.create_task(asyncio.to_thread(_next, reading))
        early = False
        try:
            while (batch := await coming) is not None:
                coming = asyncio.create_task(asyncio.to_thread(_next, reading))
                await self._room.wait(stopping)
                if stopping.is_set():
                    self.unfinished.append(name)
                    break
                early = await self._send(name, batch, progress)
                self._report(
                    Reached(name=name, records=progress.ends.total(), offset=progress.position.offset, size=size)
                )
            else:
                progress.done = not early
        finally:
            await asyncio.gather(coming, return_exceptions=True)
            self._keep(name, progress, now=True)
        if early:
            self.unfinished.append(name)

    async def _send(self, name: str, batch: Batch, progress: "_Progress") -> bool:
        """Send a batch and keep how far it reaches; whether the file ends too early there."""
        ends = Counter(await asyncio.gather(*map(self._publish, batch.pages)))
        ends.update(+batch.ends)
        self.ends.update(ends)
        progress.ends.update(ends)
        progress.position = batch.reached
        for broken in batch.broken:
            self._told(name, broken)
        self._keep(name, progress)
        return any(broken.early for broken in batch.broken)

    async def _publish(self, page: Outgoing) -> str:
        try:
            await self._publisher.publish(page)
        except DeadLetter:
            return "too large"
        return IMPORTED

    def _keep(self, name: str, progress: "_Progress", *, now: bool = False) -> None:
        if (found := progress.checkpoint(now=now)) is None:
            return
        try:
            checkpoint.store(Path(name), found)
        except OSError as error:
            progress.mark = None
            self._warn(
                f"no checkpoint can be kept beside {name} ({error.strerror}): once interrupted, it begins anew, which "
                "takes time but does no harm"
            )


class _Progress:
    """How far one file is, and when that was last kept. Without a `mark` nothing is."""

    KEPT_EVERY_SECONDS = 1.0

    def __init__(self, *, mark: Mark | None, before: Checkpoint | None = None) -> None:
        self.mark = mark
        self.position = before.position if before else Position()
        self.ends = Counter(before.ends) if before else Counter[str]()
        self.done = False
        self._kept = asyncio.get_running_loop().time()

    def checkpoint(self, *, now: bool) -> Checkpoint | None:
        """What to keep, if it is time."""
        moment = asyncio.get_running_loop().time()
        if self.mark is None or not (now or moment - self._kept >= self.KEPT_EVERY_SECONDS):
            return None
        self._kept = moment
        return Checkpoint(mark=self.mark, position=self.position, ends=dict(self.ends), done=self.done)


def _opened(path: Path) -> tuple[int, BinaryIO]:
    return path.stat().st_size, path.open("rb")


def _next(reading: Iterator[Batch]) -> Batch | None:
    return next(reading, None)


async def _cluster_id(settings: KafkaSettings) -> str:
    client = kafka.admin(settings)
    await kafka.start(client, settings)
    try:
        return str((await client.describe_cluster()).get("cluster_id") or "")
    finally:
        await client.close()
