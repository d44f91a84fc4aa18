"""From a slow Elasticsearch back to the crawler, through all four services on the real servers."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from cli.supervise import SERVICES
from services.crawler.brake import CHECK_SECONDS
from shared.backlog import BacklogReader
from tests.support.backlog import patiently
from tests.support.big_site import big_site
from tests.support.cluster import Cluster, Service, until
from tests.support.memory import rss_mib
from tests.support.slow_elasticsearch import slow_elasticsearch

PAGES = 100
BRAKE_AGE = 6.0
# Of each service while braked; a crawler that went on would read pages without end.
MOST_GROWTH_MIB = 60


def logged(service: Service, action: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in service.text().splitlines() if line.startswith("{") and line.endswith("}")]
    return [line for line in lines if line.get("event.action") == action]


async def test_a_slow_elasticsearch_brakes_the_crawler_and_nothing_is_lost(cluster: Cluster, tmp_path: Path) -> None:
    async with (
        big_site(PAGES, page_bytes=4000) as site,
        slow_elasticsearch(cluster.elasticsearch.url, held=True) as slow,
        BacklogReader(cluster.kafka) as reader,
    ):
        environment = {
            **site.crawl_settings(tmp_path), "WARTA_CRAWLER_DELAY_SECONDS": "0.15",
            "WARTA_CRAWLER_BRAKE_AGE_SECONDS": str(BRAKE_AGE), "WARTA_RECOMMENDER_FANOUT": "0",
        }  # fmt: skip
        environments = {"indexer": {**environment, "WARTA_ELASTICSEARCH_URL": slow.url}}
        services = {name: cluster.start(name, **environments.get(name, environment)) for name in SERVICES}
        crawler = services["crawler"]

        def tail() -> str:
            lines = [line.get("error.message", "") for line in logged(crawler, "dependency.awaited")]
            return "\n".join([*lines[-5:], *(service.text()[-1000:] for service in services.values())])

        async def unread_for(seconds: float) -> bool:
            assert crawler.process.poll() is None, tail()
            ages = (await patiently(reader, "indexer")).ages
            return ages.get(("indexer", "articles.parsed"), timedelta(0)).total_seconds() > seconds

        await until(lambda: unread_for(BRAKE_AGE + 3 * CHECK_SECONDS), seconds=120, why=tail)
        (braked, *_) = logged(crawler, "crawl.braked")
        assert braked["event.reason"] == "unread_too_old"
        assert braked["labels.age_seconds"] > BRAKE_AGE

        # The backlog grows old; the crawler waits, alive, says for what, and fetches nothing; nobody's memory grows.
        asked = site.asked
        assert 0 < asked < PAGES
        before = {name: rss_mib(service.process.pid) for name, service in services.items()}
        await until(lambda: unread_for(BRAKE_AGE * 3))
        assert site.asked == asked
        health = f"http://127.0.0.1:{logged(crawler, 'health.started')[0]['url.port']}"
        async with aiohttp.ClientSession() as session:

            async def ready() -> list[str]:
                answer = await (await session.get(f"{health}/readyz")).json()
                return list(answer["because"])

            assert (await session.get(f"{health}/livez")).status == 200
            await until(ready)
            assert await ready() == ["waiting for downstream"]
        growth = {name: rss_mib(service.process.pid) - before[name] for name, service in services.items()}
        assert max(growth.values()) < MOST_GROWTH_MIB, growth

        slow.release()

        async def all_arrived() -> bool:
            async with cluster.client() as client:
                return bool((await client.count(index="articles"))["count"] == PAGES)

        await until(all_arrived, seconds=180, every=0.5, why=tail)
        assert logged(crawler, "crawl.released")
        for service in services.values():
            assert "records.expired" not in service.text()
            assert not logged(service, "message.rejected")
