"""One request, one answer: no redirect is followed here, nothing is decoded without a limit, every error has a name."""

import asyncio
import socket
import ssl
from base64 import b64encode
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver

from services.crawler.answer import Answer, FetchError
from services.crawler.decoding import (
    ACCEPT_ENCODING,
    BombError,
    BrokenBodyError,
    TooLargeError,
    UnsupportedEncodingError,
    decode_body,
)
from services.crawler.guard import BlockedError, Guard, GuardedResolver, UnfetchableError
from services.crawler.names import is_absent
from services.crawler.settings import CrawlerSettings
from shared.clock import utcnow

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"
MAX_HEADER_BYTES = 8 * 1024
MAX_HEADERS = 100
KEEPALIVE_SECONDS = 15


class Fetcher:
    """The guarded client. `resolver` replaces DNS in tests; `tls` the trusted authorities."""

    def __init__(
        self,
        guard: Guard,
        settings: CrawlerSettings,
        *,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._deadline = timedelta(seconds=settings.fetch_seconds)
        self._proxy, self._proxy_headers = _proxy(settings)
        connector = aiohttp.TCPConnector(
            resolver=GuardedResolver(guard, resolver), use_dns_cache=False, ssl=tls or ssl.create_default_context(),
            limit=settings.concurrency, keepalive_timeout=KEEPALIVE_SECONDS, socket_factory=guard.open_socket,
        )  # fmt: skip
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False,
            max_line_size=MAX_HEADER_BYTES, max_field_size=MAX_HEADER_BYTES, max_headers=MAX_HEADERS,
            headers={
                "User-Agent": settings.user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING,
                "Connection": "keep-alive",
            },
            timeout=aiohttp.ClientTimeout(
                connect=settings.fetch_seconds, sock_connect=settings.connect_seconds, sock_read=settings.read_seconds
            ),
        )  # fmt: skip

    async def get(
        self, url: str, *, limit: int, etag: str | None = None, last_modified: str | None = None, cut: bool = False
    ) -> Answer:
        """GET `url` once. A body over `limit` is an error, or with `cut` ends there. Raises `FetchError`."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        # Once a server's words, they come back from a topic that others may write to.
        sound = {name: value for name, value in conditions.items() if value and value.isascii() and value.isprintable()}
        try:
            self._guard.check_url(url)
            async with (
                asyncio.timeout(self._deadline.total_seconds()),
                self._session.get(
                    url, headers=sound, allow_redirects=False, proxy=self._proxy, proxy_headers=self._proxy_headers
                ) as response,
            ):
                return await _read(url, response, limit=limit, cut=cut)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise _named(error) from None
        except BlockedError as error:
            raise FetchError("blocked_address", str(error)) from None
        except UnfetchableError as error:
            raise FetchError("bad_url", str(error)) from None
        except BombError as error:
            raise FetchError("bomb", str(error)) from None
        except TooLargeError as error:
            raise FetchError("too_large", str(error)) from None
        except UnsupportedEncodingError as error:
            raise FetchError("unsupported_encoding", str(error)) from None
        except BrokenBodyError as error:
            raise FetchError("network", str(error)) from None

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


async def _read(url: str, response: aiohttp.ClientResponse, *, limit: int, cut: bool) -> Answer:
    headers = tuple((_text(name).lower(), _text(value)) for name, value in response.raw_headers)
    answer = Answer(url=url, status=response.status, fetched_at=utcnow(), headers=headers)
    if response.status not in {200, 203}:
        return answer
    announced = answer.header("content-length") or ""
    if not cut and announced.isdecimal() and int(announced) > limit:
        raise TooLargeError(f"more than {limit} bytes announced")
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            if not cut:
                raise TooLargeError(f"more than {limit} bytes sent")
            break
    raw = b"".join(pieces)
    coding = ", ".join(value for name, value in headers if name == "content-encoding")
    body = decode_body(raw[:limit] if cut else raw, coding, limit=limit, cut=cut)
    return msgspec.structs.replace(answer, body=body)


def _text(raw: bytes) -> str:
    """A header as it was meant: most that aren't ASCII are UTF-8, the rest is the Latin-1 of RFC 2616."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _proxy(settings: CrawlerSettings) -> tuple[str | None, dict[str, str]]:
    """Its URL, and its credentials apart from that, so that no error's text names them."""
    if settings.egress_proxy is None:
        return None, {}
    parts = urlsplit(settings.egress_proxy.get_secret_value())
    headers = {}
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        # aiohttp takes it out of a proxy's headers and sends it as Proxy-Authorization, with CONNECT or without.
        headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
    return f"http://{parts.netloc.rpartition('@')[2]}", headers


def _named(error: Exception) -> FetchError:
    """Give the client's error its reason."""
    kind = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        absent = is_absent(error)
        detail = "the name doesn't exist" if absent else "the name doesn't resolve"
        return FetchError("dns", detail, unreached=True, absent=absent)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return FetchError("tls", kind, unreached=True)
    if isinstance(error, TimeoutError):
        return FetchError("timeout", kind, unreached=isinstance(error, aiohttp.ConnectionTimeoutError))
    if isinstance(error, aiohttp.InvalidURL):
        return FetchError("bad_url", kind)
    if isinstance(error, aiohttp.ClientError | OSError):
        return FetchError("network", kind, unreached=isinstance(error, aiohttp.ClientConnectorError))
    return FetchError("bad_url", kind)  # a ValueError: yarl's or idna's word on the URL
