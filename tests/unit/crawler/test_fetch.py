"""The client against a real server on loopback that misbehaves in every way that a server can."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli  # type: ignore[import-untyped] # no stubs
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.crawler.answer import Answer, FetchError
from services.crawler.fetch import Fetcher
from services.crawler.guard import Guard
from services.crawler.settings import CrawlerSettings
from tests.support.loopback import Site
from tests.support.visiting import Names

LIMIT = 100_000


def settings(**more: float | str) -> CrawlerSettings:
    return CrawlerSettings.model_validate({"contact": "redaksi@contoh.example", **more})


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    guard = Guard(ports=(80,), private_hosts=(site.netloc,))
    made = Fetcher(guard, settings(read_seconds=0.5, fetch_seconds=1.0, connect_seconds=1.0))
    yield made
    await made.close()


async def failure(fetcher: Fetcher, url: str, limit: int = LIMIT) -> str:
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url, limit=limit)
    return caught.value.reason


async def get(fetcher: Fetcher, url: str) -> Answer:
    return await fetcher.get(url, limit=LIMIT)


async def test_an_answer_as_it_came(site: Site, fetcher: Fetcher) -> None:
    url = site.serve("/a", b"<p>\xff", Content_Type="text/html; charset=latin-1", ETag='"a"')
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    answer = await fetcher.get(url, limit=LIMIT, etag='"b"', last_modified="Tue, 08 Oct 2024 11:00:00 GMT")
    assert (answer.status, answer.body, answer.content_type) == (200, b"<p>\xff", "text/html; charset=latin-1")
    assert answer.header("etag") == '"a"'
    assert answer.fetched_at >= before
    (request,) = site.requests
    assert request.headers["User-Agent"] == "WartaBot/0.1.0 (+redaksi@contoh.example)"
    assert request.headers["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert request.headers["If-None-Match"] == '"b"'
    assert request.headers["If-Modified-Since"] == "Tue, 08 Oct 2024 11:00:00 GMT"
    assert set(request.headers) == {
        "Host", "User-Agent", "Accept", "Accept-Encoding", "Connection", "If-None-Match", "If-Modified-Since",
    }  # fmt: skip


async def test_redirects_and_errors_are_answers_without_bodies(site: Site, fetcher: Fetcher) -> None:
    moved = await get(fetcher, site.serve("/a", b"x" * 200_000, status=301, Location="/b"))
    assert (moved.status, moved.header("location"), moved.body) == (301, "/b", b"")
    assert (await get(fetcher, site.serve("/c", b"x" * 200_000, status=404))).body == b""


async def test_compressed_bodies_are_decoded(site: Site, fetcher: Fetcher) -> None:
    assert (await get(fetcher, site.serve("/a", gzip.compress(b"teks"), Content_Encoding="gzip"))).body == b"teks"
    assert (await get(fetcher, site.serve("/b", brotli.compress(b"teks"), Content_Encoding="br"))).body == b"teks"


async def test_cookies_are_not_kept(site: Site, fetcher: Fetcher) -> None:
    url = site.serve("/a", Set_Cookie="kunjungan=1; Path=/")
    await get(fetcher, url)
    await get(fetcher, url)
    assert all("Cookie" not in request.headers for request in site.requests)


async def test_the_environments_proxy_is_not_used(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await get(fetcher, site.serve("/a"))).body == b"teks"
    made_then = Fetcher(Guard(ports=(80,), private_hosts=(site.netloc,)), settings())
    assert (await get(made_then, site.serve("/a"))).body == b"teks"
    await made_then.close()


async def test_too_large_announced_streamed_and_decoded(site: Site, fetcher: Fetcher) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 50_000_000:
            await response.write(b"x" * 10_000)
            sent += 10_000
        return response

    assert await failure(fetcher, site.serve("/a", b"x" * (LIMIT + 1))) == "too_large"
    assert await failure(fetcher, site.handle("/b", endless)) == "too_large"
    assert sent < 20_000_000
    packed = gzip.compress(bytes(range(256)) * 10 + b"".join(number.to_bytes(4, "big") for number in range(30_000)))
    assert await failure(fetcher, site.serve("/c", packed, Content_Encoding="gzip")) == "too_large"
    assert len((await get(fetcher, site.serve("/d", b"x" * LIMIT))).body) == LIMIT
    cut = await fetcher.get(site.serve("/e", b"x" * (LIMIT + 1)), limit=LIMIT, cut=True)
    assert len(cut.body) == LIMIT


async def test_bombs_broken_bodies_and_unknown_encodings(site: Site, fetcher: Fetcher) -> None:
    bomb = brotli.compress(b" " * 50_000_000)
    assert await failure(fetcher, site.serve("/a", bomb, Content_Encoding="br")) == "bomb"
    assert await failure(fetcher, site.serve("/b", b"bukan gzip", Content_Encoding="gzip")) == "network"
    assert await failure(fetcher, site.serve("/c", b"x", Content_Encoding="compress")) == "unsupported_encoding"


async def test_slow_ones_are_cut_off(site: Site, fetcher: Fetcher) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x")
            await asyncio.sleep(0.1)
        return response

    began = asyncio.get_running_loop().time()
    assert await failure(fetcher, site.handle("/a", silent)) == "timeout"
    assert await failure(fetcher, site.handle("/b", dripping)) == "timeout"
    assert asyncio.get_running_loop().time() - began < 4


async def test_headers_that_drip_and_a_handshake_that_never_ends_are_cut_off() -> None:
    ends: list[asyncio.Future[None]] = []

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.append(asyncio.get_running_loop().create_future())
        await reader.read(1)
        writer.write(b"HTTP/1.1 200 OK\r\nX-Lambat: ")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.05)
        ends[0].set_result(None)

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    slow = Fetcher(
        Guard(ports=(80,), private_hosts=("127.0.0.1",)),
        settings(read_seconds=0.5, fetch_seconds=1.0, connect_seconds=0.5),
    )
    for behaviour, scheme in ((drip, "http"), (mute, "http"), (mute, "https")):
        server = await asyncio.start_server(behaviour, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        assert await failure(slow, f"{scheme}://127.0.0.1:{port}/") in {"timeout", "network"}
        server.close()
    await slow.close()
    await asyncio.gather(*ends)


async def test_huge_headers_are_an_error(site: Site, fetcher: Fetcher) -> None:
    assert await failure(fetcher, site.serve("/a", X_Besar="x" * 20_000)) == "network"

    async def many(_request: web.Request) -> web.StreamResponse:
        return web.Response(headers={f"X-{number}": "x" for number in range(500)})

    assert await failure(fetcher, site.handle("/b", many)) == "network"


async def raw_server(answer: bytes) -> tuple[asyncio.Server, int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"bukan http\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\n" + b"a" * 20_000, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)  # fmt: skip
async def test_broken_http_is_a_network_error(answer: bytes) -> None:
    server, port = await raw_server(answer)
    fetcher = Fetcher(Guard(ports=(80,), private_hosts=("127.0.0.1",)), settings(read_seconds=0.5, fetch_seconds=1))
    assert await failure(fetcher, f"http://127.0.0.1:{port}/") == "network"
    await fetcher.close()
    server.close()


async def test_a_name_that_resolves_to_a_private_address_is_never_dialled(site: Site) -> None:
    port = int(site.netloc.partition(":")[2])
    fetcher = Fetcher(
        Guard(ports=(port,)), settings(), resolver=Names("127.0.0.1", "169.254.169.254", socket.EAI_NONAME)
    )
    url = f"http://contoh.example:{port}/"
    assert await failure(fetcher, url) == "blocked_address"
    assert await failure(fetcher, url) == "blocked_address"
    assert await failure(fetcher, url) == "dns"
    assert site.requests == []
    await fetcher.close()


@pytest.mark.parametrize(
    ("error", "absent", "detail"),
    [
        (socket.EAI_NONAME, True, "the name doesn't exist"),
        (socket.EAI_AGAIN, False, "the name doesn't resolve"),
        (socket.EAI_FAIL, False, "the name doesn't resolve"),
    ],
)
async def test_no_such_name_is_told_apart_from_no_answer(error: int, absent: bool, detail: str) -> None:
    fetcher = Fetcher(Guard(ports=(80,)), settings(), resolver=Names(error))
    with pytest.raises(FetchError) as caught:
        await fetcher.get("http://contoh.example/", limit=LIMIT)
    found = caught.value
    assert (found.reason, found.unreached, found.absent, found.detail) == ("dns", True, absent, detail)
    await fetcher.close()


async def test_what_got_past_the_resolver_is_caught_at_the_socket(site: Site) -> None:
    class Blind(Guard):
        def approve(self, host: str, addresses: Iterable[str], port: int) -> None:
            pass

    port = int(site.netloc.partition(":")[2])
    fetcher = Fetcher(Blind(ports=(port,)), settings(), resolver=Names("127.0.0.1"))
    assert await failure(fetcher, f"http://contoh.example:{port}/") == "blocked_address"
    assert site.requests == []
    await fetcher.close()


async def test_a_cookie_of_one_host_is_not_shown_to_another(site: Site) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Set-Cookie": "kunjungan=1; Path=/; Domain=contoh.example"})

    site.handle("/a", answer)
    hosts = ("www.contoh.example", "contoh.example", "www.contoh.example")
    guard = Guard(ports=(80,), private_hosts=hosts)
    fetcher = Fetcher(guard, settings(), resolver=Names("127.0.0.1", "127.0.0.1"))
    for host in hosts:
        await get(fetcher, f"http://{host}:{site.port}/a")
    assert [request.headers["Host"].partition(":")[0] for request in site.requests] == list(hosts)
    assert all("Cookie" not in request.headers for request in site.requests)
    await fetcher.close()


async def test_each_connection_resolves_once_and_dials_just_that(site: Site) -> None:
    site.serve("/a", Connection="close")
    names = Names("127.0.0.1", "127.0.0.2")
    guard = Guard(ports=(80,), private_hosts=("dalam.example", "127.0.0.1"))
    fetcher = Fetcher(guard, settings(connect_seconds=0.5), resolver=names)
    url = f"http://dalam.example:{site.netloc.partition(':')[2]}/a"
    assert (await get(fetcher, url)).body == b"teks"
    assert names.answers == ["127.0.0.2"]
    await fetcher.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:80/", "blocked_address"), ("http://[::ffff:127.0.0.1]/", "blocked_address"),
        ("http://2130706433/", "blocked_address"), ("http://0x7f.1/", "blocked_address"),
        ("http://１２７.0.0.1/", "blocked_address"), ("http://127。0。0。1/", "blocked_address"),
        ("http://localhost/", "blocked_address"), ("http://contoh.example:22/", "blocked_address"),
        ("ftp://contoh.example/", "bad_url"), ("http://u:p@contoh.example/", "bad_url"), ("http://[::1/", "bad_url"),
        ("http://" + "a" * 70 + ".example/", "dns"),
    ],
)  # fmt: skip
async def test_urls_that_are_never_fetched(url: str, reason: str) -> None:
    fetcher = Fetcher(Guard(ports=(80, 443)), settings(connect_seconds=1))
    assert await failure(fetcher, url) in {reason, "bad_url"}
    await fetcher.close()


async def test_a_refused_connection_is_a_network_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fetcher = Fetcher(Guard(ports=(80,), private_hosts=("127.0.0.1",)), settings())
    assert await failure(fetcher, f"http://127.0.0.1:{port}/") == "network"
    await fetcher.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "contoh.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("contoh.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return folder / "cert.pem", folder / "key.pem"


async def test_tls_is_verified(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    async def hello(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"teks")

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    guard = Guard(ports=(80,), private_hosts=("contoh.example", "lain.example"))
    url = f"https://contoh.example:{port}/"

    strict = Fetcher(guard, settings(), resolver=Names("127.0.0.1"))
    assert await failure(strict, url) == "tls"
    trusting = Fetcher(
        guard, settings(), resolver=Names("127.0.0.1", "127.0.0.1"), tls=ssl.create_default_context(cafile=str(cert))
    )
    assert (await get(trusting, url)).body == b"teks"
    assert await failure(trusting, f"https://lain.example:{port}/") == "tls"
    await strict.close()
    await trusting.close()
    await runner.cleanup()
