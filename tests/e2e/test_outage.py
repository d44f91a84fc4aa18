"""The broker killed in mid-ingest, and back after a while: a delay, nothing more."""

import asyncio

import pytest

from sample import SampleSite
from tests.support.cluster import Cluster, until
from tests.support.ingest import crawl_environment, expected, ingested, start_all


@pytest.mark.timeout(400)
async def test_an_outage_of_kafka_only_delays(cluster: Cluster, site: SampleSite) -> None:
    wanted = expected(site)
    services = start_all(cluster, crawl_environment(site, cluster.folder))

    async def begun() -> bool:
        return len(await cluster.articles()) > len(wanted) // 4

    await until(begun, seconds=120, every=0.1, why=services["indexer"].text)
    cluster.stack.kill("kafka")
    await asyncio.sleep(15)
    ended = {name: service.process.poll() for name, service in services.items()}
    cluster.stack.restart("kafka")
    await ingested(cluster, set(wanted), services)
    assert ended == dict.fromkeys(services), "no service ended while Kafka was away"
    assert {key: doc["title"] for key, doc in (await cluster.articles()).items() if key in wanted} == wanted
