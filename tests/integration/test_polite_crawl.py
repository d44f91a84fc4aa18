"""The crawler's process against hosts with hostile rules; a verifier reads their logs and finds no breach."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from operations.politeness import Promise, breaches
from services.crawler.robots import MAX_ROBOTS_BYTES
from shared.delivery import Outgoing
from shared.events import CrawlRequested
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS
from shared.urls import canonical_url, host_of
from tests.support.cluster import Cluster, Service, until
from tests.support.hostile_hosts import Hosts, busy, hostile_hosts, moved, slow

CONTACT = "redaksi@contoh.example"
PROMISE = Promise(
    delay=timedelta(seconds=0.3), first_back_off=timedelta(seconds=0.2), contact=CONTACT, slack=timedelta(seconds=0.03)
)  # fmt: skip
ALLOW = "User-agent: *\nAllow: /\n"
PAGES = 6


@pytest.fixture
async def hosts() -> AsyncIterator[Hosts]:
    async with hostile_hosts(10) as made:
        yield made


def start(cluster: Cluster, hosts: Hosts, **more: str) -> Service:
    settings = {
        "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": ",".join(f"{address}:{hosts.port}" for address in hosts.addresses),
        "WARTA_CRAWLER_DELAY_SECONDS": "0.3", "WARTA_CRAWLER_BACKOFF_SECONDS": "0.2", "WARTA_CRAWLER_CONTACT": CONTACT,
        "WARTA_CRAWLER_READ_SECONDS": "2", "WARTA_CRAWLER_FETCH_SECONDS": "3", "WARTA_CRAWLER_UNREACHABLE_SECONDS": "1",
    }  # fmt: skip
    return cluster.start("crawler", **{**settings, **more})


async def crawled(cluster: Cluster, service: Service, urls: set[str], seconds: float = 120) -> dict[str, Any]:
    async def all_ended() -> Any:
        found = {one.event.url: one.event for one in await cluster.events(CRAWL_OUTCOMES)}
        return found if urls <= found.keys() else None

    return await until(all_ended, seconds=seconds, why=lambda: service.text()[-3000:])  # type: ignore[no-any-return]


async def ask(cluster: Cluster, urls: list[str]) -> set[str]:
    await cluster.publish(
        Outgoing(topic=CRAWL_REQUESTS, key=host_of(url), event=CrawlRequested(url=url)) for url in urls
    )
    return {canonical_url(url) for url in urls}


async def test_no_host_is_treated_worse_than_it_asks(cluster: Cluster, hosts: Hosts) -> None:
    unhurried, healing, led, leading, huge, patient, stormy, dated, closed, silent = hosts.addresses
    base = {address: hosts.url(address) for address in hosts.addresses}
    hosts.answer(unhurried, "/robots.txt", slow(1.5, f"{ALLOW}Crawl-delay: 0.9\n"))
    hosts.answer(healing, "/robots.txt", (500, ""), (503, ""), (200, "User-agent: WartaBot/9\nDisallow: /b/3\n"))
    hosts.answer(led, "/robots.txt", moved("/aturan"))
    hosts.answer(led, "/aturan", moved(f"{base[leading]}/aturan-bersama", 301))
    hosts.answer(leading, "/aturan-bersama", (200, "User-agent: *\nDisallow: /b/2\nDisallow: /b/4\n"))
    hosts.answer(leading, "/robots.txt", (200, ALLOW))
    hosts.answer(leading, "/b/1", moved("/b/1?utm_source=x"), (200, "sampai"))
    early, filler, late = "User-agent: *\nDisallow: /b/1\n", "# panjang\n" * (MAX_ROBOTS_BYTES // 10), "Disallow: /\n"
    hosts.answer(huge, "/robots.txt", (200, early + filler + late))
    hosts.answer(patient, "*", busy(429, "2"), (200, "baik"), busy(503, "3"), busy(503), (200, "baik"))
    hosts.answer(stormy, "*", *[(503, "")] * 3, (200, "reda"))
    hosts.answer(
        dated, "/robots.txt",
        busy(503, lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)), (200, ALLOW),
    )  # fmt: skip
    hosts.answer(dated, "/b/0", busy(429, "2"), busy(429, "2"), busy(429, "4"))
    hosts.answer(closed, "/robots.txt", (200, "User-agent: *\nDisallow: /\n"))
    hosts.answer(silent, "/robots.txt", slow(60, ALLOW))
    service = start(cluster, hosts)
    urls = await ask(cluster, [f"{base[address]}/b/{number}" for number in range(PAGES) for address in base])

    found = await crawled(cluster, service, urls)

    assert service.stop() == 0
    assert [(one.rule, one.url, one.detail) for one in breaches(hosts.log, PROMISE)] == []

    def reasons(address: str) -> list[str | None]:
        return [found[canonical_url(f"{base[address]}/b/{number}")].reason for number in range(PAGES)]

    assert reasons(unhurried) == reasons(leading) == [None] * PAGES
    assert reasons(healing) == [None, None, None, "robots", None, None]
    assert reasons(led) == [None, None, "robots", None, "robots", None]
    assert reasons(huge) == [None, "robots", None, None, None, None]
    assert reasons(closed) == ["robots"] * PAGES
    assert hosts.paths(closed) == ["/robots.txt"]
    assert reasons(silent) == ["robots_unreachable"] * PAGES
    assert hosts.paths(silent) == ["/robots.txt"] * 3
    assert reasons(dated) == ["http_error", *[None] * (PAGES - 1)]
    assert hosts.paths(dated).count("/b/0") == 3


async def test_a_changed_robots_is_heeded_once_its_copy_is_old(cluster: Cluster, hosts: Hosts) -> None:
    address = hosts.addresses[0]
    hosts.answer(address, "/robots.txt", (200, ALLOW), (200, "User-agent: *\nDisallow: /b/\n"))
    service = start(cluster, hosts, WARTA_CRAWLER_ROBOTS_SECONDS="2")
    urls = await ask(cluster, [hosts.url(address, f"/b/{number}") for number in range(12)])

    found = await crawled(cluster, service, urls)

    assert service.stop() == 0
    assert [(one.rule, one.url) for one in breaches(hosts.log, PROMISE)] == []
    refused = [url for url, one in found.items() if one.reason == "robots"]
    assert 0 < len(refused) < len(urls)
    assert hosts.paths(address).count("/robots.txt") == 2


async def test_the_verifier_would_see_an_impolite_crawler(cluster: Cluster, hosts: Hosts) -> None:
    address = hosts.addresses[0]
    hosts.answer(address, "*", busy(429, "1"), (200, "baik"))
    service = start(cluster, hosts, WARTA_CRAWLER_DELAY_SECONDS="0", WARTA_CRAWLER_CONTACT="lain@contoh.example")
    await crawled(cluster, service, await ask(cluster, [hosts.url(address, f"/b/{number}") for number in range(4)]))
    assert service.stop() == 0
    assert {one.rule for one in breaches(hosts.log, PROMISE)} == {"delay", "user_agent"}
