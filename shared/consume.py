"""A plain consumer: batches in, every record brought to its end, then the offsets committed."""

import asyncio
from typing import Any

from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared import kafka
from shared.delivery import Work, deliver
from shared.logs import get_logger
from shared.service import Context
from shared.topics import Topic, group_of

# Waiting out an outage must not cost the partitions: the heartbeat and /livez tell dead from waiting.
NEVER_MS = 2**31 - 1
log = get_logger()


async def consume(
    context: Context, topic: Topic, work: Work, *, service: str, action: str, max_records: int, poll_ms: int = 200
) -> None:
    """Work on `topic` until told to stop, at most `max_records` at once. At least once, idempotent work assumed."""
    consumer = kafka.consumer(
        context.kafka, topic, client_id=f"warta-{service}", group_id=group_of(service), max_poll_interval_ms=NEVER_MS
    )
    await kafka.start(consumer, context.kafka, waiting=lambda why: context.health.retrying("kafka", why))
    try:
        while not context.stopping.is_set():
            context.health.condition("partitions assigned", holds=bool(consumer.assignment()))
            batches: dict[Any, list[Any]] = await consumer.getmany(timeout_ms=poll_ms, max_records=max_records)
            if not batches:
                continue
            await _finish_or_stop(context, asyncio.gather(*(
                deliver(record, work, context.publisher, context.health, action=action)
                for records in batches.values() for record in records
            )))  # fmt: skip
            await _commit(consumer, {partition: records[-1].offset + 1 for partition, records in batches.items()})
    finally:
        await consumer.stop()


async def _finish_or_stop(context: Context, batch: "asyncio.Future[list[None]]") -> None:
    """Wait for the batch; once told to stop, no longer than the stop's time: what isn't finished stays uncommitted."""
    stopping = asyncio.create_task(context.stopping.wait())
    both: set[asyncio.Future[Any]] = {batch, stopping}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not batch.done():
            await asyncio.wait({batch}, timeout=context.delivery.stop_seconds)
        if not batch.done():
            batch.cancel()
            raise StopCutShortError
        batch.result()
    finally:
        stopping.cancel()


class StopCutShortError(Exception):
    """The stop's time was over before the batch."""


async def _commit(consumer: Any, offsets: dict[Any, int]) -> None:
    try:
        await consumer.commit(offsets)
    except (CommitFailedError, IllegalStateError) as error:  # the partitions moved on: the new owner does it again
        log.info("commit.superseded", **{"error.type": type(error).__name__})
    except KafkaError as error:
        if not kafka.will_pass(error):
            raise
        log.warning("commit.failed", **{"error.type": type(error).__name__})
