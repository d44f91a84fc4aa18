"""`warta refetch` and `warta explain` on a real broker."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cli.explain import explain_
from cli.seed import refetch
from shared.delivery import Outgoing, Publisher
from shared.events import CrawlRequested, FetchSettled, PageDropped
from shared.settings import DeliverySettings
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS, PAGES_OUTCOMES
from tests.support.cluster import Cluster

URL = "https://contoh.example/read/1"
OTHER = "https://contoh.example/read/2"


async def test_a_url_from_its_request_to_its_refetch(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in cluster.environment.items():
        if name.startswith("WARTA_"):
            monkeypatch.setenv(name, value)

    async def run(command: click.Command, *arguments: str) -> Any:
        result = await asyncio.to_thread(CliRunner().invoke, command, arguments)
        assert result.exit_code == 0, result.output
        return result

    assert "nobody asked for it" in (await run(explain_, URL)).output
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
    text = (await run(explain_, f"{URL}?utm_source=x#atas")).output
    assert "requested  page, found by feed, depth 0" in text
    assert "published  status 200" in text
    assert "no article gallery" in text
    assert "looked at again in" in text
    assert "waiting" not in text
    await run(refetch, URL)
    found = json.loads((await run(explain_, URL, "--json")).stdout)
    assert [step["what"] for step in found["steps"]] == ["requested", "published", "no article", "requested"]
    assert len(found["waiting"]) == 1
