"""https through the egress proxy: a tunnel by CONNECT, and in it the site's own certificate, verified here."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from services.crawler.answer import FetchError
from services.crawler.fetch import Fetcher
from services.crawler.guard import Guard
from services.crawler.settings import CrawlerSettings
from tests.support.certificates import Authority, Signed

HOST = "hanya-proksi.invalid"


class Tunnels:
    """A proxy that knows only CONNECT. Every host is the server on `target`; `silent`, it never answers."""

    def __init__(self) -> None:
        self.port = 0
        self.target = 0
        self.silent = False
        self.asked: list[tuple[str, dict[str, str]]] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Tunnels"]:
        server = await asyncio.start_server(self._tunnel, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        yield self
        server.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        self.asked.append((line, {name.lower(): value for name, value in (one.split(": ", 1) for one in headers)}))
        if self.silent:
            await reader.read()
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pump(reader, back), _pump(there, writer), return_exceptions=True)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()
    finally:
        sink.close()


@asynccontextmanager
async def tls_site(certificate: Signed) -> AsyncIterator[tuple[int, list[web.Request]]]:
    """A server with that certificate: its port, and what it was asked."""
    requests: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        requests.append(request)
        if request.path == "/pindah":
            return web.Response(status=302, headers={"Location": "https://169.254.169.254/latest/"})
        return web.Response(body=b"teks")

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.cert_file, certificate.key_file)
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield runner.addresses[0][1], requests
    await runner.cleanup()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def tunnels() -> AsyncIterator[Tunnels]:
    async with Tunnels().running() as made:
        yield made


@asynccontextmanager
async def fetching(tunnels: Tunnels, authority: Authority | None) -> AsyncIterator[Fetcher]:
    settings = CrawlerSettings.model_validate(
        {
            "egress_proxy": f"http://warta:rahasia@127.0.0.1:{tunnels.port}", "connect_seconds": 2.0,
            "read_seconds": 1.0, "fetch_seconds": 3.0,
        }
    )  # fmt: skip
    tls = ssl.create_default_context(cafile=authority.ca_file) if authority else None
    fetcher = Fetcher(Guard(ports=(80, 443), proxy=("127.0.0.1", tunnels.port)), settings, tls=tls)
    yield fetcher
    await fetcher.close()


async def failure(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url, limit=1000)
    assert "rahasia" not in str(caught.value)
    return caught.value.reason


async def test_a_page_comes_through_a_tunnel_and_the_login_stays_before_it(
    tunnels: Tunnels, authority: Authority
) -> None:
    certificate = authority.signed("situs", HOST)
    async with tls_site(certificate) as (tunnels.target, requests), fetching(tunnels, authority) as fetcher:
        answer = await fetcher.get(f"https://{HOST}/a", limit=1000)
        assert (answer.status, answer.body) == (200, b"teks")
        moved = await fetcher.get(f"https://{HOST}/pindah", limit=1000)
        assert moved.header("location") == "https://169.254.169.254/latest/"
    line, headers = tunnels.asked[0]
    assert line == f"CONNECT {HOST}:443 HTTP/1.1"
    assert headers["proxy-authorization"] == f"Basic {base64.b64encode(b'warta:rahasia').decode()}"
    assert [request.headers["Host"] for request in requests] == [HOST] * 2
    assert all(name not in request.headers for request in requests for name in ("Proxy-Authorization", "Authorization"))


@pytest.mark.parametrize("wrong", ["host", "authority", "expired"])
async def test_the_sites_certificate_is_verified_in_the_tunnel(
    tunnels: Tunnels, authority: Authority, tmp_path: Path, wrong: str
) -> None:
    signed = authority.signed("situs", "lain.invalid" if wrong == "host" else HOST, expired=wrong == "expired")
    trusted = Authority(tmp_path, "lain") if wrong == "authority" else authority
    async with tls_site(signed) as (tunnels.target, requests), fetching(tunnels, trusted) as fetcher:
        assert await failure(fetcher, f"https://{HOST}/a") == "tls"
    assert requests == []
    assert len(tunnels.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://2130706433/",
        "https://0177.0.0.1/", "https://contoh.invalid:22/",
    ],
)  # fmt: skip
async def test_no_tunnel_is_asked_for_to_what_the_guard_refuses(tunnels: Tunnels, url: str) -> None:
    async with fetching(tunnels, None) as fetcher:
        assert await failure(fetcher, url) == "blocked_address"
    assert tunnels.asked == []


async def test_a_proxy_that_never_answers_is_a_timeout(tunnels: Tunnels) -> None:
    tunnels.silent = True
    async with fetching(tunnels, None) as fetcher:
        assert await failure(fetcher, f"https://{HOST}/") == "timeout"


async def test_a_tunnel_to_what_speaks_no_tls_is_an_error_of_tls_or_network(
    tunnels: Tunnels, authority: Authority
) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nteks")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    tunnels.target = server.sockets[0].getsockname()[1]
    async with fetching(tunnels, authority) as fetcher:
        assert await failure(fetcher, f"https://{HOST}/") in {"tls", "network"}
    server.close()
