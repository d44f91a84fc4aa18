"""The two ends that a person gives a dead letter: its record again into its topic, or nothing more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Literal, Self

from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordTooLargeError

from operations.dead_letter_topics import Found, original
from operations.dead_letters import LetterError, Original, settlement
from shared import codec, kafka
from shared.errors import WartaError
from shared.kafka import KafkaUnreachableError
from shared.settings import KafkaSettings
from shared.topics import MIB

MOST_AT_ONCE = 100
MOST_BYTES_AT_ONCE = 16 * MIB
# The broker counts compressed bytes: what it once took may be far above what our services send.
MAX_REQUEST_BYTES = 128 * MIB


class Settler:
    """Ends dead letters: `async with Settler(settings, clock) as settler`.

    A record is acknowledged by its topic before its letter is settled: an end in between only means once more.
    """

    def __init__(self, settings: KafkaSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        # Not idempotent: after a record that the broker refuses, such a producer has a gap in its partition's numbers.
        self._producer: Any = kafka.producer(
            settings, client_id="warta-dlq", idempotent=False, max_request_bytes=MAX_REQUEST_BYTES
        )

    async def __aenter__(self) -> Self:
        await kafka.start(self._producer, self._settings)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._producer.stop()

    async def retry(self, letters: AsyncIterator[Found], failed: Callable[[Found, str], None]) -> int:
        """Publish each letter's original again, as it was, and settle it. How many; the others go to `failed`.

        Raises `KafkaUnreachableError`: then those done so far are settled, or will only be published once more.
        """
        done = 0
        async for batch in _batches(letters):
            sent: list[Found] = []
            sending: list[tuple[Found, Any]] = []
            for found in batch:  # one after the other: the order of a key's records is kept
                try:
                    sending.append((found, await self._again(found)))
                except LetterError as error:
                    failed(found, str(error))
            for found, future in sending:
                try:
                    await _acknowledged(future)
                    sent.append(found)
                except LetterError as error:
                    failed(found, str(error))
            await self._settle(sent, "retried", "")
            done += len(sent)
        return done

    async def discard(self, letters: AsyncIterator[Found], *, why: str) -> int:
        """Settle each letter without any more ado, for the reason `why`. How many."""
        done = 0
        async for batch in _batches(letters):
            await self._settle(batch, "discarded", why)
            done += len(batch)
        return done

    async def _again(self, found: Found) -> Any:
        record = _publishable(found, await original(self._settings, found))
        return await self._send(record.topic, record.key, record.value, record.headers)

    async def _settle(self, batch: list[Found], action: Literal["retried", "discarded"], why: str) -> None:
        futures = []
        for found in batch:
            offset, topic, key = found.record.offset, found.record.topic, found.record.key
            headers, value = codec.encode(settlement(found.envelope, offset, action=action, why=why, now=self._clock()))
            futures.append(await self._send(topic, key, value, headers))
        for future in futures:
            await _acknowledged(future)

    async def _send(self, topic: str, key: bytes | None, value: bytes | None, headers: codec.Headers) -> Any:
        """Hand over to the producer; what it returns is done once the brokers have acknowledged."""
        return await _known(self._producer.send(topic, key=key, value=value, headers=headers))


async def _acknowledged(future: Any) -> None:
    await _known(asyncio.ensure_future(future))


async def _known(awaitable: Any) -> Any:
    try:
        return await awaitable
    except (MessageSizeTooLargeError, RecordTooLargeError):
        raise LetterError("its topic takes no record of that size") from None
    except KafkaError as error:
        if kafka.will_pass(error):
            raise KafkaUnreachableError(
                f"Kafka doesn't acknowledge ({type(error).__name__}): run the same again for the rest, once it does"
            ) from None
        raise WartaError(f"Kafka refuses what is published: {type(error).__name__}") from None


def _publishable(found: Found, record: Original) -> Original:
    if record.topic != found.letter.topic:
        raise LetterError(f"it says that it came from {record.topic}, whose dead letters are elsewhere")
    if record.key is None and record.value is None:
        raise LetterError("it has neither a key nor a value, which can't be published: discard it")
    return record


async def _batches(letters: AsyncIterator[Found]) -> AsyncIterator[list[Found]]:
    batch: list[Found] = []
    size = 0
    async for found in letters:
        batch.append(found)
        size += MOST_BYTES_AT_ONCE if found.letter.left_out else found.letter.size
        if len(batch) >= MOST_AT_ONCE or size >= MOST_BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
