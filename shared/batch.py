"""Taking records from a consumer by count and by bytes: a few hundred small ones or a few large ones, never both."""

from typing import Any

from aiokafka import TopicPartition

# What aiokafka unpacks at once, so what a batch may be over its bytes by.
_AT_ONCE = 4


async def take(consumer: Any, *, most: int, most_bytes: int, poll_ms: int) -> dict[TopicPartition, list[Any]]:
    """At most `most` records that have arrived; none more once they have `most_bytes`. Waits `poll_ms` for the first.

    aiokafka holds what it has fetched compressed, up to `max_partition_fetch_bytes` of each partition.
    """
    taken: dict[TopicPartition, list[Any]] = {}
    count = size = 0
    while count < most and size < most_bytes:
        arrived = await consumer.getmany(
            timeout_ms=0 if count else poll_ms, max_records=min(_AT_ONCE, most - count)
        )  # fmt: skip
        if not arrived:
            break
        for partition, records in arrived.items():
            taken.setdefault(partition, []).extend(records)
            count += len(records)
            size += sum(len(record.value or b"") for record in records)
    return taken
