"""A plain consumer: batches in, every record brought to its end, then the offsets committed."""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared import kafka
from shared.batch import take
from shared.delivery import Work, deliver
from shared.logs import get_logger
from shared.service import LEAVE_SECONDS, Context
from shared.topics import MIB, Topic, group_of

# Waiting out an outage must not cost the partitions: the heartbeat and /livez tell dead from waiting.
NEVER_MS = 2**31 - 1
# Of one batch: 200 articles may be 1 GB, and are indexed for minutes before any of them has ended.
MOST_BYTES = 8 * MIB
log = get_logger()


async def consume(
    context: Context, topic: Topic, work: Work, *, service: str, action: str, max_records: int, poll_ms: int = 200
) -> None:
    """Work on `topic` until told to stop, at most `max_records` at once. At least once, idempotent work assumed."""
    consumer = kafka.consumer(
        context.kafka, topic, client_id=f"warta-{service}", group_id=group_of(service), max_poll_interval_ms=NEVER_MS
    )
    starting = kafka.start(consumer, context.kafka, waiting=lambda why: context.health.retrying("kafka", why))
    if not await _before_stop(context, asyncio.ensure_future(starting), patience=0.0):
        return
    uncommitted: dict[Any, int] = {}
    try:
        while not context.stopping.is_set():
            context.health.condition("partitions assigned", holds=bool(consumer.assignment()))
            batches = await take(consumer, most=max_records, most_bytes=MOST_BYTES, poll_ms=poll_ms)
            work_on = asyncio.gather(*(
                deliver(record, work, context.publisher, context.health, action=action)
                for records in batches.values() for record in records
            ))  # fmt: skip
            if not await _before_stop(context, work_on, patience=context.delivery.stop_seconds):
                log.warning("stop.cut_short", **{"labels.records": sum(map(len, batches.values()))})
                return
            uncommitted |= {partition: records[-1].offset + 1 for partition, records in batches.items()}
            if uncommitted and await _committed(consumer, uncommitted):
                uncommitted.clear()
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(consumer.stop(), LEAVE_SECONDS)


async def _before_stop(context: Context, work: "asyncio.Future[Any]", *, patience: float) -> bool:
    """Wait for `work`, once told to stop no longer than `patience` seconds. False: not finished, and cancelled."""
    stopping = asyncio.create_task(context.stopping.wait())
    both: set[asyncio.Future[Any]] = {work, stopping}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await asyncio.wait({work}, timeout=patience)
        if not work.done():
            work.cancel()
            return False
        work.result()
        return True
    finally:
        stopping.cancel()


async def _committed(consumer: Any, offsets: dict[Any, int]) -> bool:
    """Commit; False when it must be tried again."""
    try:
        await consumer.commit(
            {partition: at for partition, at in offsets.items() if partition in consumer.assignment()}
        )
    except (CommitFailedError, IllegalStateError) as error:  # the partitions moved on: the new owner does it again
        log.info("commit.superseded", **{"error.type": type(error).__name__})
    except KafkaError as error:
        if not kafka.will_pass(error):
            raise
        log.warning("commit.retried", **{"error.type": type(error).__name__})
        return False
    return True
