"""One request, one answer: no redirect is followed here, nothing is decoded without a limit, every error has a name."""

import asyncio
import socket
import ssl
from base64 import b64encode
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import aiohttp
import httpx
import msgspec
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

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
        context = tls or ssl.create_default_context()

        def session() -> aiohttp.ClientSession:
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(guard, resolver), use_dns_cache=False, ssl=context, limit=settings.concurrency,
                keepalive_timeout=KEEPALIVE_SECONDS, socket_factory=guard.open_socket,
            )  # fmt: skip
            return aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False,
                max_line_size=MAX_HEADER_BYTES, max_field_size=MAX_HEADER_BYTES, max_headers=MAX_HEADERS,
            )  # fmt: skip

        # httpx's seam to a transport, without its client: cookies, redirects and hooks are none of ours, and cost as
        # much as the request. `verify` only spares the transport a second context; the connector's own decides.
        self._transport = AiohttpTransport(verify=context, trust_env=False, client=session, proxy=_proxy(settings))
        self._headers = {
            "User-Agent": settings.user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING,
            "Connection": "keep-alive",
        }  # fmt: skip
        timeout = httpx.Timeout(
            connect=settings.connect_seconds, read=settings.read_seconds, write=settings.read_seconds,
            pool=settings.fetch_seconds,
        )  # fmt: skip
        self._extensions = {"timeout": timeout.as_dict()}

    async def get(
        self, url: str, *, limit: int, etag: str | None = None, last_modified: str | None = None, cut: bool = False
    ) -> Answer:
        """GET `url` once. A body over `limit` is an error, or with `cut` ends there. Raises `FetchError`."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        # Once a server's words, they come back from a topic that others may write to.
        sound = {name: value for name, value in conditions.items() if value and value.isascii() and value.isprintable()}
        try:
            self._guard.check_url(url)
            request = httpx.Request("GET", url, headers=self._headers | sound, extensions=self._extensions)
            async with asyncio.timeout(self._deadline.total_seconds()):
                response = await self._transport.handle_async_request(request)
                try:
                    return await _read(url, response, limit=limit, cut=cut)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
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
        await self._transport.aclose()


async def _read(url: str, response: httpx.Response, *, limit: int, cut: bool) -> Answer:
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    answer = Answer(url=url, status=response.status_code, fetched_at=utcnow(), headers=headers)
    if response.status_code not in {200, 203}:
        return answer
    announced = response.headers.get("content-length", "")
    if not cut and announced.isdecimal() and int(announced) > limit:
        raise TooLargeError(f"more than {limit} bytes announced")
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_raw():
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            if not cut:
                raise TooLargeError(f"more than {limit} bytes sent")
            break
    raw = b"".join(pieces)
    encoding = response.headers.get("content-encoding", "")
    return msgspec.structs.replace(
        answer, body=decode_body(raw[:limit] if cut else raw, encoding, limit=limit, cut=cut)
    )


def _proxy(settings: CrawlerSettings) -> httpx.Proxy | None:
    """Its credentials are kept apart from its URL, so that no error's text names them."""
    if settings.egress_proxy is None:
        return None
    parts = urlsplit(settings.egress_proxy.get_secret_value())
    headers = {}
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        # aiohttp takes it out of a proxy's headers and sends it as Proxy-Authorization, with CONNECT or without.
        headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
    return httpx.Proxy(f"http://{parts.netloc.rpartition('@')[2]}", headers=headers)


def _named(error: Exception) -> FetchError:
    """Give a client's error its reason, by the aiohttp error beneath: httpx-aiohttp calls most of them timeouts."""
    cause: BaseException = (isinstance(error, httpx.HTTPError) and error.__cause__) or error
    kind = type(cause).__name__
    if isinstance(cause, aiohttp.ClientConnectorDNSError | socket.gaierror):
        absent = is_absent(cause)
        detail = "the name doesn't exist" if absent else "the name doesn't resolve"
        return FetchError("dns", detail, unreached=True, absent=absent)
    if isinstance(cause, aiohttp.ClientSSLError | ssl.SSLError):
        return FetchError("tls", kind, unreached=True)
    if isinstance(cause, TimeoutError | httpx.TimeoutException):
        return FetchError("timeout", kind, unreached=isinstance(cause, aiohttp.ConnectionTimeoutError))
    if isinstance(cause, aiohttp.InvalidURL | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return FetchError("bad_url", kind)
    if isinstance(cause, aiohttp.ClientError | httpx.HTTPError | OSError):
        return FetchError("network", kind, unreached=isinstance(cause, aiohttp.ClientConnectorError))
    return FetchError("bad_url", kind)  # a ValueError: yarl's or idna's word on the URL
