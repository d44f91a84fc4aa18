from typing import Any, NamedTuple

from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from shared.batch import take


class Record(NamedTuple):
    offset: int
    value: bytes | None


class Fetched:
    """A consumer that has fetched these partitions."""

    def __init__(self, partitions: list[list[int]]) -> None:
        self.left = {
            TopicPartition("t", number): [
                Record(offset, b"x" * size if size else None) for offset, size in enumerate(sizes)
            ]
            for number, sizes in enumerate(partitions)
        }
        self.waits: list[int] = []

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Any]]:
        self.waits.append(timeout_ms)
        found: dict[TopicPartition, list[Any]] = {}
        for partition, records in self.left.items():
            found[partition], self.left[partition] = records[:max_records], records[max_records:]
            max_records -= len(found[partition])
        return {partition: records for partition, records in found.items() if records}


sizes = st.lists(st.lists(st.integers(0, 100), max_size=40), max_size=4)


@given(sizes, st.integers(1, 50), st.integers(1, 500))
async def test_batches_are_bounded_and_nothing_is_left_out(
    partitions: list[list[int]], most: int, most_bytes: int
) -> None:
    consumer = Fetched(partitions)
    seen: dict[TopicPartition, list[int]] = {}
    while batch := await take(consumer, most=most, most_bytes=most_bytes, poll_ms=200):
        records = [record for found in batch.values() for record in found]
        assert len(records) <= most
        assert sum(len(record.value or b"") for record in records) < most_bytes + 4 * 100
        for partition, found in batch.items():
            seen.setdefault(partition, []).extend(record.offset for record in found)
    assert list(seen.values()) == [list(range(len(one))) for one in partitions if one]


async def test_only_the_first_record_is_waited_for() -> None:
    consumer = Fetched([[1] * 10])
    await take(consumer, most=200, most_bytes=1000, poll_ms=200)
    assert consumer.waits == [200, 0, 0, 0]
    assert await take(consumer, most=200, most_bytes=1000, poll_ms=200) == {}
    assert consumer.waits[4:] == [200]
