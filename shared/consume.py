"""A plain consumer: batches in, every record brought to its end, then the offsets committed."""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared import kafka
from shared.batch import take
from shared.delivery import Record, Work, deliver
from shared.logs import get_logger
from shared.service import Context
from shared.topics import MIB, Topic, group_of
from shared.watch import behind

# Waiting out an outage must not cost the partitions: the heartbeat and /livez tell dead from waiting.
NEVER_MS = 2**31 - 1
# Less than the session timeout: a rebalance waits for us.
REVOKE_SECONDS = 5.0
# Of one batch: 200 articles may be 1 GB, and are indexed for minutes before any of them has ended.
MOST_BYTES = 8 * MIB
log = get_logger()


async def consume(
    context: Context, topic: Topic, work: Work, *, action: str, max_records: int, poll_ms: int = 200
) -> None:
    """Work on `topic` until told to stop, at most `max_records` at once, but those of a key in their order.

    At least once: idempotent work is assumed.
    """
    await _Consumption(context, topic, work, action, max_records, poll_ms).run()


class _Consumption(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped
    def __init__(self, context: Context, topic: Topic, work: Work, action: str, max_records: int, poll_ms: int) -> None:
        self._context = context
        self._topic = topic
        self._work = work
        self._action = action
        self._max_records = max_records
        self._poll_ms = poll_ms
        self._uncommitted: dict[TopicPartition, int] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._consumer: Any = kafka.consumer(
            context.kafka, client_id=context.instance, group_id=group_of(context.service), max_poll_interval_ms=NEVER_MS
        )

    async def run(self) -> None:
        context = self._context
        self._consumer.subscribe([self._topic.name], listener=self)
        starting = kafka.start(
            self._consumer, context.kafka, waiting=lambda why: context.health.retrying("kafka", why)
        )  # fmt: skip
        if not await _before_stop(context, asyncio.ensure_future(starting), patience=0.0):
            return
        context.attempts.follow(self._consumer.assignment)
        context.watch.follow([self._topic], lambda standings: behind(standings, self._consumer.assignment()))
        try:
            while not context.stopping.is_set():
                context.health.condition("partitions assigned", holds=bool(self._consumer.assignment()))
                if not await self._batch():
                    break
            await context.attempts.release()
        finally:
            await kafka.leave(self._consumer)

    async def _batch(self) -> bool:
        """Read and end one batch. False when a stop cut it short."""
        batches = await take(self._consumer, most=self._max_records, most_bytes=MOST_BYTES, poll_ms=self._poll_ms)
        records = [record for batch in batches.values() for record in batch]
        if records:
            self._idle.clear()
            ending = asyncio.ensure_future(self._context.attempts.work_through(records, self._deliver, in_order=True))
            if not await _before_stop(self._context, ending, patience=self._context.delivery.stop_seconds):
                log.warning("stop.cut_short", **{"labels.records": len(records)})
                return False
            self._uncommitted |= {partition: batch[-1].offset + 1 for partition, batch in batches.items()}
        if self._uncommitted and await _committed(self._consumer, self._uncommitted):
            self._uncommitted.clear()
        self._idle.set()
        return True

    async def _deliver(self, record: Record) -> None:
        context = self._context
        await deliver(
            record, self._work, context.publisher, context.health, action=self._action, trying=context.attempts
        )

    async def on_partitions_revoked(self, _revoked: set[TopicPartition]) -> None:
        """Let the batch end and be committed, so that the next owner needn't do it again; but not for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), REVOKE_SECONDS)
        self._context.attempts.forget()

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to prepare."""


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
