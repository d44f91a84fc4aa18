"""Liveness that means progress: /livez fails when work is in flight and nothing has moved for too long.

Waiting for a named dependency in a bounded retry is life, not readiness. /readyz is for traffic and rollouts.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from shared.errors import ConfigurationError
from shared.logs import get_logger
from shared.settings import HealthSettings

log = get_logger()
HEARTBEAT_SECONDS = 60.0
# A dependency counts as down for so long after the last retry on it.
RETRY_SECONDS = 15.0


class Health:
    """What a service knows of its own well-being."""

    def __init__(self, service: str, settings: HealthSettings) -> None:
        self.service = service
        self._settings = settings
        self._moved = time.monotonic()
        self._in_flight = 0
        self._retries: dict[str, float] = {}
        self._conditions: dict[str, bool] = {}
        self._counts: Counter[str] = Counter()
        self._runner: web.AppRunner | None = None
        self._heartbeat: asyncio.Task[None] | None = None
        self.port = settings.port

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work is in flight."""
        if not self._in_flight:
            self._moved = time.monotonic()
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    def progressed(self, outcome: str, count: int = 1) -> None:
        """`count` messages ended with `outcome`."""
        self._counts[outcome] += count
        self._moved = time.monotonic()
        self._retries.clear()

    def retrying(self, dependency: str, why: str = "") -> None:
        """Waiting for `dependency`: alive, not ready."""
        self._moved = time.monotonic()
        if dependency not in self._retries:
            log.warning("dependency.awaited", **{"labels.dependency": dependency, "error.message": why})
        self._retries[dependency] = time.monotonic()

    def condition(self, name: str, *, holds: bool) -> None:
        """Say whether something that readiness needs (`partitions assigned`) holds."""
        self._conditions[name] = holds

    @property
    def live(self) -> bool:
        """False when work is in flight and nothing has moved for the set time."""
        return not self._in_flight or time.monotonic() - self._moved < self._settings.stall_seconds

    @property
    def unready_because(self) -> list[str]:
        """What keeps the service from being ready; empty when it is."""
        now = time.monotonic()
        waits = [f"waiting for {name}" for name, at in self._retries.items() if now - at < RETRY_SECONDS]
        return [f"not yet: {name}" for name, holds in self._conditions.items() if not holds] + waits

    async def start(self) -> None:
        """Answer on the port, and log a heartbeat a minute. Raises `ConfigurationError` when the port is taken."""
        app = web.Application()
        app.add_routes([web.get("/livez", self._livez), web.get("/readyz", self._readyz)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigurationError(
                f"the health port {self._settings.host}:{self._settings.port} can't be had ({error.strerror}): "
                "set WARTA_HEALTH_PORT to a free one, or to 0"
            ) from None
        self.port = self._runner.addresses[0][1]
        log.info("health.started", **{"url.port": self.port})
        self._heartbeat = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Stop answering."""
        if self._heartbeat:
            self._heartbeat.cancel()
        if self._runner:
            await self._runner.cleanup()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            log.info("service.heartbeat", **self._state())

    def _state(self) -> dict[str, Any]:
        return {
            "labels.live": self.live, "labels.ready": not self.unready_because, "labels.in_flight": self._in_flight,
            "labels.seconds_since_progress": round(time.monotonic() - self._moved, 1),
            **{f"labels.{outcome}": count for outcome, count in self._counts.items()},
        }  # fmt: skip

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response(self._state(), status=200 if self.live else 503)

    async def _readyz(self, _request: web.Request) -> web.Response:
        because = self.unready_because
        return web.json_response({"ready": not because, "because": because}, status=503 if because else 200)
