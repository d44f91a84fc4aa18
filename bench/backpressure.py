"""Ten times more pages than the indexer can take, for minutes: what each service holds in memory, minute by minute.

A site of generated pages is crawled as fast as it goes, and a proxy in front of Elasticsearch lets 200 articles through
every twelve seconds. Real servers, all four services; the crawler's brake is set to half a minute.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from cli.supervise import SERVICES
from shared.backlog import BacklogReader
from shared.topics import ARTICLES_PARSED, CONSUMERS
from stack import Stack
from tests.support.big_site import big_site
from tests.support.cluster import Cluster
from tests.support.memory import rss_mib
from tests.support.slow_elasticsearch import slow_elasticsearch

MINUTES = 6
ROW_SECONDS = 60.0
PAGES = 45_000
BULK_SECONDS = 12.0
BRAKE_SECONDS = 30.0
DOWNSTREAM = [service for service in CONSUMERS if service != "crawler"]


def run() -> list[dict[str, object]]:
    """A row a minute: pages asked for, articles indexed, the age of the oldest unread one, and MiB by service."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "stack", report=lambda line: print(line, file=sys.stderr), owner=os.getpid())
        stack.up()
        try:
            return asyncio.run(_run(stack, Path(folder)))
        finally:
            stack.down()


async def _run(stack: Stack, folder: Path) -> list[dict[str, object]]:
    cluster = Cluster(stack, folder)
    await cluster.wipe()
    async with (
        big_site(PAGES) as site,
        slow_elasticsearch(cluster.elasticsearch.url, seconds=BULK_SECONDS) as slow,
        BacklogReader(cluster.kafka) as reader,
    ):
        environment = {
            **site.crawl_settings(folder),
            "WARTA_CRAWLER_DELAY_SECONDS": "0",
            "WARTA_CRAWLER_BRAKE_AGE_SECONDS": str(BRAKE_SECONDS),
            # Else its lists, not the indexer, would be what the crawler waits for on a small machine.
            "WARTA_RECOMMENDER_FANOUT": "0",
        }
        environments = {"indexer": {**environment, "WARTA_ELASTICSEARCH_URL": slow.url}}
        services = {name: cluster.start(name, **environments.get(name, environment)) for name in SERVICES}
        rows: list[dict[str, object]] = []
        try:
            for minute in range(1, MINUTES + 1):
                await asyncio.sleep(ROW_SECONDS)
                backlog = await reader.read(DOWNSTREAM)
                async with cluster.client() as client:
                    indexed = (await client.count(index="articles"))["count"]
                age = backlog.ages.get(("indexer", ARTICLES_PARSED.name))
                rows.append(
                    {
                        "minute": minute,
                        "asked for": site.asked,
                        "indexed": indexed,
                        "unread by indexer": backlog.of("indexer").lag,
                        "for seconds": age.total_seconds() if age else 0.0,
                        "expired": sum(one.expired for one in backlog.partitions),
                        "braked so far": services["crawler"].text().count('"event.action":"crawl.braked"'),
                        **{name: round(rss_mib(service.process.pid)) for name, service in services.items()},
                    }
                )
                print(rows[-1], file=sys.stderr)
        finally:
            cluster.end()
        return rows
