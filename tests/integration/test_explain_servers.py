"""`warta refetch` and `warta explain` on a real broker."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime

from shared.delivery import Outgoing, Publisher
from shared.events import CrawlRequested, FetchSettled, PageDropped
from shared.settings import DeliverySettings
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS, PAGES_OUTCOMES
from tests.support.cluster import ROOT, Cluster

URL = "https://contoh.example/read/1"
OTHER = "https://contoh.example/read/2"


async def warta(cluster: Cluster, *arguments: str) -> str:
    """What the command prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", *arguments, cwd=ROOT, env=cluster.environment, stdout=PIPE, stderr=PIPE
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


async def test_a_url_from_its_request_to_its_refetch(cluster: Cluster) -> None:
    assert "nobody asked for it" in await warta(cluster, "explain", URL)
    now = datetime.now(UTC)
    publisher = Publisher("crawler", cluster.kafka, DeliverySettings())
    await publisher.start()
    for url in (OTHER, URL):
        request = await publisher.publish(
            Outgoing(topic=CRAWL_REQUESTS, key="contoh.example", event=CrawlRequested(url=url, found_by="feed"))
        )
    settled = FetchSettled(url=URL, outcome="published", settled_at=now, status=200, found_by="feed")
    await publisher.publish(Outgoing(topic=CRAWL_OUTCOMES, key="contoh.example", event=settled), cause=request)
    dropped = PageDropped(url=URL, reason="gallery", fetched_at=now)
    await publisher.publish(Outgoing(topic=PAGES_OUTCOMES, key=URL, event=dropped))
    await publisher.stop()
    text = await warta(cluster, "explain", f"{URL}?utm_source=x#atas")
    assert "requested  page, found by feed, depth 0" in text
    assert "published  status 200" in text
    assert "no article gallery" in text
    assert "looked at again in" in text
    assert "waiting" not in text
    assert await warta(cluster, "refetch", URL) == f"requested {URL}\n"
    found = json.loads(await warta(cluster, "explain", URL, "--json"))
    assert [step["what"] for step in found["steps"]] == ["requested", "published", "no article", "requested"]
    assert len(found["waiting"]) == 1
