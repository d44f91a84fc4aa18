"""The compacted topic into the standby."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from elasticsearch import AsyncElasticsearch

from operations.reindex.pace import Pace, Report
from operations.reindex.write import PATIENCE_SECONDS, write
from services.indexer.document import document, stub
from shared import codec, kafka
from shared.clock import utcnow
from shared.delivery import pure
from shared.documents import ARTICLES_STANDBY, ArticleDocument
from shared.errors import DeadLetter, WartaError
from shared.events import ArticleParsed, ArticleRemoved
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


async def backfill(client: AsyncElasticsearch, settings: KafkaSettings, report: Report) -> Backfilled:
    """Write all that articles.parsed holds now to the standby; later records are the indexer's.

    What the standby's mapping refuses matters only if it still is an article's newest when indices are compared: that
    names it. Memory is bounded by a batch. Raises `WartaError` and Elasticsearch's errors.
    """
    if ARTICLES_PARSED.name in await kafka.missing_topics(settings):
        raise WartaError(f"Kafka has no topic {ARTICLES_PARSED.name}: run `./warta bootstrap`")
    consumer = kafka.consumer(settings, client_id="warta-reindex")
    await kafka.start(consumer, settings)
    try:
        return await _read(consumer, client, report)
    except KafkaError as error:
        raise WartaError(f"Kafka failed ({type(error).__name__}): run the same command again, it goes on") from error
    finally:
        await consumer.stop()


async def _read(consumer: Any, client: AsyncElasticsearch, report: Report) -> Backfilled:
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
        for records in batches.values():
            documents = await asyncio.to_thread(_documents, records, done)
            await write(client, documents, ARTICLES_STANDBY, report)
            done.records += len(records)
            pace.done(len(records))
    pace.tell()
    return done


def _documents(records: Sequence[Any], done: Backfilled) -> list[ArticleDocument]:
    documents = []
    for record in records:
        try:
            documents.append(_document(record))
        except DeadLetter as why:
            done.unreadable += 1
            if len(done.named) < NAMED:
                done.named.append(f"{record.topic}/{record.partition}/{record.offset}: {why.reason}")
    return documents


def _document(record: Any) -> ArticleDocument:
    event = codec.decode(record.headers or (), record.value).event
    if isinstance(event, ArticleParsed):
        return pure(document, event, indexed_at=utcnow())
    if isinstance(event, ArticleRemoved):
        return pure(stub, event, indexed_at=utcnow())
    raise DeadLetter("wrong_type", f"{event.TYPE} doesn't belong into {record.topic}")
