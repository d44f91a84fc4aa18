"""An HTTP proxy before Elasticsearch that answers wrongly on demand. It runs in a thread of its own."""

import asyncio
import io
import json
import random
from collections import Counter, deque
from typing import Literal, Self

import aiohttp
from aiohttp import web

from tests.support.background import Background
from tests.support.proxies import free_port

Fault = Literal["429", "503", "busy_items", "torn", "lost_answer", "slow", "reset"]
FAULTS: tuple[Fault, ...] = ("429", "503", "busy_items", "torn", "lost_answer", "slow", "reset")
OF_ANSWERS = frozenset({"content-type", "x-elastic-product"})
BUSY = {"type": "es_rejected_execution_exception", "reason": "the queue is full"}
MIB = 1024 * 1024


class FaultySearch:
    """Between clients on `port` and the node at `url`.

    429: refused as the node does when its queue is full; 503: a load balancer's page. The rest happens after the node
    has done as asked: busy_items: every other item of a bulk is said to be refused; torn: the connection ends amid the
    answer; lost_answer: before it; slow: after `slow_seconds`. reset: ended before the node was asked.
    """

    def __init__(self, url: str, *, seed: int = 0, slow_seconds: float = 5.0) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.injected: Counter[Fault] = Counter()
        """How often each fault was answered with."""
        self._target = url
        self._slow_seconds = slow_seconds
        self._rng = random.Random(seed)
        self._rate = 0.0
        self._kinds: tuple[Fault, ...] = ()
        self._queue: deque[Fault] = deque()
        self._background = Background()

    def __enter__(self) -> Self:
        self._background.__enter__()
        self._background.run(self._start())
        return self

    def __exit__(self, *_error: object) -> None:
        self._background.run(self._stop())
        self._background.__exit__()

    def fail(self, rate: float, *kinds: Fault) -> None:
        """From now on answer this share of requests with one of `kinds`, at random."""
        self._rate, self._kinds = rate, kinds or FAULTS

    def fail_next(self, *kinds: Fault) -> None:
        """Answer the next requests with these, one each."""
        self._queue.extend(kinds)

    def heal(self) -> None:
        """Pass everything on as it is."""
        self._rate = 0.0
        self._queue.clear()

    async def _start(self) -> None:
        self._session = aiohttp.ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=64 * MIB)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    def _fault(self, path: str) -> Fault | None:
        fault: Fault | None = None
        if self._queue:
            fault = self._queue.popleft()
        elif self._rng.random() < self._rate:
            fault = self._rng.choice(self._kinds)
        if fault == "busy_items" and not path.endswith("/_bulk"):
            fault = "429"
        if fault:
            self.injected[fault] += 1
        return fault

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault(request.path)
        if fault == "429":
            refused = {"error": {"root_cause": [BUSY], **BUSY}, "status": 429}
            return web.json_response(refused, status=429, headers={"x-elastic-product": "Elasticsearch"})
        if fault == "503":
            return web.Response(status=503, text="<html><body>503 Service Unavailable</body></html>")
        if fault == "reset":
            return self._hang_up(request)
        try:
            status, headers, body = await self._forwarded(request)
        except aiohttp.ClientError:
            return self._hang_up(request)
        if fault == "lost_answer":
            return self._hang_up(request)
        if fault == "slow":
            await asyncio.sleep(self._slow_seconds)
        if fault == "busy_items" and status == 200:
            body = _with_busy_items(body)
        answer = web.StreamResponse(status=status, headers=headers)
        answer.content_length = len(body)
        await answer.prepare(request)
        if fault == "torn" and body:
            await answer.write(body[: len(body) // 2])
            return self._hang_up(request)
        if request.method != "HEAD":
            await answer.write(body)
        await answer.write_eof()
        return answer

    async def _forwarded(self, request: web.Request) -> tuple[int, dict[str, str], bytes]:
        sent = {name: value for name, value in request.headers.items() if name.lower() in {"content-type", "accept"}}
        sent["accept-encoding"] = "identity"
        async with self._session.request(
            request.method, self._target + request.raw_path, data=io.BytesIO(await request.read()), headers=sent
        ) as answer:
            headers = {name: value for name, value in answer.headers.items() if name.lower() in OF_ANSWERS}
            return answer.status, headers, await answer.read()

    @staticmethod
    def _hang_up(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _with_busy_items(body: bytes) -> bytes:
    answer = json.loads(body)
    for item in answer["items"][::2]:
        for result in item.values():
            result.clear()
            result.update(status=429, error=BUSY)
    answer["errors"] = True
    return json.dumps(answer).encode()
