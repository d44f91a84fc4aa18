"""pages.fetched into a WARC file: up to the topic's present end, partition by partition, so that it can be repeated."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from operations.ranges import records, require_topics
from operations.replay_pages import Scope, Selection, scope_of, stored_at
from operations.warc.seen import Seen
from operations.warc.writing import gzipped, information, response
from shared import codec, kafka
from shared.errors import DeadLetter, WartaError
from shared.events import PageFetched
from shared.settings import KafkaSettings
from shared.topics import PAGES_FETCHED

UNFINISHED = ".part"
"""The ending of a file that no export has ended, which is no file to import."""


class Export:
    """One export: `await job.run(file)`; `ends` says by what became of them how many records there were."""

    def __init__(
        self, selection: Selection, settings: KafkaSettings, *,
        report: Callable[[int, int], None] = lambda _done, _total: None,
        warn: Callable[[str], None] = lambda _why: None,
    ) -> None:  # fmt: skip
        self._selection = selection
        self._settings = settings
        self._report = report
        self._warn = warn
        self._seen = Seen()
        self.ends: Counter[str] = Counter()

    async def run(self, path: Path) -> None:
        """Write all to a file beside `path` that takes its name once it is whole, gzipped if that ends with .gz.

        Raises `WartaError` where it can't be written, and `KafkaUnreachableError`.
        """
        consumer: Any = kafka.consumer(self._settings, client_id="warta-export")
        await kafka.start(consumer, self._settings)
        unfinished = path.with_name(path.name + UNFINISHED)
        try:
            await require_topics(self._settings)
            scope = await scope_of(self._selection, consumer)
            if scope.kept_from:
                self._warn(f"{PAGES_FETCHED.name} has pages from {scope.kept_from.isoformat()} on: older ones are gone")
            if unfinished.exists():
                self._warn(f"{unfinished} is of an export that was cut short: it is written anew")
            with unfinished.open("wb") as out:
                await self._write(consumer, scope, path, out)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(path)
        except OSError as error:
            raise WartaError(f"can't write {path}: {error.strerror or error}; nothing of it is left") from None
        finally:
            _remove(unfinished)
            await consumer.stop()

    async def _write(self, consumer: Any, scope: Scope, path: Path, out: BinaryIO) -> None:
        packed: Callable[[bytes], bytes] = gzipped if path.name.endswith(".gz") else bytes
        lasts = {partition: (end - 1, end) for partition, (start, end) in scope.ranges.items() if start < end}
        at = max(
            [stored_at(record) async for record in records(consumer, lasts)], default=datetime.fromtimestamp(0, UTC)
        )
        out.write(packed(information(path.name, at, f"pages of {PAGES_FETCHED.name}")))
        read = 0
        for partition in sorted(scope.ranges):
            async for record in records(consumer, {partition: scope.ranges[partition]}):
                out.write(packed(self._record(record)))
                read += 1
                self._report(read, scope.total)

    def _record(self, record: Any) -> bytes:
        """What to write of it, which may be nothing."""
        try:
            envelope = codec.decode(record.headers, record.value)
        except DeadLetter:
            envelope = None
        if envelope is None or not isinstance(envelope.event, PageFetched):
            self.ends["no page"] += 1
        elif not self._selection.takes(envelope.event):
            self.ends["not asked for"] += 1
        elif self._seen.again(codec.event_id("export", envelope.id, 0)):
            self.ends["duplicate"] += 1
        else:
            self.ends["exported"] += 1
            return response(envelope.event, envelope.id)
        return b""


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
