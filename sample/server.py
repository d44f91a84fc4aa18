"""Answering requests from rendered pages over aiohttp, with conditional GET and a log of who asked when."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from sample.page import Page

_IMAGE = Page(
    body=b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path fill="#9ab" d="M0 0h16v9H0z"/></svg>',
    content_type="image/svg+xml",
    last_modified=datetime(2024, 1, 1, tzinfo=UTC),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request: `at` and `finished` are `time.monotonic()` seconds, the last two None while it runs."""

    at: float
    finished: float | None = None
    method: str
    path: str
    user_agent: str
    status: int | None = None


class Server:
    """Serves what `pages` holds (by path without query) on loopback only."""

    def __init__(self) -> None:
        self.pages: Mapping[str, Page] = {}
        self.missing = Page(status=404)
        self.requests: list[Request] = []
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> int:
        """Listen on 127.0.0.1 and return the port; raise `OSError` when it is taken."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        try:
            await site.start()
        except OSError:
            await self.stop()
            raise
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        entry = Request(
            at=time.monotonic(),
            method=request.method,
            path=request.path_qs,
            user_agent=request.headers.get("User-Agent", ""),
        )
        place = len(self.requests)
        self.requests.append(entry)
        status = 499
        try:
            response = await self._respond(request)
            status = response.status
        finally:
            self.requests[place] = replace(entry, finished=time.monotonic(), status=status)
        return response

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        page = self.pages.get(request.path, _IMAGE if request.path.startswith("/img/") else self.missing)
        headers = {"Content-Type": page.content_type, **page.headers}
        if page.stream is not None:
            return await _stream(request, page, headers)
        if page.status == 200 and page.last_modified:
            headers |= {"ETag": etag(page.body), "Last-Modified": format_datetime(page.last_modified, usegmt=True)}
            if is_unchanged(request.headers, headers["ETag"], page.last_modified):
                return web.Response(status=304, headers={name: headers[name] for name in ("ETag", "Last-Modified")})
        return web.Response(body=page.body, status=page.status, headers=headers)


def etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_unchanged(headers: Mapping[str, str], tag: str, last_modified: datetime) -> bool:
    """Judge a conditional GET by RFC 9110, 13.2.2: If-None-Match decides alone, else If-Modified-Since."""
    if (wanted := headers.get("If-None-Match")) is not None:
        return wanted.strip() == "*" or tag in {item.strip().removeprefix("W/") for item in wanted.split(",")}
    try:
        since = parsedate_to_datetime(headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and last_modified.replace(microsecond=0) <= since


async def _stream(request: web.Request, page: Page, headers: Mapping[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(status=page.status, headers=headers)
    await response.prepare(request)
    if request.method == "HEAD" or page.stream is None:
        return response
    try:
        for chunk in page.stream():
            await response.write(chunk)
            await asyncio.sleep(0)
        await response.write_eof()
    except ConnectionResetError:
        response.force_close()
    return response
