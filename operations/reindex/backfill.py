"""The compacted topic into the standby."""

from typing import Any

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from elasticsearch import AsyncElasticsearch

from operations.reindex.make import Maker, maker
from operations.reindex.pace import Pace, Report
from operations.reindex.write import PATIENCE_SECONDS, write
from shared import kafka
from shared.documents import ARTICLES_STANDBY
from shared.errors import WartaError
from shared.settings import KafkaSettings
from shared.topics import ARTICLES_PARSED

MAX_RECORDS = 500
NAMED = 20
POLL_SECONDS = 5.0
SAID_AFTER_SECONDS = 15.0


class Backfilled(msgspec.Struct, kw_only=True):
    """What was read. `unreadable` are no articles: the indexer dead-letters them; the first are named, with why."""

    records: int = 0
    unreadable: int = 0
    named: list[str] = []


async def backfill(client: AsyncElasticsearch, settings: KafkaSettings, report: Report, *, workers: int) -> Backfilled:
    """Write all that articles.parsed holds now to the standby; later records are the indexer's.

    What the standby's mapping refuses matters only if it still is an article's newest when indices are compared: that
    names it. Memory is bounded by a batch. Raises `WartaError` and Elasticsearch's errors.
    """
    if ARTICLES_PARSED.name in await kafka.missing_topics(settings):
        raise WartaError(f"Kafka has no topic {ARTICLES_PARSED.name}: run `./warta bootstrap`")
    consumer = kafka.consumer(settings, client_id="warta-reindex")
    await kafka.start(consumer, settings)
    try:
        with maker(workers) as makes:
            return await _read(consumer, makes, client, report)
    except KafkaError as error:
        raise WartaError(f"Kafka failed ({type(error).__name__}): run the same command again, it goes on") from error
    finally:
        await consumer.stop()


async def _read(consumer: Any, makes: Maker, client: AsyncElasticsearch, report: Report) -> Backfilled:
    done = Backfilled()
    pace = Pace(report, f"records of {ARTICLES_PARSED.name}")
    partitions = [TopicPartition(ARTICLES_PARSED.name, number) for number in range(ARTICLES_PARSED.partitions)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    await consumer.seek_to_beginning(*partitions)
    silent = 0.0
    while behind := [p for p in partitions if await consumer.position(p) < ends[p]]:
        consumer.pause(*set(partitions) - set(behind))
        batches = await consumer.getmany(timeout_ms=int(POLL_SECONDS * 1000), max_records=MAX_RECORDS)
        silent = 0.0 if batches else silent + POLL_SECONDS
        if silent >= SAID_AFTER_SECONDS:
            report("waiting for Kafka")
        if silent >= PATIENCE_SECONDS:
            raise WartaError("Kafka sends no records: run the same command again once it is well, it goes on")
        records = [record for batch in batches.values() for record in batch]
        made = await makes.make(records)
        await write(client, made.documents, ARTICLES_STANDBY, report)
        done.records += len(records)
        done.unreadable += len(made.unreadable)
        done.named += made.unreadable[: NAMED - len(done.named)]
        pace.done(len(records))
    pace.tell()
    return done
