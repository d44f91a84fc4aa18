"""An Elasticsearch that is slow to write: a proxy in front of the real one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web


class SlowElasticsearch:
    """Every bulk waits while `held`, and `seconds` more; all else passes at once."""

    def __init__(self, target: str, seconds: float) -> None:
        self.url = ""
        self.seconds = seconds
        self._target = target
        self._passing = asyncio.Event()

    def release(self) -> None:
        self._passing.set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if request.path.endswith("/_bulk"):
            await self._passing.wait()
            await asyncio.sleep(self.seconds)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in {"host", "te"}}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(request.method, self._target + request.path_qs, data=body, headers=headers) as answer,
        ):
            kept = {
                name: value for name, value in answer.headers.items()
                if name.lower() not in {"transfer-encoding", "content-length", "connection"}
            }  # fmt: skip
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


@asynccontextmanager
async def slow_elasticsearch(
    target: str, *, seconds: float = 0.0, held: bool = False
) -> AsyncIterator[SlowElasticsearch]:
    """Serve until the end of the block."""
    slow = SlowElasticsearch(target, seconds)
    if not held:
        slow.release()
    app = web.Application(client_max_size=256 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", slow.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slow.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slow
    finally:
        slow.release()
        await runner.cleanup()
