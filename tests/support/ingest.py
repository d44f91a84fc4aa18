"""The sample site through all four services."""

from pathlib import Path
from typing import Any

from cli.supervise import SERVICES
from sample import SampleSite
from shared.articles import article_id
from shared.urls import canonical_url
from tests.support.cluster import Cluster, Service, until


def crawl_environment(site: SampleSite, folder: Path) -> dict[str, str]:
    """Settings for a crawl of the sample site, which lives on loopback."""
    address = site.url.removeprefix("http://")
    sites = folder / "sites.toml"
    sites.write_text(
        f'[sample]\nhosts = ["127.0.0.1"]\nseeds = ["{site.url}/"]\nfeeds = ["{site.url}/rss"]\n'
        f'sitemaps = ["{site.url}/sitemap.xml"]\n'
    )
    return {
        "WARTA_CRAWLER_SITES": str(sites),
        "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": address,
        "WARTA_CRAWLER_DELAY_SECONDS": "0",
        "WARTA_CRAWLER_BACKOFF_SECONDS": "0.2",
    }


def expected(site: SampleSite) -> dict[str, str]:
    """Title by article id of every article on the site."""
    return {article_id(canonical_url(site.url + article.path)): article.title for article in site.articles}


def start_all(cluster: Cluster, environment: dict[str, str]) -> dict[str, Service]:
    return {service: cluster.start(service, **environment) for service in SERVICES}


async def ingested(cluster: Cluster, wanted: set[str], services: dict[str, Service], *, seconds: float = 180) -> None:
    """Wait until every wanted article is searchable and listed, and no service lags."""

    async def settled() -> bool:
        articles = set(await cluster.articles())
        if not wanted <= articles:
            return False
        async with cluster.client() as client:
            lists = await client.count(index="related")
        return lists["count"] >= len(wanted) and (await cluster.progress()).lag == 0

    def why() -> str:
        tails = {name: service.text()[-1500:] for name, service in services.items()}
        return "\n".join(f"--- {name}\n{tail}" for name, tail in tails.items())

    await until(settled, seconds=seconds, every=1, why=why)


async def contents(cluster: Cluster) -> dict[str, Any]:
    """What convergence compares: content hash by id."""
    return {key: doc["content_hash"] for key, doc in (await cluster.articles()).items()}
