"""A server on loopback whose every path is a function of the test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """A server whose paths are handlers."""

    def __init__(self, handlers: dict[str, Handler]) -> None:
        self.port = 0
        self.handlers = handlers
        self.requests: list[web.Request] = []

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        handler = self.handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404)

    def serve(self, path: str, body: bytes = b"teks", *, status: int = 200, **headers: str) -> str:
        """`headers` by name with `_` for `-`."""

        async def answer(_request: web.Request) -> web.StreamResponse:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return web.Response(body=body, status=status, headers=named)

        return self.handle(path, answer)

    def handle(self, path: str, handler: Handler) -> str:
        self.handlers[path] = handler
        return f"http://{self.netloc}{path}"


@asynccontextmanager
async def loopback() -> AsyncIterator[Site]:
    """Serve until the end of the block."""
    site = Site({})
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.dispatch)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    yield site
    await runner.cleanup()
