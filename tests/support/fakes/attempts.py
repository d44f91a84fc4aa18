"""Attempts kept in memory, by processes that come and go."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import TopicPartition

from shared.attempts import Attempts
from shared.attempts_store import Texts
from shared.delivery import Record
from shared.errors import DeadLetter
from shared.partitions import partitions
from shared.settings import DeliverySettings
from shared.topics import RELATED_REQUESTS
from tests.support.fakes.log import FakeLog, FakePublisher, FakeRecord

PARTITIONS = partitions(RELATED_REQUESTS)


class FakeAttemptsStore:
    """As the brokers keep them: `texts` outlive the processes, `alive` are the group's members.

    `reading` is called before each answer; while `up` isn't set no broker answers a write, and `lost` tries of the next
    one fail.
    """

    def __init__(self) -> None:
        self.texts: dict[TopicPartition, str] = {}
        self.alive: set[str] = set()
        self.read_for: list[set[TopicPartition]] = []
        self.written: list[set[TopicPartition]] = []
        self.reading: Callable[[], None] = lambda: None
        self.lost = 0
        self.up = asyncio.Event()
        self.up.set()

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def read(self, partitions: Iterable[TopicPartition]) -> tuple[Texts, set[str]]:
        asked = set(partitions)
        self.read_for.append(asked)
        found = {partition: self.texts.get(partition, "") for partition in asked}
        alive = set(self.alive)
        self.reading()
        await asyncio.sleep(0)
        return found, alive

    async def write(self, texts: Callable[[], Texts]) -> None:
        await self.up.wait()
        while self.lost and texts():
            self.lost -= 1
        if kept := texts():
            self.texts |= kept
            self.written.append(set(kept))


class FakeProcess:
    """A process of a service that stops at `limit` dead letters in a row. It owns `owned`, until that is changed."""

    def __init__(self, store: FakeAttemptsStore, name: str, *, limit: int, log: FakeLog | None = None) -> None:
        delivery = DeliverySettings.model_construct(max_consecutive_dead_letters=limit)
        self.owned: list[TopicPartition] = list(PARTITIONS)
        self.publisher = FakePublisher("echo", log or FakeLog(), delivery=delivery)
        self.attempts = Attempts(name, store, delivery, self.publisher)
        self.attempts.follow(lambda: self.owned)

    async def work_on(self, *places: int, bad: bool) -> None:
        """Bring a record of each of these partitions to its end, all at once."""
        records: list[Any] = [record_at(place) for place in places]

        async def one(record: Record) -> None:
            if bad:
                await self.publisher.reject(record, DeadLetter("processing_failed"))
            else:
                self.publisher.succeeded()

        await self.attempts.work_through(records, one)


def record_at(partition: int, offset: int = 0) -> FakeRecord:
    """A record of related.requests."""
    return FakeRecord(
        topic=RELATED_REQUESTS.name, partition=partition, offset=offset, key=None, value=b"", headers=()
    )  # fmt: skip
