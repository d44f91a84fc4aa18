"""The two ends that a person gives a dead letter: its record again into its topic, or nothing more."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, Self

import msgspec
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordTooLargeError

from operations.dead_letter_topics import Found, original
from operations.dead_letters import LetterError, Original, settlement
from operations.obsolete import article_in
from shared import codec, kafka
from shared.errors import WartaError
from shared.kafka import KafkaUnreachableError
from shared.settings import KafkaSettings
from shared.topics import MIB

MOST_AT_ONCE = 100
MOST_BYTES_AT_ONCE = 16 * MIB
# The broker counts compressed bytes: what it once took may be far above what our services send.
MAX_REQUEST_BYTES = 128 * MIB


SUPERSEDED = "retried when a newer version was there already"
# The newest version of an article, by its id, that was ever published; -1 for none.
Newest = Callable[[str], Awaitable[int]]


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """How many letters were published again, and how many discarded for a newer version."""

    retried: int
    superseded: int


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

    async def retry(
        self, letters: AsyncIterator[Found], newest: Newest, failed: Callable[[Found, str], None]
    ) -> Retried:
        """Publish each letter's original again, as it was, and settle it; what can't be goes to `failed`, and waits.

        An article or page of which something newer is there already is discarded instead: articles.parsed is compacted,
        so that the older one would take the newer one's place. Raises `KafkaUnreachableError`: then those done so far
        are settled, or will only be published once more; and what `newest` raises.
        """
        retried = superseded = 0
        async for batch in _batches(letters):
            records: list[tuple[Found, Original]] = []
            for found in batch:
                with _told(found, failed):
                    records.append((found, _publishable(found, await original(self._settings, found))))
            old = await asyncio.gather(*(_is_superseded(record, newest) for _, record in records))
            sending: list[tuple[Found, Any]] = []
            for (found, record), is_old in zip(records, old, strict=True):  # one by one: the order of a key is kept
                if not is_old:
                    with _told(found, failed):
                        future = await self._send(record.topic, record.key, record.value, record.headers)
                        sending.append((found, future))
            sent: list[Found] = []
            for found, future in sending:
                with _told(found, failed):
                    await _acknowledged(future)
                    sent.append(found)
            await self._settle(sent, "retried", "")
            obsolete = [found for (found, _), is_old in zip(records, old, strict=True) if is_old]
            await self._settle(obsolete, "discarded", SUPERSEDED)
            retried += len(sent)
            superseded += len(obsolete)
        return Retried(retried=retried, superseded=superseded)

    async def discard(self, letters: AsyncIterator[Found], *, why: str) -> int:
        """Settle each letter without any more ado, for the reason `why`. How many."""
        done = 0
        async for batch in _batches(letters):
            await self._settle(batch, "discarded", why)
            done += len(batch)
        return done

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


@contextmanager
def _told(found: Found, failed: Callable[[Found, str], None]) -> Iterator[None]:
    try:
        yield
    except LetterError as error:
        failed(found, str(error))


async def _is_superseded(record: Original, newest: Newest) -> bool:
    article = article_in(record)
    return article is not None and await newest(article[0]) > article[1]


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
