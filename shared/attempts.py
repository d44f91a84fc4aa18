"""A record that kills the process again and again is isolated, and becomes a dead letter: its neighbours go on.

What is in work is kept in Kafka, as the metadata of offsets that a group of its own commits, before the work begins: so
the count survives the process, and moves with the partition. A record that was in work when a process died is tried
alone from then on; after `max_deaths` deaths it becomes a dead letter (`crashed_worker`) without another try.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared import kafka
from shared.coalesce import Coalescer
from shared.deaths import Deaths
from shared.delivery import Publisher, Record, TooManyDeadLettersError
from shared.errors import ConfigurationError, DeadLetter
from shared.partitions import partitions
from shared.settings import DeliverySettings, KafkaSettings
from shared.topics import CONSUMERS, TOPICS, group_of
from shared.turnstile import Turnstile

CLOSE_SECONDS = 3.0
# These say nothing of the record that was in work.
INNOCENT = (ConfigurationError, KafkaError, TooManyDeadLettersError)
One = Callable[[Any], Awaitable[None]]


class Located(Protocol):
    """A record, or whatever knows where its record is."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...


def new_instance(service: str) -> str:
    """A name for this process, by which the group's members know it."""
    return f"warta-{service}-{secrets.token_hex(4)}"


class Attempts:
    """What this process has in work, kept where the next one finds it."""

    def __init__(
        self, service: str, instance: str, settings: KafkaSettings, delivery: DeliverySettings, publisher: Publisher,
        *, waiting: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._service = service
        self._instance = instance
        self._settings = settings
        self._most = delivery.max_deaths
        self._publisher = publisher
        self._waiting = waiting
        self._group = f"{group_of(service)}-attempts"
        self._held: dict[TopicPartition, Deaths] = {}
        self._loading = asyncio.Lock()
        self._turnstile = Turnstile()
        self._save = Coalescer[TopicPartition, None](self._commit, most=1000)
        self._consumer: Any = kafka.consumer(settings, client_id=f"{instance}-attempts", group_id=self._group)
        self._admin: Any = kafka.admin(settings)

    async def start(self) -> None:
        """Connect, however long it takes."""
        await kafka.start(self._admin, self._settings, waiting=self._waiting)
        await kafka.start(self._consumer, self._settings, waiting=self._waiting)
        # Assigned only to be allowed to commit: nothing is ever fetched.
        everything = [
            one for topic in CONSUMERS.get(self._service, tuple(TOPICS.values())) for one in partitions(topic)
        ]
        self._consumer.assign(everything)
        self._consumer.pause(*everything)

    async def close(self) -> None:
        """Say that nothing is in work: what a stop cut short did not die."""
        await self._forgive()
        await kafka.leave(self._consumer)
        await self._admin.close()

    def forget(self, partitions: Iterable[TopicPartition]) -> None:
        """They are somebody else's now."""
        for partition in partitions:
            self._held.pop(partition, None)

    async def work_through(self, records: Sequence[Record], one: One, *, in_order: bool = False) -> None:
        """Bring each of `records` to its end by `one`: all at once, but each suspect alone.

        With `in_order` those of one key one after the other. Raises what `one` raises.
        """
        await self.take(records)
        suspects = [record for record in records if self.deaths(record)]
        rest = [record for record in records if not self.deaths(record)] if suspects else records
        try:
            async with self._turnstile.shared():
                await self.begin(rest)
                queues = by_key(rest) if in_order else [[record] for record in rest]
                await asyncio.gather(*(_one_by_one(queue, one) for queue in queues))
            for record in rest:
                self.ended(record)
            if suspects:  # a death over one of them must say nothing of the rest
                await self._save_all(rest)
            for record in suspects:
                async with self._turnstile.alone():
                    await self.begin([record])
                    await one(record)
                    self.ended(record)
                    await self._save_all([record])
        except INNOCENT:
            await self._forgive()
            raise

    @asynccontextmanager
    async def trying(self, record: Located) -> AsyncIterator[None]:
        """Around one try at a record whose end may take more of them: beside others, or a suspect alone."""
        async with self._turnstile.alone() if self.deaths(record) else self._turnstile.shared():
            await self.begin([record])
            try:
                yield
            except INNOCENT:
                await self._forgive()
                raise
            await self.wait([record])

    def deaths(self, record: Located) -> int:
        """How many processes died over `record`."""
        held = self._held.get(_of(record))
        return held.of(record.offset) if held else 0

    def check(self, record: Located) -> None:
        """Raise `DeadLetter` (`crashed_worker`) for a record that had its chances."""
        if (deaths := self.deaths(record)) >= self._most:
            raise DeadLetter("crashed_worker", f"{deaths} processes in a row died while they worked on it")

    async def begin(self, records: Iterable[Located]) -> None:
        """Keep that they are in work, before they are."""
        records = list(records)
        for record in records:
            if held := self._held.get(_of(record)):
                held.begun(record.offset)
        await self._save_all(records)

    async def wait(self, records: Iterable[Located]) -> None:
        """Keep that they aren't in work for now: they wait for a dependency, or for their turn."""
        records = list(records)
        for record in records:
            if held := self._held.get(_of(record)):
                held.waiting(record.offset)
        await self._save_all(records)

    def ended(self, record: Located) -> None:
        """It has its end; kept with the next that begins."""
        if held := self._held.get(_of(record)):
            held.ended(record.offset)

    async def take(self, records: Iterable[Located]) -> None:
        """Inherit the state of partitions that are new here."""
        async with self._loading:
            first: dict[TopicPartition, int] = {}
            for record in records:
                if (partition := _of(record)) not in self._held:
                    first[partition] = min(record.offset, first.get(partition, record.offset))
            if not first:
                return
            texts, alive = await self._kept(list(first))
            for partition, offset in first.items():
                self._held[partition], row = Deaths.inherited(texts[partition], alive=alive, first=offset)
                self._publisher.row = max(self._publisher.row, row)

    async def _kept(self, partitions: list[TopicPartition]) -> tuple[dict[TopicPartition, str], set[str]]:
        while True:
            try:
                kept = await kafka.committed(self._admin, self._group, partitions)
                alive = await kafka.members(self._admin, group_of(self._service))
            except KafkaError as error:
                if not kafka.will_pass(error):
                    raise
                self._waiting(f"the attempts can't be read: {type(error).__name__}")
                await asyncio.sleep(1)
            else:
                return {partition: found.metadata for partition, found in kept.items()}, alive

    async def _save_all(self, records: Iterable[Located]) -> None:
        partitions = {_of(record) for record in records}
        if len(partitions) == 1:
            await self._save(partitions.pop())
        else:
            await asyncio.gather(*map(self._save, partitions))

    async def _commit(self, partitions: Sequence[TopicPartition]) -> list[Exception | None]:
        row = self._publisher.row
        texts = {p: (0, self._held[p].text(self._instance, row)) for p in partitions if p in self._held}
        while texts:
            try:
                await kafka.patiently(self._consumer.commit(texts), self._waiting, "the attempts can't be kept")
            except KafkaError as error:
                if not kafka.will_pass(error):
                    raise
                self._waiting(f"the attempts can't be kept: {type(error).__name__}")
                await asyncio.sleep(1)
            else:
                break
        return [None] * len(partitions)

    async def _forgive(self) -> None:
        for held in self._held.values():
            held.calm()
        row = self._publisher.row
        texts = {partition: (0, held.text(self._instance, row)) for partition, held in self._held.items()}
        if texts:
            try:
                await asyncio.wait_for(self._consumer.commit(texts), CLOSE_SECONDS)
            except (TimeoutError, KafkaError):
                return  # as good as a death then: it takes more of them to condemn a record


def _of(record: Located) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def by_key(records: Iterable[Record]) -> list[list[Record]]:
    """The records of a key together, in their order; one without a key is on its own."""
    queues: dict[object, list[Record]] = {}
    for record in records:
        key = (*_of(record), record.offset if record.key is None else record.key)
        queues.setdefault(key, []).append(record)
    return list(queues.values())


async def _one_by_one(records: Iterable[Record], one: One) -> None:
    for record in records:
        await one(record)
