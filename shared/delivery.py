"""At-least-once work on records: decode, work, publish what came of it and await the brokers' acknowledgement.

`deliver` returns only when the record's end is safe: its outputs, or its dead letter, are acknowledged. So an offset
may be committed for every record that it returned for, up to the first gap.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

import msgspec
from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    ProducerFenced,
    RecordTooLargeError,
    UnknownProducerId,
)  # fmt: skip
from msgspec import structs

from shared import codec, kafka
from shared.access import without_right
from shared.clock import utcnow
from shared.codec import Envelope, Headers
from shared.errors import DeadLetter, Instruction, Retry, WartaError
from shared.events import Event, MessageRejected
from shared.health import Health
from shared.logs import get_logger
from shared.settings import DeliverySettings, KafkaSettings
from shared.topics import TOPICS, Topic
from shared.version import VERSION

ORIGINAL = "original."
# The broker's count of a producer's records and the producer's own have come apart, and stay so: aiokafka counts also
# what the broker refused (too large), or what was given up while the partition had no leader.
OUT_OF_STEP = (OutOfOrderSequenceNumber, UnknownProducerId, InvalidProducerEpoch, ProducerFenced)
log = get_logger()

LogFields = dict[str, Any]
Work = Callable[[Envelope[Any], LogFields], Awaitable[Sequence["Outgoing"]]]


class Record(Protocol):
    """What aiokafka's records and Faust's messages have in common."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Any


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way: `ordinal` tells apart events of one type from one cause, and `root` names a first cause."""

    topic: Topic
    key: str
    event: Event
    ordinal: int = 0
    root: str | None = None


class TooManyDeadLettersError(WartaError):
    """So many dead letters in a row are a fault of this service, not of its messages."""


class Publisher:
    """The one producer of a service. Every method returns once the brokers have acknowledged.

    `waiting` is told why, whenever a send has to wait for the brokers.
    """

    def __init__(
        self,
        service: str,
        settings: KafkaSettings,
        delivery: DeliverySettings,
        *,
        waiting: Callable[[str], None] = lambda _why: None,
    ) -> None:
        self.service = service
        self._waiting = waiting
        self._settings = settings
        self._limit = delivery.max_consecutive_dead_letters
        self._producer: Any = None
        self._renewing = asyncio.Lock()
        self._spent: set[asyncio.Task[None]] = set()
        self.row = 0
        """How many dead letters there were since the last message that ended well."""

    async def start(self, *, patient: bool = False) -> None:
        """Connect; if `patient`, retry until a broker answers. Raises `KafkaUnreachableError`."""
        self._producer = await self._started(waiting=self._waiting if patient else None)

    async def stop(self) -> None:
        """Send what is buffered and disconnect."""
        if self._producer is not None:
            await self._producer.stop()
        await asyncio.gather(*self._spent, return_exceptions=True)

    async def publish(self, outgoing: Outgoing, *, cause: Envelope[Any] | None = None) -> Envelope[Any]:
        """Send one event. Raises `DeadLetter` (`too_large`) when the topic can't hold it."""
        envelope = codec.wrap(
            outgoing.event, source=f"/warta/{self.service}", time=utcnow(), cause=cause, ordinal=outgoing.ordinal,
            root=outgoing.root,
        )  # fmt: skip
        headers, value = codec.encode(envelope)
        await self._send(outgoing.topic.name, outgoing.key.encode(), value, headers)
        return envelope

    async def publish_all(self, outgoing: Iterable[Outgoing], *, cause: Envelope[Any] | None = None) -> None:
        """Send many events at once."""
        await asyncio.gather(*(self.publish(one, cause=cause) for one in outgoing))

    async def reject(self, record: Record, why: DeadLetter, *, cause: Envelope[Any] | None = None) -> None:
        """Keep `record` with its bytes, headers and reason in its topic's dead-letter twin.

        Raises `TooManyDeadLettersError` instead when this would be one too many in a row.
        """
        if self.row >= self._limit:
            raise TooManyDeadLettersError(
                f"{self.row} dead letters in a row, and the next would be: {why}. A bad deploy, or many bad messages? "
                f"`warta dlq list --topic {record.topic}` shows them. Mend the cause and restart; to let them pass, "
                "restart with a higher WARTA_DELIVERY_MAX_CONSECUTIVE_DEAD_LETTERS"
            )
        event = MessageRejected(
            reason=why.reason, detail=why.detail, source_topic=record.topic, source_partition=record.partition,
            source_offset=record.offset, rejected_at=utcnow(), service=self.service, code_version=VERSION,
            body=record.value or b"", null_value=record.value is None,
        )  # fmt: skip
        envelope = codec.wrap(
            event, source=f"/warta/{self.service}", time=utcnow(), cause=cause,
            root=f"{record.topic}/{record.partition}/{record.offset}",
        )  # fmt: skip
        headers, value = codec.encode(envelope)
        original = [(ORIGINAL + name, raw) for name, raw in record.headers or () if raw is not None]
        topic = TOPICS[record.topic].dlq
        try:
            await self._send(topic, record.key, value, [*headers, *original])
        except DeadLetter:  # the broker counts compressed bytes, so what it took may be too large for us to send again
            where = f"{record.topic}/{record.partition}/{record.offset}"
            detail = f"{why.detail} (its {len(event.body)} bytes don't fit here: read {where} while it is retained)"
            headers, value = codec.encode(
                structs.replace(envelope, event=structs.replace(event, body=b"", detail=detail))
            )
            await self._send(topic, record.key, value, headers)
        self.row += 1

    def succeeded(self) -> None:
        """A message ended well: the row of dead letters is broken."""
        self.row = 0

    async def _send(self, topic: str, key: bytes | None, value: bytes, headers: Headers) -> None:
        while True:
            producer = self._producer
            try:
                sending = producer.send_and_wait(topic, key=key, value=value, headers=headers)
                await kafka.patiently(sending, self._waiting, f"no acknowledgement for {topic}")
            except (MessageSizeTooLargeError, RecordTooLargeError):
                raise DeadLetter("too_large", f"{len(value)} bytes are too many for {topic}") from None
            except OUT_OF_STEP as error:
                await self._renew(producer, error)
            except ProducerClosed:
                if producer is self._producer:
                    raise
            except KafkaError as error:
                if not kafka.will_pass(error):
                    raise without_right(error) or error from None
                self._waiting(f"{type(error).__name__} on {topic}")
                await asyncio.sleep(1)
            else:
                return

    async def _renew(self, spent: Any, error: KafkaError) -> None:
        """Put a new producer in the place of `spent`; what that one hasn't sent yet fails there and is sent again."""
        async with self._renewing:
            if self._producer is not spent:
                return
            log.warning("producer.renewed", **{"error.type": type(error).__name__})
            self._producer = await self._started(waiting=self._waiting)
        closing = asyncio.create_task(spent.stop())
        self._spent.add(closing)
        closing.add_done_callback(self._spent.discard)

    async def _started(self, *, waiting: Callable[[str], None] | None) -> Any:
        producer = kafka.producer(self._settings, client_id=f"warta-{self.service}")
        await kafka.start(producer, self._settings, waiting=waiting)
        return producer


class Trying(Protocol):
    """What `deliver` tells of a record's tries: see shared/attempts.py."""

    def check(self, record: Record) -> None:
        """Raise `DeadLetter` for a record that had its chances."""

    async def begin(self, records: Iterable[Record]) -> None:
        """Work begins, or goes on."""

    async def wait(self, records: Iterable[Record]) -> None:
        """They wait for a dependency."""


async def deliver(
    record: Record, work: Work, publisher: Publisher, health: Health, *, action: str, trying: Trying | None = None
) -> None:
    """Bring `record` to its end and log one canonical line.

    Raises what is unknown: then nothing may be committed.
    """
    began = time.monotonic_ns()
    fields: LogFields = {
        "kafka.topic": record.topic,
        "kafka.partition": record.partition,
        "kafka.offset": record.offset,
    }
    envelope: Envelope[Any] | None = None
    with health.working():
        while True:
            try:
                envelope = _decode(record)
                fields["trace.id"] = envelope.trace_id
                fields["event.id"] = envelope.id
                if trying:
                    trying.check(record)
                await publisher.publish_all(await work(envelope, fields), cause=envelope)
                publisher.succeeded()
                outcome = "success"
            except DeadLetter as why:
                await publisher.reject(record, why, cause=envelope)
                fields |= {"event.reason": why.reason, "error.message": why.detail}
                outcome = "failure"
            except Retry as retry:
                health.retrying(retry.dependency)
                if trying:
                    await trying.wait([record])
                await asyncio.sleep(retry.after)
                if trying:
                    await trying.begin([record])
                continue
            break
    health.progressed(outcome, of=(record.topic, record.partition))
    fields |= {"event.outcome": outcome, "event.duration": time.monotonic_ns() - began}
    if outcome == "success":
        log.info(action, **fields)
    else:
        log.warning("message.rejected", **fields)


def _decode(record: Record) -> Envelope[Any]:
    envelope = codec.decode(record.headers or (), record.value)
    if type(envelope.event) not in TOPICS[record.topic].event_types:
        raise DeadLetter("wrong_type", f"{envelope.type} doesn't belong into {record.topic}")
    return envelope


P = ParamSpec("P")
T = TypeVar("T")


def pure(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a pure function on a message: whatever it raises, but instructions, is that message's dead letter."""
    try:
        return function(*args, **kwargs)
    except Instruction:
        raise
    except Exception as error:
        raise DeadLetter("processing_failed", f"{type(error).__name__} in {function.__name__}") from error
