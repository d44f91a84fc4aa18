"""A record that kills the process again and again is isolated, and becomes a dead letter: its neighbours go on.

What is in work is kept outside of the process (`attempts_store.py`) before the work begins: so the count survives the
process, and moves with the partition. A record that was in work when a process died is tried alone from then on; after
`max_deaths` deaths it becomes a dead letter (`crashed_worker`) without another try.

The row of dead letters is kept beside it: the process's one row with every partition that it owns, as soon as it
differs there. So the next owner of any of them goes on with it, wherever it begins to read, and a row that has ended
leaves nothing behind.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.attempts_store import Texts
from shared.coalesce import Coalescer
from shared.deaths import Deaths
from shared.delivery import Publisher, Record, TooManyDeadLettersError
from shared.errors import ConfigurationError, DeadLetter
from shared.settings import DeliverySettings
from shared.turnstile import Turnstile

CLOSE_SECONDS = 3.0
# These say nothing of the record that was in work.
INNOCENT = (ConfigurationError, KafkaError, TooManyDeadLettersError)
One = Callable[[Any], Awaitable[None]]
Assignment = Callable[[], Iterable[tuple[str, int]]]


class Located(Protocol):
    """A record, or whatever knows where its record is."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...


class Store(Protocol):
    """Texts by partition, that outlive the process: see shared/attempts_store.py."""

    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def read(self, partitions: Iterable[TopicPartition]) -> tuple[Texts, set[str]]: ...
    async def write(self, texts: Callable[[], Texts]) -> None: ...


def new_instance(service: str) -> str:
    """A name for this process, by which the group's members know it."""
    return f"warta-{service}-{secrets.token_hex(4)}"


class Attempts:
    """What this process has in work, kept where the next one finds it."""

    def __init__(self, instance: str, store: Store, delivery: DeliverySettings, publisher: Publisher) -> None:
        self._instance = instance
        self._store = store
        self._most = delivery.max_deaths
        self._publisher = publisher
        self._assignment: Assignment = tuple
        self._held: dict[TopicPartition, Deaths] = {}
        self._loading = asyncio.Lock()
        self._turnstile = Turnstile()
        self._save = Coalescer[TopicPartition, None](self._write, most=1000)

    async def start(self) -> None:
        """Connect, however long it takes."""
        await self._store.start()

    async def release(self) -> None:
        """Before leaving the group: nothing is in work, and what a stop cut short did not die; then keep no more."""
        await self._forgive(CLOSE_SECONDS)
        self._assignment = tuple

    async def close(self) -> None:
        """Release and disconnect."""
        await self.release()
        await self._store.close()

    def follow(self, assignment: Assignment) -> None:
        """`assignment` tells which partitions the process owns now: nothing is kept of others."""
        self._assignment = assignment

    def forget(self) -> None:
        """All partitions are given up, as at each rebalance: what comes back may have had another owner meanwhile."""
        self._held = {}

    async def work_through(self, records: Sequence[Record], one: One, *, in_order: bool = False) -> None:
        """Bring each of `records` to its end by `one`: all at once, but each suspect alone.

        With `in_order` those of one key one after the other. Raises what `one` raises.
        """
        await self.take(records)
        suspects = [record for record in records if self.deaths(record)]
        rest = [record for record in records if not self.deaths(record)] if suspects else records
        async with self.blameless():
            async with self._turnstile.shared():
                await self.begin(rest)
                queues = by_key(rest) if in_order else [[record] for record in rest]
                await asyncio.gather(*(_one_by_one(queue, one) for queue in queues))
            for record in rest:
                self.ended(record)
            if suspects:  # a death over one of them must say nothing of the rest
                await self._save_all(map(_of, rest))
            for record in suspects:
                async with self._turnstile.alone():
                    await self.begin([record])
                    await one(record)
                    self.ended(record)
                    await self._save_all([_of(record)])
        await self._save_all(self._with_another_row())

    @asynccontextmanager
    async def blameless(self) -> AsyncIterator[None]:
        """Around work: an error that says nothing of what was in work doesn't count as its death."""
        try:
            yield
        except TooManyDeadLettersError:
            await self._forgive(None)  # no restart before the row is kept
            raise
        except INNOCENT:
            await self._forgive(CLOSE_SECONDS)
            raise

    @asynccontextmanager
    async def trying(self, record: Located) -> AsyncIterator[None]:
        """Around one try at a record whose end may take more of them: beside others, or a suspect alone."""
        async with self._turnstile.alone() if self.deaths(record) else self._turnstile.shared():
            await self.begin([record])
            async with self.blameless():
                yield
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
        await self._save_all(map(_of, records))

    async def wait(self, records: Iterable[Located]) -> None:
        """Keep that they aren't in work for now: they wait for a dependency, or for their turn."""
        records = list(records)
        for record in records:
            if held := self._held.get(_of(record)):
                held.waiting(record.offset)
        await self._save_all(map(_of, records))

    def ended(self, record: Located) -> None:
        """It has its end; kept with the next that begins."""
        if held := self._held.get(_of(record)):
            held.ended(record.offset)

    async def take(self, records: Iterable[Located]) -> None:
        """Inherit the state of partitions that are new here, those without records too, and the row left with them."""
        async with self._loading:
            while new := self._assigned() - self._held.keys():
                held = self._held  # another one after a rebalance: then it is read again
                texts, alive = await self._store.read(new)
                for partition in new:
                    held[partition], row = Deaths.inherited(texts[partition], heir=self._instance, alive=alive)
                    self._publisher.row = max(self._publisher.row, row)
        for record in records:
            if known := self._held.get(_of(record)):
                known.read_from(record.offset)

    def _assigned(self) -> set[TopicPartition]:
        return {TopicPartition(*one) for one in self._assignment()}

    def _with_another_row(self) -> list[TopicPartition]:
        return [partition for partition, held in self._held.items() if held.row != self._publisher.row]

    async def _save_all(self, partitions: Iterable[TopicPartition]) -> None:
        await asyncio.gather(*map(self._save, set(partitions)))

    async def _write(self, partitions: Sequence[TopicPartition]) -> list[Exception | None]:
        told: dict[TopicPartition, tuple[Deaths, int]] = {}

        def texts() -> Texts:
            row = self._publisher.row
            due = self._assigned().intersection(self._held, {*partitions, *self._with_another_row()})
            told.clear()
            told.update({partition: (self._held[partition], row) for partition in due})
            return {partition: held.text(self._instance, row) for partition, (held, row) in told.items()}

        await self._store.write(texts)
        for held, row in told.values():
            held.row = row
        return [None] * len(partitions)

    async def _forgive(self, seconds: float | None) -> None:
        for held in self._held.values():
            held.calm()
        with suppress(TimeoutError, KafkaError):  # as good as a death then: it takes more of them to condemn a record
            await asyncio.wait_for(self._save_all(self._held), seconds)


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
