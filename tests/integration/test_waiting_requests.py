"""Requests that wait for long, on a real Kafka: for a host that doesn't answer, or for longer than it keeps them."""

import asyncio
import socket
from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web

from services.crawler.renewal import RENEW_AFTER
from shared import codec
from shared.clock import utcnow
from shared.events import CrawlRequested, FetchSettled
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS
from tests.support.cluster import Cluster, Service, until
from tests.support.commands import warta

HOST = "127.0.0.1"
PAGES = 4


class Site:
    """A site on a fixed port that isn't there at first."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)

    async def _answer(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        return web.Response(status=404) if request.path == "/robots.txt" else web.Response(text="teks")

    async def up(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()

    async def down(self) -> None:
        await self._runner.cleanup()

    @property
    def urls(self) -> set[str]:
        return {f"http://{HOST}:{self.port}/baca/{number}" for number in range(PAGES)}

    def start(self, cluster: Cluster) -> Service:
        settings = {
            "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": f"{HOST}:{self.port}", "WARTA_CRAWLER_DELAY_SECONDS": "0.05",
            "WARTA_CRAWLER_BACKOFF_SECONDS": "0.05", "WARTA_CRAWLER_CONNECT_SECONDS": "2",
        }  # fmt: skip
        return cluster.start("crawler", **settings)


async def ask(cluster: Cluster, urls: set[str], *, age: timedelta = timedelta(0), **fields: Any) -> None:
    for url in urls:
        at = utcnow() - age
        request = codec.wrap(CrawlRequested(url=url, **fields), source="/t", time=at, root=f"{url} {at}")
        headers, value = codec.encode(request)
        await cluster.send_raw(CRAWL_REQUESTS, value, headers, key=HOST.encode())


async def published(cluster: Cluster, urls: set[str], service: Service) -> None:
    async def all_there() -> bool:
        found = [one.event for one in await cluster.events(CRAWL_OUTCOMES)]
        return urls <= {one.url for one in found if isinstance(one, FetchSettled) and one.outcome == "published"}

    await until(all_there, seconds=60, why=lambda: service.text()[-3000:])


def said(service: Service, action: str) -> int:
    """How often, over restarts."""
    return sum(f'"{action}"' in line for line in service.text().splitlines())


async def test_an_outage_of_a_host_costs_none_of_its_urls_and_is_told(cluster: Cluster) -> None:
    site = Site()
    service = site.start(cluster)
    await ask(cluster, site.urls)

    async def told() -> bool:
        return said(service, "host.unreachable") == 1

    await until(told, seconds=60, why=service.text)
    url = min(site.urls)
    explained = msgspec.json.decode((await warta(cluster, "explain", url, "--json")).stdout)
    assert explained["unreachable_since"] < utcnow().isoformat()
    assert len(explained["waiting"]) == 1
    assert b"stopped to answer" in (await warta(cluster, "explain", url)).stdout
    service.kill()  # its next owner knows since when
    service = site.start(cluster)
    await asyncio.sleep(3)
    await site.up()
    await published(cluster, site.urls, service)
    assert said(service, "host.unreachable") == 1
    assert said(service, "host.reachable") == 1
    assert sorted(site.paths) == [*(f"/baca/{number}" for number in range(PAGES)), "/robots.txt"]
    assert service.stop() == 0
    explained = msgspec.json.decode((await warta(cluster, "explain", url, "--json")).stdout)
    assert "unreachable_since" not in explained
    await warta(cluster, "audit")
    await site.down()


async def test_what_waits_for_too_long_is_asked_for_again_and_fetched_once(cluster: Cluster) -> None:
    site = Site()
    await site.up()
    front = f"http://{HOST}:{site.port}/"
    await ask(cluster, {front}, kind="pause")
    await ask(cluster, site.urls, age=RENEW_AFTER + timedelta(hours=1))
    service = site.start(cluster)

    async def renewed() -> bool:
        requests = [one for one in await cluster.events(CRAWL_REQUESTS) if one.event.kind == "page"]
        return len(requests) == 2 * PAGES

    await until(renewed, seconds=60, why=service.text)
    await asyncio.sleep(2)  # their ends are committed: from here on only the copies are known
    service.kill()
    service = site.start(cluster)

    async def restored() -> bool:
        return said(service, "frontier.restored") == 2

    await until(restored, seconds=60, why=service.text)
    await ask(cluster, {front}, kind="resume")
    await published(cluster, site.urls, service)
    assert service.stop() == 0
    assert sorted(site.paths) == [*(f"/baca/{number}" for number in range(PAGES)), "/robots.txt"]
    copies = [one.cause for one in await cluster.events(CRAWL_REQUESTS) if one.cause]
    assert len(copies) == PAGES
    await warta(cluster, "audit")
    await site.down()
