"""A Kafka in memory: topics with partitions, offsets, groups' commits, and compaction at any moment."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from shared.codec import Headers
from shared.delivery import Publisher
from shared.partitions import partition_of
from shared.settings import DeliverySettings, KafkaSettings
from shared.topics import TOPICS


class FakeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer gets."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class FakeLog:
    """`ever` holds all records in the order of their coming, also those that compaction has taken away."""

    def __init__(self) -> None:
        self.ever: list[FakeRecord] = []
        self._kept: dict[tuple[str, int], list[FakeRecord]] = {}
        self._ends: dict[tuple[str, int], int] = {}
        self._committed: dict[tuple[str, str, int], int] = {}

    def append(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> FakeRecord:
        """The record at its place: the key's partition, the next offset."""
        partition = partition_of((key or b"").decode(), TOPICS[topic])
        where = (topic, partition)
        offset = self._ends.get(where, 0)
        record = FakeRecord(
            topic=topic, partition=partition, offset=offset, key=key, value=value, headers=tuple(headers)
        )
        self._ends[where] = offset + 1
        self._kept.setdefault(where, []).append(record)
        self.ever.append(record)
        return record

    def read(self, topic: str, partition: int, offset: int, most: int) -> list[FakeRecord]:
        """At most `most` of the records that are kept, from `offset` on."""
        return [record for record in self._kept.get((topic, partition), []) if record.offset >= offset][:most]

    def end(self, topic: str, partition: int) -> int:
        """The offset of the record to come."""
        return self._ends.get((topic, partition), 0)

    def kept(self, topic: str) -> Iterator[FakeRecord]:
        """The topic's records, by partition."""
        for number in range(TOPICS[topic].partitions):
            yield from self._kept.get((topic, number), [])

    def commit(self, group: str, topic: str, partition: int, offset: int) -> None:
        """Note where the group goes on. Like Kafka it takes any offset, also an earlier one."""
        self._committed[group, topic, partition] = offset

    def committed(self, group: str, topic: str, partition: int) -> int | None:
        """Where the group goes on; None if it never said."""
        return self._committed.get((group, topic, partition))

    def compact(self, topic: str, partition: int, up_to: int) -> None:
        """Of the records before offset `up_to` keep each key's last; what comes after is left as it is, and uncounted.

        So does Kafka's cleaner with all segments but the one that is written to. It keeps offsets.
        """
        kept = self._kept.get((topic, partition), [])
        last = {record.key: record.offset for record in kept if record.offset < up_to}
        self._kept[topic, partition] = [
            record for record in kept if record.offset >= up_to or last[record.key] == record.offset
        ]


class FakePublisher(Publisher):
    """The real publisher on a fake producer. `sending` is called before and after each append and may raise."""

    def __init__(
        self, service: str, log: FakeLog, sending: Callable[[str], None] = lambda _when: None,
        *, delivery: DeliverySettings | None = None,
    ) -> None:  # fmt: skip
        super().__init__(service, KafkaSettings.model_construct(), delivery or DeliverySettings.model_construct())
        self._producer = _Producer(log, sending)


class _Producer:
    def __init__(self, log: FakeLog, sending: Callable[[str], None]) -> None:
        self._log = log
        self._sending = sending

    async def send_and_wait(self, topic: str, *, key: bytes | None, value: bytes | None, headers: Any) -> None:
        self._sending("before")
        self._log.append(topic, key, value, headers)
        self._sending("after")
