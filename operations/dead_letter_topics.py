"""The dead-letter topics read: first who has ended, then those that are meant, one body at a time."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec
from aiokafka import TopicPartition

from operations.dead_letters import Letter, LetterError, Original, State, Wanted, letter_id, letter_of, original_of
from operations.ranges import records, require_topics
from shared import codec, kafka
from shared.codec import Envelope
from shared.errors import DeadLetter, WartaError
from shared.events import DeadLetterSettled, MessageRejected
from shared.settings import KafkaSettings
from shared.topics import DLQ_SUFFIX, SOURCES

STATES: tuple[State, ...] = ("waiting", "retried", "discarded")
# A letter is stored after it was rejected, by clocks that may differ by this much.
CLOCKS_DIFFER = timedelta(hours=1)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter as it lies in its topic."""

    letter: Letter
    envelope: Envelope[MessageRejected]
    record: Any

    @property
    def original(self) -> Original:
        """The record that it was."""
        return original_of(self.record, self.envelope.event)


class Part:
    """A range of one dead-letter topic, and the state of each record in it, a byte each."""

    def __init__(self, topic: str, start: int, end: int) -> None:
        self.topic = topic
        self.partition = TopicPartition(topic + DLQ_SUFFIX, 0)
        self.start = start
        self.end = end
        self.read_to = start
        self._states = bytearray(end - start)

    def settled(self, event: DeadLetterSettled) -> None:
        """Take a settlement down; one of a letter before this range is of no interest."""
        if self.start <= event.offset < self.end:
            self._states[event.offset - self.start] = STATES.index(event.action)

    def state(self, offset: int) -> State:
        """The state of the letter at `offset`, as far as settlements have been read."""
        return STATES[self._states[offset - self.start]]


class DeadLetters:
    """Reads the dead-letter topics: `async with DeadLetters(settings) as letters`.

    `report` is told how many records of how many have been read, `warn` of what is no dead letter.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        report: Callable[[int, int], None] = lambda _done, _total: None,
        warn: Callable[[str], None] = lambda _why: None,
    ) -> None:
        self._settings = settings
        self._report = report
        self._warn = warn
        self._consumer: Any = kafka.consumer(settings, client_id="warta-dlq")

    async def __aenter__(self) -> Self:
        await kafka.start(self._consumer, self._settings)
        try:
            await require_topics(self._settings)
        except BaseException:
            await self._consumer.stop()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._consumer.stop()

    async def parts(self, wanted: Wanted) -> list[Part]:
        """What there is to read for `wanted` up to now, with the settlements up to now."""
        topics = [source.name for source in SOURCES if wanted.reads(source.name)]
        parts = []
        for topic in topics:
            partition = TopicPartition(topic + DLQ_SUFFIX, 0)
            begin = (await self._consumer.beginning_offsets([partition]))[partition]
            end = (await self._consumer.end_offsets([partition]))[partition]
            start = min(end, max(begin, _first(wanted, topic), await self._since(partition, wanted.since)))
            parts.append(Part(topic, start, end))
        await self.refresh(parts)
        return parts

    async def refresh(self, parts: list[Part]) -> None:
        """Read the settlements that have come since; no new letters are taken in."""
        ends = await self._consumer.end_offsets([part.partition for part in parts])
        total = sum(end - part.read_to for part, end in zip(parts, ends.values(), strict=True))
        done = 0
        for part in parts:
            end = ends[part.partition]
            async for record in records(self._consumer, {part.partition: (part.read_to, end)}):
                done += 1
                self._report(done, total)
                event = self._event(record, quiet=True)
                if event is not None and isinstance(event.event, DeadLetterSettled):
                    part.settled(event.event)
            part.read_to = end

    async def find(self, parts: list[Part], wanted: Wanted, *, states: frozenset[State]) -> AsyncIterator[Found]:
        """The letters of `parts` that are meant and in one of `states`, by topic and offset."""
        total = sum(part.end - part.start for part in parts)
        done = 0
        for part in parts:
            async with aclosing(records(self._consumer, {part.partition: (part.start, part.end)})) as reading:
                async for record in reading:
                    done += 1
                    self._report(done, total)
                    state = part.state(record.offset)
                    envelope = self._event(record) if state in states else None
                    if envelope is None or not isinstance(envelope.event, MessageRejected):
                        continue
                    letter = letter_of(record, envelope, state)
                    if wanted.fits(letter):
                        yield Found(letter=letter, envelope=envelope, record=record)

    async def one(self, topic: str, offset: int) -> tuple[Found, DeadLetterSettled | None]:
        """The letter at `offset` of a topic's twin and its settlement. Raises `WartaError` when there is none."""
        (part,) = await self.parts(Wanted(topics=(topic,), ids=(letter_id(topic, offset),)))
        found: Found | None = None
        settled: DeadLetterSettled | None = None
        if part.start == offset:
            async for record in records(self._consumer, {part.partition: (offset, part.end)}):
                envelope = self._event(record, quiet=True)
                event = envelope.event if envelope else None
                if envelope and record.offset == offset and isinstance(event, MessageRejected):
                    letter = letter_of(record, envelope, part.state(offset))
                    found = Found(letter=letter, envelope=envelope, record=record)
                elif found is None:
                    break
                elif isinstance(event, DeadLetterSettled) and event.offset == offset:
                    settled = event
        if found is None:
            raise WartaError(f"no dead letter {letter_id(topic, offset)}: `./warta dlq list` shows what is there")
        return found, settled

    async def _since(self, partition: TopicPartition, since: datetime | None) -> int:
        if since is None:
            return 0
        at = max(0, int((since - CLOCKS_DIFFER).timestamp() * 1000))
        found = (await self._consumer.offsets_for_times({partition: at}))[partition]
        return int(found.offset) if found else (await self._consumer.end_offsets([partition]))[partition]

    def _event(self, record: Any, *, quiet: bool = False) -> Envelope[Any] | None:
        try:
            return codec.decode(record.headers, record.value)
        except DeadLetter as why:
            if not quiet:
                self._warn(f"{record.topic}/{record.offset} is no dead letter: {why}")
            return None


def _first(wanted: Wanted, topic: str) -> int:
    """The first offset that `wanted` names in the twin of `topic`, or 0."""
    named = [letter_id.rpartition("/") for letter_id in wanted.ids]
    return min((int(offset) for name, _, offset in named if name == topic + DLQ_SUFFIX), default=0)


async def original(settings: KafkaSettings, found: Found) -> Original:
    """The record that was rejected; from its own topic where its bytes didn't fit into the dead letter.

    Raises `LetterError` when they are retained there no more.
    """
    if not found.letter.left_out:
        return found.original
    event = found.envelope.event
    partition = TopicPartition(event.source_topic, event.source_partition)
    at = event.source_offset
    consumer = kafka.consumer(settings, client_id="warta-dlq")
    await kafka.start(consumer, settings)
    try:
        begin = (await consumer.beginning_offsets([partition]))[partition]
        end = (await consumer.end_offsets([partition]))[partition]
        async with aclosing(records(consumer, {partition: (at, at + 1 if begin <= at < end else at)})) as reading:
            async for record in reading:
                headers = [(name, raw) for name, raw in record.headers if raw is not None]
                return Original(topic=record.topic, key=record.key, value=record.value, headers=headers)
    finally:
        await consumer.stop()
    raise LetterError(f"its bytes were left out, and {found.letter.source} is retained no more")
