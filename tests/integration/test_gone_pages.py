"""Pages that are gone, on the real servers: single ones leave the index, a host that answers 404 for all loses none."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from shared.delivery import Outgoing
from shared.events import CrawlRequested
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS
from shared.urls import canonical_url, host_of
from tests.support.cluster import ROOT, Cluster, Service, until
from tests.support.hostile_hosts import Hosts, hostile_hosts

PAGES = 5
SENTENCE = "Pemerintah kota menyiapkan jalur baru bagi warga yang berangkat bekerja setiap pagi. "


@pytest.fixture
async def hosts() -> AsyncIterator[Hosts]:
    async with hostile_hosts(2) as made:
        yield made


async def article(request: web.Request) -> web.Response:
    title = f"Berita {request.path.rpartition('/')[2]} dari {request.host}"
    body = "".join(f"<p>{number} {title}. {SENTENCE * 3}</p>" for number in range(4))
    text = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
    return web.Response(text=text, content_type="text/html")


async def lost(_request: web.Request) -> web.Response:
    return web.Response(status=404)


async def softly_lost(_request: web.Request) -> web.Response:
    return web.Response(text="<title>Halaman tidak ditemukan | Kabar</title>", content_type="text/html")


def start(cluster: Cluster, hosts: Hosts) -> Service:
    cluster.start("parser")
    cluster.start("indexer")
    return cluster.start(
        "crawler",
        WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS=",".join(f"{address}:{hosts.port}" for address in hosts.addresses),
        WARTA_CRAWLER_DELAY_SECONDS="0.05",
        WARTA_CRAWLER_REVISIT_SECONDS=",".join(map(str, range(5, 600, 5))),
        # Pages of a host are looked at again some five seconds apart: by then most of the sick one's are found gone.
        WARTA_CRAWLER_GONE_SECONDS="30",
        WARTA_CRAWLER_GONE_SICK_PAGES="3",
    )


def warta(cluster: Cluster, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *command], cwd=ROOT, env=cluster.environment, text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_single_pages_go_and_a_sick_host_loses_nothing_until_a_person_confirms(
    cluster: Cluster, hosts: Hosts
) -> None:
    well, sick = hosts.addresses
    for address in (well, sick):
        hosts.answer(address, "*", article)
    urls = {
        address: [canonical_url(hosts.url(address, f"/read/{n}")) for n in range(PAGES)] for address in (well, sick)
    }
    service = start(cluster, hosts)
    await cluster.publish(
        Outgoing(topic=CRAWL_REQUESTS, key=host_of(url), event=CrawlRequested(url=url))
        for address in urls for url in urls[address]
    )  # fmt: skip

    async def indexed(*wanted: str) -> bool:
        return {one["url"] for one in (await cluster.articles()).values()} == set(wanted)

    await until(lambda: indexed(*urls[well], *urls[sick]), seconds=60, why=lambda: service.text()[-3000:])
    hosts.answer(well, "/read/0", lost)
    hosts.answer(well, "/read/1", softly_lost)
    hosts.answer(sick, "*", lost)

    async def outcomes() -> list[Any]:
        return [one.event for one in await cluster.events(CRAWL_OUTCOMES) if getattr(one.event, "removal", None)]

    async def all_held() -> bool:
        return {one.url for one in await outcomes() if one.removal == "held"} == set(urls[sick])

    await until(all_held, seconds=150, why=lambda: service.text()[-3000:])
    await until(lambda: indexed(*urls[well][2:], *urls[sick]), seconds=60, why=lambda: service.text()[-3000:])
    ends = {one.url: one.removal for one in await outcomes() if one.url.startswith(hosts.url(well))}
    assert ends == dict.fromkeys(urls[well][:2], "done")
    held = [json.loads(line) for line in warta(cluster, "gone", "list", "--json").splitlines()]
    assert [(one["url"], one["why"]) for one in held] == [(url, "held") for url in sorted(urls[sick])]

    async def warned() -> bool:
        return "removals.held" in service.text()

    await until(warned)
    assert "its article's removal: held" in warta(cluster, "explain", urls[sick][0])

    hosts.answer(sick, "/read/3", article)
    warta(cluster, "gone", "confirm", sick)
    await until(
        lambda: indexed(*urls[well][2:], urls[sick][3]), seconds=90, why=lambda: service.text()[-3000:]
    )  # fmt: skip

    async def none_held() -> bool:
        return "no removal is held back" in warta(cluster, "gone", "list")

    await until(none_held, seconds=60, why=lambda: service.text()[-3000:])

    for url, path in zip(urls[well], ("/read/0", "/read/1"), strict=False):
        hosts.answer(well, path, article)  # it is back
        warta(cluster, "refetch", url)
    await until(
        lambda: indexed(*urls[well], urls[sick][3]), seconds=60, why=lambda: service.text()[-3000:]
    )  # fmt: skip
    assert service.stop() == 0
    audit = subprocess.run(
        [sys.executable, "-m", "cli", "audit"], cwd=ROOT, env=cluster.environment, text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    assert audit.returncode == 0, audit.stdout + audit.stderr
