"""kill -9 of every service in mid-ingest: the index is the same as without it."""

import asyncio

import pytest

from cli.supervise import SERVICES
from sample import SampleSite
from tests.support.cluster import Cluster, until
from tests.support.ingest import contents, crawl_environment, expected, ingested, start_all


@pytest.mark.timeout(600)
async def test_the_index_is_the_same_after_kills(cluster: Cluster, site: SampleSite) -> None:
    environment = crawl_environment(site, cluster.folder)
    wanted = set(expected(site))
    services = start_all(cluster, environment)
    await ingested(cluster, wanted, services)
    undisturbed = await contents(cluster)
    cluster.end()

    await cluster.wipe()
    services = start_all(cluster, environment)
    for number, name in enumerate(SERVICES):

        async def moved(number: int = number) -> bool:
            return len(await cluster.articles()) > number * len(wanted) // 8

        await until(moved, seconds=120, every=0.1, why=services[name].text)
        services[name].kill()
        await asyncio.sleep(0.2)
        services[name] = cluster.start(name, **environment)
    await ingested(cluster, wanted, services)
    assert await contents(cluster) == undisturbed
