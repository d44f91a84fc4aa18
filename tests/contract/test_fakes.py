"""The fakes answer as the real Elasticsearch and the real Kafka do, in all that the convergence tests rest on."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from aiokafka import TopicPartition
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from elasticsearch import ApiError, AsyncElasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.checksum import articles_checksum
from shared import kafka, search
from shared.attempts_store import AttemptsStore
from shared.partitions import partition_of
from shared.settings import ElasticsearchSettings
from shared.topics import ARTICLES_PARSED
from stack import Stack
from tests.support.cluster import Cluster, until
from tests.support.fakes.attempts import PARTITIONS, FakeAttemptsStore
from tests.support.fakes.elasticsearch import FakeElasticsearch
from tests.support.fakes.log import FakeLog

PUBLISHED = {"term": {"status": "published"}}
KEYS = ["a", "b", "c", "d"]
Ask = Callable[[AsyncElasticsearch, str], Awaitable[Any]]

keys = st.sampled_from(KEYS)
versions = st.integers(1, 4)
statuses = st.sampled_from(["published", "removed"])
documents = st.tuples(keys, versions, statuses)
gte = st.sampled_from(["external_gte", "external"])


def source(key: str, version: int, status: str) -> dict[str, Any]:
    return {"article_id": key, "version": version, "status": status, "content_hash": f"{key}{version}"}


def written(document: tuple[str, int, str], kind: str, *, refresh: bool) -> Ask:
    key, version, _ = document

    async def ask(client: AsyncElasticsearch, name: str) -> Any:
        answer = await client.index(
            index=f"{name}-write", id=key, document=source(*document), version=version,
            version_type=cast("Any", kind), refresh=refresh,
        )  # fmt: skip
        return answer["result"], answer["_version"]

    return ask


def bulk(batch: list[tuple[str, int, str]], alias: str) -> Ask:
    async def ask(client: AsyncElasticsearch, name: str) -> Any:
        lines: list[dict[str, Any]] = []
        for key, version, status in batch:
            meta = {"_index": name + alias, "_id": key, "version": version, "version_type": "external_gte"}
            lines += [{"index": meta}, source(key, version, status)]
        answer = await client.bulk(operations=lines, require_alias=True)
        items = [item["index"] for item in answer["items"]]
        return answer["errors"], [(item["_id"], item["status"], item.get("error", {}).get("type")) for item in items]

    return ask


def got(key: str) -> Ask:
    async def ask(client: AsyncElasticsearch, name: str) -> Any:
        answer = await client.options(ignore_status=404).get(index=f"{name}-write", id=key)
        return answer["found"], answer.get("_version"), answer.get("_source")

    return ask


async def several(client: AsyncElasticsearch, name: str) -> Any:
    answer = await client.mget(index=f"{name}-write", ids=KEYS, source_includes=["content_*"])
    return [(one["_id"], one["found"], one.get("_source")) for one in answer["docs"]]


def found(alias: str, query: dict[str, Any], size: int) -> Ask:
    async def ask(client: AsyncElasticsearch, name: str) -> Any:
        answer = await client.search(
            index=name + alias, query=query, size=size, sort=[{"article_id": "asc"}], search_after=["a"],
            source={"includes": ["version"]},
        )  # fmt: skip
        hits = [(hit["_id"], hit["_source"], hit["sort"]) for hit in answer["hits"]["hits"]]
        return hits, answer["hits"]["total"]["value"], (await client.count(index=name + alias, query=query))["count"]

    return ask


async def refreshed(client: AsyncElasticsearch, name: str) -> Any:
    return (await client.indices.refresh(index=f"{name}-write"))["_shards"]["failed"]


async def aliased(client: AsyncElasticsearch, name: str) -> Any:
    there = [bool(await client.indices.exists_alias(name=name + alias)) for alias in ("-read", "-none")]
    return there, list(await client.indices.get_alias(name=f"{name}-write"))


async def summed(client: AsyncElasticsearch, name: str) -> Any:
    return await articles_checksum(client, index=f"{name}-write")


queries = st.sampled_from([
    {"match_all": {}}, PUBLISHED, {"ids": {"values": ["a", "c"]}}, {"terms": {"content_hash": ["a1", "b2"]}},
    {"bool": {"filter": [PUBLISHED], "must_not": {"term": {"article_id": {"value": "b"}}}}},
])  # fmt: skip
asks = st.one_of(
    st.builds(written, documents, gte, refresh=st.booleans()),
    st.builds(bulk, st.lists(documents, min_size=1, max_size=5), st.sampled_from(["-write", "-write", "-none"])),
    st.builds(got, keys), st.just(several), st.just(refreshed), st.just(aliased), st.just(summed),
    st.builds(found, st.sampled_from(["-read", "-write", "-none"]), queries, st.integers(1, 4)),
)  # fmt: skip


async def answer(ask: Ask, client: AsyncElasticsearch, name: str) -> Any:
    try:
        return await ask(client, name)
    except ApiError as error:
        return error.status_code, error.error


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(script=st.lists(asks, min_size=10, max_size=40))
def test_the_fake_elasticsearch_answers_as_the_real_one(stack: Stack, script: list[Ask]) -> None:
    async def compare() -> None:
        name = f"fakes-{uuid.uuid4().hex[:8]}"
        fake = FakeElasticsearch()
        fake.create(name, {f"{name}-read": PUBLISHED, f"{name}-write": None})
        keyword = {field: {"type": "keyword"} for field in ("article_id", "status", "content_hash")}
        async with (
            search.client(ElasticsearchSettings(url=stack.elasticsearch_url)) as real,
            fake.client() as pretended,
        ):
            await real.indices.create(
                index=name, aliases={f"{name}-read": {"filter": PUBLISHED}, f"{name}-write": {}},
                settings={"refresh_interval": "-1", "number_of_replicas": 0},
                mappings={"properties": keyword | {"version": {"type": "long"}}},
            )  # fmt: skip
            try:
                for place, ask in enumerate(script):
                    wanted = await answer(ask, real, name)
                    assert await answer(ask, pretended, name) == wanted, f"{place}: {ask}"
            finally:
                await real.indices.delete(index=name)

    asyncio.run(compare())


def told(records: list[Any]) -> list[tuple[Any, ...]]:
    return sorted((record.partition, record.offset, record.key, record.value) for record in records)


async def clean_at_once(cluster: Cluster, topic: str) -> None:
    """From now on each record that comes a moment later than the one before closes the segment before it."""
    admin = kafka.admin(cluster.kafka)
    await admin.start()
    quick = {
        **ARTICLES_PARSED.config, "segment.ms": "1", "min.cleanable.dirty.ratio": "0.0", "min.compaction.lag.ms": "0",
    }  # fmt: skip
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=quick)])
    await admin.close()


@pytest.mark.timeout(240)
async def test_the_fake_log_places_commits_and_compacts_as_kafka(cluster: Cluster) -> None:
    topic = ARTICLES_PARSED.name
    log = FakeLog()
    producer = kafka.producer(cluster.kafka, client_id="test")
    await producer.start()
    names = [f"article-{number}" for number in range(20)]
    for turn in range(3):
        for name in names[turn * 4 :]:
            key, value = name.encode(), f"{turn}".encode()
            sent = await producer.send_and_wait(topic, key=key, value=value)
            placed = log.append(topic, key, value, [])
            assert (placed.partition, placed.offset) == (sent.partition, sent.offset)
    assert told(list(log.kept(topic))) == told(await cluster.records(topic))

    number = partition_of(names[-1], ARTICLES_PARSED)
    partition = TopicPartition(topic, number)
    for offset in (2, 1, 0):
        consumer = kafka.consumer(cluster.kafka, client_id="test", group_id="fakes")
        await consumer.start()
        consumer.assign([partition])
        assert await consumer.committed(partition) == log.committed("fakes", topic, number)
        (records,) = (await consumer.getmany(timeout_ms=10_000, max_records=2)).values()
        read = log.read(topic, number, log.committed("fakes", topic, number) or 0, 2)
        assert [record.offset for record in records] == [record.offset for record in read]
        await consumer.commit({partition: offset})
        log.commit("fakes", topic, number, offset)
        await consumer.stop()

    await clean_at_once(cluster, topic)
    for value in (b"new", b"newer"):
        for name in {partition_of(name, ARTICLES_PARSED): name for name in names}.values():
            await producer.send_and_wait(topic, key=name.encode(), value=value)
            last = log.append(topic, name.encode(), value, [])
            log.compact(topic, last.partition, up_to=last.offset)
    await producer.stop()
    wanted = told(list(log.kept(topic)))
    assert len(wanted) < len(log.ever)

    async def cleaned() -> bool:
        return told(await cluster.records(topic)) == wanted

    await until(cleaned, seconds=120, every=1)


async def test_the_fake_store_of_attempts_keeps_as_kafka(cluster: Cluster) -> None:
    found = []
    for fake in (FakeAttemptsStore(), None):
        first, next_one = (
            fake or AttemptsStore("fakes", name, cluster.kafka, waiting=lambda _why: None) for name in ("1", "2")
        )
        await first.start()
        await first.write(lambda: {PARTITIONS[0]: "a", PARTITIONS[1]: "b"})
        await first.write(lambda: {PARTITIONS[1]: "c"})
        await first.write(dict)
        await first.close()
        await next_one.start()
        found.append(await next_one.read(PARTITIONS))
        await next_one.close()
    assert found[0] == found[1]
    assert found[0][0][PARTITIONS[1]] == "c"
