"""Fetching through a small proxy on loopback: it alone is dialled, and nothing is resolved here but its own name."""

import base64
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from services.crawler.answer import FetchError
from services.crawler.fetch import Fetcher
from services.crawler.guard import BlockedError, Guard
from services.crawler.settings import CrawlerSettings
from tests.support.loopback import Site, loopback


@pytest.fixture
async def proxy() -> AsyncIterator[Site]:
    """It answers itself, whatever host it is asked for; aiohttp's routes know the path of an absolute URL."""
    async with loopback() as made:
        yield made


@pytest.fixture
async def fetcher(proxy: Site) -> AsyncIterator[Fetcher]:
    settings = CrawlerSettings.model_validate(
        {"egress_proxy": f"http://warta:rahasia@127.0.0.1:{proxy.port}", "connect_seconds": 1.0}
    )
    made = Fetcher(Guard(ports=(80, 443), proxy=("127.0.0.1", proxy.port)), settings)
    yield made
    await made.close()


async def test_a_name_that_only_the_proxy_knows_is_fetched(proxy: Site, fetcher: Fetcher) -> None:
    proxy.serve("/a", b"teks")
    answer = await fetcher.get("http://hanya-proksi.invalid/a", limit=1000)
    assert answer.body == b"teks"
    (request,) = proxy.requests
    assert request.headers["Host"] == "hanya-proksi.invalid"
    login = base64.b64encode(b"warta:rahasia").decode()
    assert request.headers["Proxy-Authorization"] == f"Basic {login}"


async def test_urls_are_still_checked_and_the_proxy_is_no_site(proxy: Site, fetcher: Fetcher) -> None:
    for url in (
        "http://127.0.0.1/", "http://169.254.169.254/latest/", "http://[::ffff:10.0.0.1]/", "http://contoh.example:22/",
        f"http://127.0.0.1:{proxy.port}/a",
    ):  # fmt: skip
        with pytest.raises(FetchError) as caught:
            await fetcher.get(url, limit=1000)
        assert caught.value.reason == "blocked_address"
    assert proxy.requests == []


async def test_a_refusing_proxy_is_a_named_error_without_its_password(proxy: Site, fetcher: Fetcher) -> None:
    async def refuse(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=403)

    proxy.handle("/", refuse)
    with pytest.raises(FetchError) as caught:
        await fetcher.get("https://contoh.invalid/", limit=1000)  # CONNECT
    assert caught.value.reason == "network"
    assert "rahasia" not in str(caught.value)


async def test_nothing_but_the_proxy_is_resolved_or_dialled() -> None:
    import socket

    guard = Guard(ports=(80,), proxy=("keluar.example", 3128))
    with pytest.raises(BlockedError):
        guard.approve("contoh.example", ["8.8.8.8"], 80)
    with pytest.raises(BlockedError):
        guard.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 80)))
    guard.approve("keluar.example", ["10.0.0.9"], 3128)
    guard.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.9", 3128))).close()
