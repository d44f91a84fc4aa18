"""What Warta relies on in the embedded servers, which are no distribution's: the run's shared ones."""

import uuid

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from stack import Stack

MIB = 1 << 20


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def elasticsearch(stack: Stack) -> httpx.Client:
    return httpx.Client(base_url=stack.elasticsearch_url, trust_env=False, timeout=30)


def test_the_indonesian_analyzer_stems_and_drops_stop_words(elasticsearch: httpx.Client) -> None:
    with elasticsearch:
        request = {"analyzer": "indonesian", "text": "Pertemuan dua pemimpin itu memperingati keharmonisan"}
        tokens = [token["token"] for token in elasticsearch.post("/_analyze", json=request).json()["tokens"]]
    assert "itu" not in tokens
    assert {"temu", "harmonis"} <= set(tokens)


def test_an_older_version_never_overwrites_a_newer_one(elasticsearch: httpx.Client, name: str) -> None:
    with elasticsearch:

        def write(version: int, text: str) -> int:
            options: dict[str, str | int] = {"version": version, "version_type": "external_gte"}
            return elasticsearch.put(f"/{name}/_doc/1", params=options, json={"text": text}).status_code

        assert write(1_700_000_000_000_002, "newer") == 201
        assert write(1_700_000_000_000_001, "older") == 409
        assert write(1_700_000_000_000_002, "the same, again") == 200
        assert elasticsearch.get(f"/{name}/_doc/1").json()["_source"] == {"text": "the same, again"}
        elasticsearch.delete(f"/{name}")


async def test_a_compacted_topic_takes_a_page_of_five_mebibytes(stack: Stack, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap_servers)
    await admin.start()
    settings = {"cleanup.policy": "compact", "max.message.bytes": str(5 * MIB)}
    created = await admin.create_topics([NewTopic(name, 3, 1, topic_configs=settings)])
    assert [error for _, error, *_ in created.topic_errors] == [0]
    resources = (await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)]))[0].resources
    described = {entry[0]: entry[1] for entry in resources[0][4]}
    assert described["cleanup.policy"] == "compact"
    page = bytes(5 * MIB - 1024)
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.bootstrap_servers, acks="all", enable_idempotence=True, max_request_size=5 * MIB
    )
    await producer.start()
    await producer.send_and_wait(name, page, key=b"k")
    await producer.stop()
    consumer = AIOKafkaConsumer(
        name, bootstrap_servers=stack.bootstrap_servers, auto_offset_reset="earliest", group_id=name
    )
    await consumer.start()
    record = await consumer.getone()
    assert record.value == page
    await consumer.stop()
    await admin.delete_topics([name])
    await admin.close()


async def test_topics_are_not_created_unasked(stack: Stack, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap_servers)
    await admin.start()
    (described,) = await admin.describe_topics([name])
    assert for_code(described["error_code"]).__name__ == "UnknownTopicOrPartitionError"
    assert name not in await admin.list_topics()
    await admin.close()
