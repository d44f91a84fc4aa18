"""Several hosts on loopback, 127.0.0.2 and on, on one port: what each answers is the test's, and they keep a log."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from operations.politeness import Seen

Answer = Callable[[web.Request], Awaitable[web.Response]]


class Hosts:
    """The hosts, by address. `answers` says what each does; a path of none is a page with the host's name."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self.addresses = addresses
        self.port = 0
        self.log: list[Seen] = []
        self.answers: dict[tuple[str, str], Answer] = {}

    def url(self, address: str, path: str = "") -> str:
        return f"http://{address}:{self.port}{path}"

    def paths(self, address: str) -> list[str]:
        """What a host was asked for, in order."""
        start = self.url(address)
        return [seen.url.removeprefix(start) for seen in self.log if seen.url.startswith(start)]

    def answer(self, address: str, path: str, *steps: web.Response | float | Answer | tuple[int, str]) -> None:
        """One step after the other, the last one for ever: a status and a text, or a function."""
        left = list(steps)

        async def next_step(request: web.Request) -> web.Response:
            step = left.pop(0) if len(left) > 1 else left[0]
            if callable(step):
                return await step(request)
            assert isinstance(step, tuple)
            return web.Response(status=step[0], text=step[1])

        self.answers[address, path] = next_step

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        address = request.host.partition(":")[0]
        place = len(self.log)
        began = datetime.now(UTC)
        seen = Seen(url=self.url(address, request.path_qs), began=began, user_agent=request.headers["User-Agent"])
        self.log.append(seen)
        step = self.answers.get((address, request.path)) or self.answers.get((address, "*"))
        response: web.Response | None = None
        try:
            if step is None or (request.path == "/robots.txt" and (address, request.path) not in self.answers):
                status = 404 if request.path == "/robots.txt" else 200
                response = web.Response(status=status, text=f"<p>{address}{request.path}", content_type="text/html")
            else:
                response = await step(request)
            return response
        finally:
            more = {"status": response.status, "body": _text(response), "location": response.headers.get("Location"),
                    "retry_after": response.headers.get("Retry-After")} if response else {}  # fmt: skip
            self.log[place] = msgspec.structs.replace(seen, ended=datetime.now(UTC), **more)


def _text(response: web.Response) -> str:
    return response.body.decode() if isinstance(response.body, bytes) else ""


def busy(status: int, retry_after: str | Callable[[], str] | None = None) -> Answer:
    """An answer that asks to be left alone."""

    async def answer(_request: web.Request) -> web.Response:
        asked = retry_after() if callable(retry_after) else retry_after
        return web.Response(status=status, headers={"Retry-After": asked} if asked else {})

    return answer


def moved(location: str, status: int = 302) -> Answer:
    """A redirect."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": location})

    return answer


def slow(seconds: float, text: str) -> Answer:
    """A text that takes its time."""

    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(seconds)
        return web.Response(text=text)

    return answer


@asynccontextmanager
async def hostile_hosts(count: int) -> AsyncIterator[Hosts]:
    """Serve until the end of the block. A request that is given up ends there and then in the log."""
    hosts = Hosts(tuple(f"127.0.0.{number}" for number in range(2, 2 + count)))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hosts.dispatch)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    for address in hosts.addresses:
        await web.TCPSite(runner, address, hosts.port).start()
        hosts.port = runner.addresses[0][1]
    yield hosts
    await runner.cleanup()
