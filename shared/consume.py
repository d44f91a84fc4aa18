"""A plain consumer: batches in, every record brought to its end, then the offsets committed."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared import kafka
from shared.delivery import Work, deliver
from shared.logs import get_logger
from shared.service import LEAVE_SECONDS, Context
from shared.topics import Topic, group_of

# Waiting out an outage must not cost the partitions: the heartbeat and /livez tell dead from waiting.
NEVER_MS = 2**31 - 1
log = get_logger()


async def consume(
    context: Context, topic: Topic, work: Work, *, service: str, action: str, max_records: int, poll_ms: int = 200
) -> None:
    """Work on `topic` until told to stop, at most `max_records` at once. At least once, idempotent work assumed.

    Records of one key are worked on in their order, one after the other; those of different keys at once.
    """
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
            batches: dict[Any, list[Any]] = await consumer.getmany(timeout_ms=poll_ms, max_records=max_records)
            work_on = asyncio.gather(*(
                _one_by_one(records, work, context, action=action) for records in _by_key(batches.values())
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


def _by_key(batches: Iterable[list[Any]]) -> Iterable[list[Any]]:
    """The records of a key together, in their order: one key lives in one partition."""
    for batch in batches:
        found: dict[Any, list[Any]] = {}
        for record in batch:
            found.setdefault(record.key, []).append(record)
        yield from found.values()


async def _one_by_one(records: list[Any], work: Work, context: Context, *, action: str) -> None:
    """Each record of a key, its retries included, ends before the next begins."""
    for record in records:
        await deliver(record, work, context.publisher, context.health, action=action)


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
