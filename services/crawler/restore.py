"""What is known of a partition, read back from the same partition of `crawl.outcomes` up to its end."""

import asyncio
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from services.crawler.known import Known
from shared import codec, kafka
from shared.errors import ConfigurationError, DeadLetter
from shared.events import FetchFailed, FetchSettled
from shared.service import Context
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS

PARTITIONS = CRAWL_REQUESTS.partitions
_READ_MS = 1000
_BREATHE_EVERY = 500


async def restore(context: Context, known: dict[int, Known]) -> None:
    """Fill what is known by partition, completely at the moment of return. Retries while Kafka doesn't answer."""
    while True:
        try:
            await _restore(context, known)
        except KafkaError as error:
            if not kafka.will_pass(error):
                raise
            context.health.retrying("kafka", type(error).__name__)
            for one in known.values():
                one.clear()
            await asyncio.sleep(1)
        else:
            return


async def _restore(context: Context, known: dict[int, Known]) -> None:
    reader = kafka.consumer(context.kafka, client_id="warta-crawler-restore")
    await kafka.start(reader, context.kafka, waiting=lambda why: context.health.retrying("kafka", why))
    try:
        partitions = [TopicPartition(CRAWL_OUTCOMES.name, number) for number in known]
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        ends: dict[TopicPartition, int] = await reader.end_offsets(partitions)
        while behind := [p for p in partitions if await reader.position(p) < ends[p]]:
            batches: dict[TopicPartition, list[Any]] = await reader.getmany(*behind, timeout_ms=_READ_MS)
            for partition, records in batches.items():
                place = (CRAWL_REQUESTS.name, partition.partition)
                context.health.progressed("restored", len(records), of=place)
                for count, record in enumerate(records, start=1):
                    _note(known[partition.partition], record)
                    if count % _BREATHE_EVERY == 0:
                        await asyncio.sleep(0)
    finally:
        await kafka.leave(reader)


def _note(known: Known, record: Any) -> None:
    try:
        outcome = codec.decode(record.headers, record.value)
    except DeadLetter:
        return  # not ours: whoever wrote it there, it settles nothing
    if isinstance(outcome.event, FetchSettled | FetchFailed):
        known.note(outcome)
        if isinstance(outcome.event, FetchSettled):
            known.budgets.restore(outcome.event)


async def check_partitions(context: Context) -> None:
    """A host's requests and outcomes must be in partitions of the same number. Raises `ConfigurationError`."""

    async def describe() -> Any:
        admin = kafka.admin(context.kafka)
        await kafka.start(admin, context.kafka)
        try:
            return await admin.describe_topics([CRAWL_REQUESTS.name, CRAWL_OUTCOMES.name])
        finally:
            await admin.close()

    for topic in await kafka.persistently(describe, lambda why: context.health.retrying("kafka", why)):
        name, found = topic["topic"], len(topic["partitions"])
        if not found:
            raise ConfigurationError(f"the topic {name} isn't there: run `./warta bootstrap` first")
        if found != PARTITIONS:
            raise ConfigurationError(
                f"{name} has {found} partitions, but the crawler needs {PARTITIONS} of both "
                f"{CRAWL_REQUESTS.name} and {CRAWL_OUTCOMES.name}: a host's requests and outcomes share a number"
            )
