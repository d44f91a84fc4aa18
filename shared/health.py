"""Liveness that means progress: /livez fails when there is work and nothing has moved for too long.

Work is what is in flight here, and what waits in Kafka on the partitions that are ours: so a consumer that quietly
reads no more is found too. Waiting for a named dependency in a bounded retry is life, not readiness. A process that
isn't live any more ends itself (shared/watchdog.py), and any orchestrator starts it again. /readyz is for traffic and
rollouts.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from shared.errors import ConfigurationError
from shared.logs import get_logger
from shared.settings import HealthSettings
from shared.topics import Topic

log = get_logger()
HEARTBEAT_SECONDS = 60.0
# A dependency counts as down for so long after the last retry on it.
RETRY_SECONDS = 15.0
_IN_GROUP = "in the consumer group"
# A client drains what it fetched of one partition before it turns to the next: in a backlog a healthy partition may
# wait for minutes while others move, and only so many windows later is it taken for stuck.
PARTITION_WINDOWS = 15

Place = tuple[str, int]  # topic and partition


class Health:
    """What a service knows of its own well-being."""

    def __init__(self, service: str, settings: HealthSettings) -> None:
        self.service = service
        self.stall_seconds = settings.stall_seconds
        self._settings = settings
        self._moved = time.monotonic()
        self._in_flight = 0
        self._behind: dict[Place, float] = {}
        self._topics_moved: dict[str, float] = {}
        self._lost: float | None = None
        self._retries: dict[str, float] = {}
        self._conditions: dict[str, bool] = {}
        self._counts: Counter[str] = Counter()
        self._said: dict[str, Any] = {}
        self._asked: list[Callable[[], Mapping[str, Any]]] = []
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

    def progressed(self, outcome: str, count: int = 1, *, of: Place | None = None) -> None:
        """`count` messages ended with `outcome`; `of` says of which partition they were."""
        self._counts[outcome] += count
        self._moved = time.monotonic()
        if of:
            self._topics_moved[of[0]] = self._moved
        if of in self._behind:
            self._behind[of] = self._moved
        self._retries.clear()

    def moving(self, topic: Topic) -> None:
        """A long piece of work on records of `topic` goes on, though none of them has ended yet."""
        self._moved = self._topics_moved[topic.name] = time.monotonic()

    def retrying(self, dependency: str, why: str = "") -> None:
        """Waiting for `dependency`: alive, not ready."""
        now = self._moved = time.monotonic()
        self._behind = dict.fromkeys(self._behind, now)
        self._lost = self._lost and now
        if dependency not in self._retries:
            log.warning("dependency.awaited", **{"labels.dependency": dependency, "error.message": why})
        self._retries[dependency] = now

    def condition(self, name: str, *, holds: bool) -> None:
        """Say whether something that readiness needs (`partitions assigned`) holds."""
        self._conditions[name] = holds

    def behind(self, places: AbstractSet[Place]) -> None:
        """These partitions have records that are ours to work on: each is expected to move from now on."""
        now = time.monotonic()
        self._behind = {place: self._behind.get(place, now) for place in places}

    def expect_membership(self) -> None:
        """Not ready before the broker has counted us among the group."""
        self._conditions[_IN_GROUP] = False

    def member(self, *, belongs: bool) -> None:
        """Say whether the broker counts us among the group: a consumer that was forgotten and doesn't know is dead."""
        self._lost = None if belongs else self._lost or time.monotonic()
        self._conditions[_IN_GROUP] = belongs

    def say(self, **fields: Any) -> None:
        """Have the heartbeat and /livez tell these too, until they are told anew."""
        self._said |= fields

    def ask(self, figures: Callable[[], Mapping[str, Any]]) -> None:
        """Have the heartbeat and /livez tell these too, each time as they are then."""
        self._asked.append(figures)

    @property
    def stalled_because(self) -> str | None:
        """Why this process is no longer live; None while it is."""
        now = time.monotonic()
        if self._in_flight and now - self._moved >= self.stall_seconds:
            return f"{self._in_flight} messages in work, and nothing moved for {now - self._moved:.0f} s"
        lost = self._lost
        if lost is not None and now - max(lost, self._moved) >= self.stall_seconds:
            return f"not in the consumer group for {now - lost:.0f} s"
        for (topic, partition), since in self._behind.items():
            others = self._topics_moved.get(topic, since)
            if now - max(since, others) >= self.stall_seconds or now - since >= PARTITION_WINDOWS * self.stall_seconds:
                return f"{topic}/{partition} has records to work on and didn't move for {now - since:.0f} s"
        return None

    @property
    def live(self) -> bool:
        """False when there is work and nothing has moved for the set time."""
        return self.stalled_because is None

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
        because = self.stalled_because
        return {
            "labels.live": because is None, "labels.ready": not self.unready_because,
            "labels.in_flight": self._in_flight, "labels.partitions_behind": len(self._behind),
            "labels.seconds_since_progress": round(time.monotonic() - self._moved, 1),
            **({"labels.stalled_because": because} if because else {}),
            **{f"labels.{outcome}": count for outcome, count in self._counts.items()},
            **{f"labels.{name}": value for name, value in self._said.items()},
            **{f"labels.{name}": value for figures in self._asked for name, value in figures().items()},
        }  # fmt: skip

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response(self._state(), status=200 if self.live else 503)

    async def _readyz(self, _request: web.Request) -> web.Response:
        because = self.unready_because
        return web.json_response({"ready": not because, "because": because}, status=503 if because else 200)
