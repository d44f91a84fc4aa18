"""The index of editors' decisions filled again from its topic, which keeps the last one on each pair for ever."""

import asyncio
import itertools
from typing import Any

from aiokafka.errors import KafkaError
from elasticsearch import AsyncElasticsearch

from operations.ranges import records, require_topics
from services.recommender.decisions import keep
from shared import codec, kafka
from shared.errors import DeadLetter, WartaError
from shared.events import RelatedDecided
from shared.partitions import partitions
from shared.settings import KafkaSettings
from shared.topics import RELATED_DECISIONS

AT_ONCE = 100


async def restore_decisions(client: AsyncElasticsearch, settings: KafkaSettings) -> int:
    """Keep the last decision on each pair, unless a later one is there; returns how many pairs there are.

    What isn't a decision is passed over: it is a dead letter. Raises `WartaError` and the client's errors.
    """
    await require_topics(settings)
    consumer = kafka.consumer(settings, client_id="warta-restore")
    await kafka.start(consumer, settings)
    try:
        newest = await _newest(consumer)
    except KafkaError as error:
        raise WartaError(f"Kafka failed ({type(error).__name__}): run the same command again") from error
    finally:
        await consumer.stop()
    remaining = iter(newest.values())
    while part := list(itertools.islice(remaining, AT_ONCE)):
        await asyncio.gather(*(keep(client, event) for event in part))
    return len(newest)


async def _newest(consumer: Any) -> dict[str, RelatedDecided]:
    everywhere = partitions(RELATED_DECISIONS)
    begins, ends = await consumer.beginning_offsets(everywhere), await consumer.end_offsets(everywhere)
    newest: dict[str, RelatedDecided] = {}
    async for record in records(consumer, {one: (begins[one], ends[one]) for one in everywhere}):
        try:
            event = codec.decode(record.headers, record.value).event
        except DeadLetter:
            continue
        if isinstance(event, RelatedDecided):
            newest[event.key] = max(newest.get(event.key, event), event, key=lambda one: one.decided_at)
    return newest
