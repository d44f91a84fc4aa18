"""What every request passes: its limits, its time, one log line, and an answer that is never a traceback."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.recommender.api import problems
from services.recommender.api.problems import ProblemError
from services.recommender.api.rate import Buckets, client_of
from shared.logs import get_logger

MOST_TARGET = 4096
MOST_LOGGED = 200
FOREIGN = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
log = get_logger()


class Gate:
    """The outermost of the application. `answered` is told each status."""

    def __init__(
        self, app: ASGIApp, *, buckets: Buckets | None, proxies: int, seconds: float,
        answered: Callable[[int], None], steady: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._app = app
        self._buckets = buckets
        self._proxies = proxies
        self._seconds = seconds
        self._answered = answered
        self._steady = steady

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic_ns()
        status = 0
        extra: dict[str, str] = {}

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in {**FOREIGN, **extra}.items():
                    headers.setdefault(name, value)
            await send(message)

        fields: dict[str, Any] = {}
        try:
            self._admit(scope, extra)
            async with asyncio.timeout(self._seconds):
                await self._app(scope, receive, sending)
        except Exception as error:
            problem = problems.of(error)
            if problem.status == 500:
                log.exception("request.failed", **{"error.type": type(error).__name__})
            elif problem.status > 500:
                fields["error.type"] = type(error).__name__
            if status:  # too late to say anything else
                raise
            await problems.response(problem)(scope, receive, sending)
        finally:
            self._answered(status)
            self._tell(scope, status, time.monotonic_ns() - began, fields)

    def _admit(self, scope: Scope, extra: dict[str, str]) -> None:
        if self._buckets:
            headers = Headers(scope=scope)
            peer = (scope.get("client") or ("",))[0]
            client = client_of(peer, headers.getlist("x-forwarded-for"), proxies=self._proxies)
            verdict = self._buckets.take(client, self._steady())
            window = max(1, round(self._buckets.burst / self._buckets.rate))
            extra["RateLimit-Policy"] = f'"client";q={self._buckets.burst};w={window}'
            extra["RateLimit"] = f'"client";r={verdict.remaining};t={verdict.full_after}'
            if not verdict.allowed:
                again = {"Retry-After": str(verdict.retry_after)}
                raise ProblemError(429, f"too many requests: try again in {verdict.retry_after} s", again)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_TARGET:
            raise ProblemError(414, f"a path and its query are at most {MOST_TARGET} bytes")

    def _tell(self, scope: Scope, status: int, took: int, fields: dict[str, Any]) -> None:
        if article_id := scope.get("path_params", {}).get("article_id"):
            fields["labels.article_id"] = article_id[:MOST_LOGGED]
        (log.warning if status >= 500 else log.info)(
            "request.answered",
            **{
                "http.request.method": scope["method"][:20], "http.response.status_code": status,
                "url.path": scope["path"][:MOST_LOGGED], "event.duration": took, **fields,
            },
        )  # fmt: skip
