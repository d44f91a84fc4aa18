"""Topics that exist: what is weaker than the table is named, set when asked for, and nothing else is touched."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared import kafka
from shared.settings import KafkaSettings
from shared.topic_settings import check_topics, weaker
from shared.topics import ARTICLES_PARSED, CRAWL_REQUESTS, PAGES_OUTCOMES, Topic
from tests.support.cluster import Cluster


@pytest.fixture
async def admin(cluster: Cluster) -> AsyncIterator[Any]:
    client = AIOKafkaAdminClient(bootstrap_servers=cluster.kafka.bootstrap_servers)
    await client.start()
    yield client
    await client.close()


async def _own_settings(admin: Any, topic: Topic) -> dict[str, str]:
    answer = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    return {name: value for name, value, _, source, *_ in answer[0].resources[0][4] if source == 1}


async def test_what_is_weaker_is_named_and_set_when_asked_for_and_nothing_else(cluster: Cluster, admin: Any) -> None:
    settings: KafkaSettings = cluster.kafka
    await kafka.create_topics(settings, lambda _line: None)
    before = await _own_settings(admin, CRAWL_REQUESTS)
    changed = before | {"retention.ms": "3600000", "max.message.bytes": "9000000", "segment.ms": "7200000"}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, CRAWL_REQUESTS.name, configs=changed)])

    named: list[str] = []
    await check_topics(settings, named.append, adjust=False)
    (line,) = named
    assert line.startswith("topic crawl.requests: retention.ms is 3600000, but Warta's promises need 1209600000")
    assert await _own_settings(admin, CRAWL_REQUESTS) == changed

    said: list[str] = []
    await check_topics(settings, said.append, adjust=True)
    assert said == ["topic crawl.requests: retention.ms was 3600000, now 1209600000"]
    assert await _own_settings(admin, CRAWL_REQUESTS) == changed | {"retention.ms": before["retention.ms"]}

    again: list[str] = []
    await check_topics(settings, again.append, adjust=True)
    assert again == []


@pytest.mark.parametrize(
    ("topic", "change", "is_weaker"),
    [
        (CRAWL_REQUESTS, {"retention.ms": "-1"}, False),
        (CRAWL_REQUESTS, {"retention.bytes": "1000000"}, True),
        (CRAWL_REQUESTS, {"cleanup.policy": "compact"}, True),
        (CRAWL_REQUESTS, {"min.insync.replicas": "3"}, False),
        (PAGES_OUTCOMES, {"cleanup.policy": "delete,compact"}, False),
        (ARTICLES_PARSED, {"cleanup.policy": "delete"}, True),
        (ARTICLES_PARSED, {"retention.ms": "604800000"}, False),
        (ARTICLES_PARSED, {"min.compaction.lag.ms": "0"}, True),
        (ARTICLES_PARSED, {"max.message.bytes": "1048576"}, True),
    ],
)
def test_what_keeps_more_is_not_weaker(topic: Topic, change: dict[str, str], *, is_weaker: bool) -> None:
    wanted = topic.config | {"min.insync.replicas": "2"}
    assert [one.setting for one in weaker(topic, wanted, wanted | change)] == list(change) * is_weaker
