"""The records of a topic as rows, a bounded number of bytes at once."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from operations.audit.cut import Cut
from operations.audit.decoding import row_of
from operations.audit.rows import Row
from shared import kafka
from shared.errors import WartaError
from shared.settings import KafkaSettings
from shared.topics import MIB, TOPICS

# Records that may be pages come in small numbers: they are as large as pages, and packed on the way.
MANY_RECORDS, MANY_PAGES = 1000, 20
MOST_FETCHED_BYTES = MIB
POLL_MS = 500
SILENT_SECONDS = 60.0
SAY_EVERY_SECONDS = 5.0


class TopicReader:
    """Reads topics from a cut, one after the other. `async with TopicReader(settings, report) as reader`."""

    def __init__(self, settings: KafkaSettings, report: Callable[[str], None]) -> None:
        self._settings = settings
        self._report = report
        self._consumer: Any = kafka.consumer(
            settings, client_id="warta-audit", fetch_max_bytes=MOST_FETCHED_BYTES, fetch_max_wait_ms=POLL_MS
        )

    async def __aenter__(self) -> Self:
        await kafka.start(self._consumer, self._settings)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._consumer.stop()

    async def rows(self, topic: str, cut: Cut, *, after: Cut | None = None) -> AsyncIterator[list[Row]]:
        """The rows of `topic` up to `cut`, from its beginning or `after` an earlier cut.

        Raises `WartaError` when the brokers are silent for a minute.
        """
        starts = after.ends if after else cut.begins
        behind = {one: cut.ends[one] for one in cut.partitions(topic) if starts[one] < cut.ends[one]}
        if not behind:
            return
        self._consumer.assign(list(behind))
        for partition in behind:
            self._consumer.seek(partition, starts[partition])
        total = sum(end - starts[one] for one, end in behind.items())
        progress = _Progress(self._report if after is None else lambda _line: None, topic, total)
        heard = time.monotonic()
        while behind:
            try:
                batches = await self._consumer.getmany(
                    *behind, timeout_ms=POLL_MS, max_records=MANY_RECORDS if _is_small(topic) else MANY_PAGES
                )
            except KafkaError as error:
                if not kafka.will_pass(error):
                    raise WartaError(f"Kafka doesn't let {topic} be read: {type(error).__name__}") from None
                batches = {}
            records = [one for of_one in batches.values() for one in of_one if one.offset < _end(behind, one)]
            rows = [row for record in records if (row := row_of(record)) is not None]
            if rows:
                yield rows
            progress.read(len(records))
            passed = [one for one, end in behind.items() if await self._consumer.position(one) >= end]
            for partition in passed:
                del behind[partition]
            if batches or passed:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENT_SECONDS:
                raise WartaError(f"no Kafka broker has answered for {SILENT_SECONDS:.0f} s while {topic} was read")
        progress.end()


def _end(behind: dict[TopicPartition, int], record: Any) -> int:
    return behind[TopicPartition(record.topic, record.partition)]


def _is_small(topic: str) -> bool:
    return TOPICS[topic].max_message_bytes <= MIB


class _Progress:
    """A line now and then, and one at the end."""

    def __init__(self, report: Callable[[str], None], topic: str, total: int) -> None:
        self._report = report
        self._topic = topic
        self._total = total
        self._done = 0
        self._said = self._began = time.monotonic()

    def read(self, records: int) -> None:
        self._done += records
        now = time.monotonic()
        if now - self._said >= SAY_EVERY_SECONDS:
            self._said = now
            self._report(f"reading {self._topic}: {self._done:,} of at most {self._total:,} records")

    def end(self) -> None:
        took = time.monotonic() - self._began
        self._report(f"read {self._topic}: {self._done:,} records in {took:.1f} s")
