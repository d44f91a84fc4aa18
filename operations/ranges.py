"""Records of a fixed range of each partition, read without a group and in bounded memory."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition

from shared import kafka
from shared.errors import WartaError
from shared.kafka import KafkaUnreachableError
from shared.settings import KafkaSettings

Ranges = Mapping[TopicPartition, tuple[int, int]]

# Of any size up to 6 MiB each, and more only where they compress well.
MOST_AT_A_POLL = 10
SILENT_SECONDS = 60.0


async def require_topics(settings: KafkaSettings) -> None:
    """Raise `WartaError` when topics are missing: a consumer would wait for them without end."""
    if missing := await kafka.missing_topics(settings):
        raise WartaError(f"topics are missing: {', '.join(missing[:3])}, ...: run `./warta bootstrap`")


async def whole(
    settings: KafkaSettings, client_id: str, partitions: Sequence[TopicPartition], *, every: int,
    report: Callable[[str], None],
) -> AsyncGenerator[Any, None]:  # fmt: skip
    """Every record that these partitions have now; how far it is, `report` is told each so many.

    Raises `WartaError`, `KafkaError`.
    """
    await require_topics(settings)
    consumer: Any = kafka.consumer(settings, client_id=client_id)
    await kafka.start(consumer, settings)
    try:
        starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        total = sum(ends[one] - starts[one] for one in partitions)
        read = 0
        async for record in records(consumer, {one: (starts[one], ends[one]) for one in partitions}):
            read += 1
            if read % every == 0:
                report(f"  {read:,} of {total:,} records")
            yield record
    finally:
        await consumer.stop()


async def records(consumer: Any, ranges: Ranges) -> AsyncGenerator[Any, None]:
    """Every record from each range's first offset up to, not including, its last. In order within a partition.

    Takes over the consumer's assignment. Raises `KafkaUnreachableError` when nothing comes for a minute.
    """
    ends = {partition: end for partition, (start, end) in ranges.items() if start < end}
    if not ends:
        return
    consumer.assign(list(ends))
    for partition in ends:
        consumer.seek(partition, ranges[partition][0])
    heard = time.monotonic()
    while ends:
        batches: dict[TopicPartition, list[Any]] = await consumer.getmany(
            *ends, timeout_ms=500, max_records=MOST_AT_A_POLL
        )
        if batches:
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENT_SECONDS:
            raise KafkaUnreachableError(f"Kafka has sent nothing for {SILENT_SECONDS:.0f} s: is a broker down?")
        for partition, batch in batches.items():
            for record in batch:
                if record.offset < ends[partition]:
                    yield record
        for partition in list(ends):
            if await consumer.position(partition) >= ends[partition]:
                del ends[partition]
                consumer.pause(partition)
        await asyncio.sleep(0)
