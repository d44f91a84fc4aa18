"""The crawler: crawl.requests -> pages.fetched, crawl.outcomes, and what sources list back to crawl.requests."""

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from services.crawler.crawl import Crawl
from services.crawler.discovery import Discovery
from services.crawler.fetch import Fetcher
from services.crawler.guard import Guard
from services.crawler.holdings import Holdings
from services.crawler.partition import Partition
from services.crawler.restore import check_partitions
from services.crawler.revisits import Revisits
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import load_sites
from services.crawler.verdict import Judge
from services.crawler.visit import Visitor
from shared import service, settings
from shared.clock import utcnow
from shared.logs import get_logger
from shared.service import Context


async def run(context: Context) -> None:
    """Crawl until told to stop."""
    own = settings.load(CrawlerSettings)
    sites = load_sites(own.sites)
    if not own.contact:
        get_logger().warning(
            "contact.missing", **{"error.message": "set WARTA_CRAWLER_CONTACT, so that site owners can reach you"}
        )
    await check_partitions(context)
    held = partial(
        Partition,
        delay=own.delay,
        directory=own.state_directory or Path(tempfile.gettempdir()),
        revisits=Revisits(own.revisit_ages),
        gone=own.gone_rules,
    )
    holdings = Holdings(held)
    fetcher = Fetcher(_guard(own), own)
    judge = Judge(sites=sites, max_attempts=own.max_attempts, first_pause=own.backoff)
    discovery = Discovery(
        sites, lambda url: holdings.needs_no_request(url, utcnow()), named_every=timedelta(seconds=own.sitemap_seconds)
    )
    try:
        await Crawl(context, own, sites, holdings, Visitor(fetcher, judge, discovery, own)).run()
    finally:
        await fetcher.close()


def _guard(own: CrawlerSettings) -> Guard:
    proxy = None
    if own.egress_proxy:
        parts = urlsplit(own.egress_proxy.get_secret_value())
        proxy = ((parts.hostname or "").lower(), parts.port or 0)
        get_logger().warning(
            "egress.proxied",
            **{
                "server.address": proxy[0], "server.port": proxy[1],
                "error.message": "names are resolved by the proxy: it must refuse private addresses itself",
            },
        )  # fmt: skip
    return Guard(ports=own.allowed_ports, private_hosts=own.allow_private_hosts, proxy=proxy)


def main() -> None:
    """Run the crawler as this process."""
    service.main("crawler", run, own_settings=[CrawlerSettings])
