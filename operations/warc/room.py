"""Whether there is room downstream: an import waits for just what the crawler waits for (services/crawler/brake.py)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from services.crawler.brake import Brake
from services.crawler.settings import CrawlerSettings
from shared.health import Health
from shared.settings import HealthSettings, KafkaSettings

LOOK_SECONDS = 0.2
SAY_AFTER_SECONDS = 5.0


class Room:
    """`async with Room(kafka, crawler, warn) as room: await room.wait(stopping)`."""

    def __init__(self, kafka: KafkaSettings, crawler: CrawlerSettings, warn: Callable[[str], None]) -> None:
        self._brake = Brake(kafka, Health("import", HealthSettings()), crawler, lambda: None)
        self._warn = warn
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._brake.watch())
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._watching is not None
        self._watching.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._watching

    async def wait(self, stopping: asyncio.Event) -> None:
        """Until there is room, or `stopping` is set. Raises `ConfigurationError` when our user may not ask."""
        waited = 0.0
        while (why := self._brake.why) is not None and not stopping.is_set():
            if self._watching is not None and self._watching.done():
                self._watching.result()
            if waited >= SAY_AFTER_SECONDS:
                self._warn(f"waiting for room: {why}")
            await asyncio.sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS
