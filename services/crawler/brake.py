"""Back-pressure: no fetch is admitted while a service downstream is too far behind, or a broker's disk nearly full.

Only Kafka is asked, so the crawler need reach nothing else: when Elasticsearch is away, slow or out of disk, the
indexer waits, its oldest unread record ages, and that shows here. What can't be learned for a minute is no room.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Literal

import msgspec
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError

from services.crawler.settings import CrawlerSettings
from shared import kafka
from shared.backlog import Backlog, BacklogReader
from shared.errors import ConfigurationError
from shared.health import Health
from shared.log_dirs import Disk
from shared.logs import get_logger
from shared.settings import KafkaSettings
from shared.topics import CONSUMERS, PAGES_FETCHED

DOWNSTREAM = tuple(service for service in CONSUMERS if service != "crawler")
# Records must be read in this part of the time for which they are kept.
PART_OF_RETENTION = 0.25
# Once braked, so much more room is asked for, lest it brake and release in turn.
RELEASE_PART = 0.5
RELEASE_POINTS = 2.0
CHECK_SECONDS = 2.0
READ_SECONDS = 30.0
STANDS_SECONDS = 60.0
REPEAT_SECONDS = 60.0
log = get_logger()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How old the oldest unread record may be by service and topic, and how much of a disk has to be free."""

    ages: Mapping[tuple[str, str], timedelta]
    free_percent: float


class Braked(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing is fetched."""

    reason: Literal["unread_too_old", "disk_low", "unknown"]
    why: str
    service: str | None = None
    topic: str | None = None
    age_seconds: float | None = None


NOT_ASKED_YET = Braked(reason="unknown", why="the services downstream weren't asked yet")


def limits_of(settings: CrawlerSettings) -> Limits:
    """A quarter of each topic's retention, and no more than the setting."""
    most = timedelta(seconds=settings.brake_age_seconds)
    return Limits(
        ages={
            (service, topic.name): min(
                most,
                # What is kept for good can wait as long as what it comes from.
                timedelta(milliseconds=topic.retention_ms or PAGES_FETCHED.retention_ms or 0) * PART_OF_RETENTION,
            )
            for service in DOWNSTREAM
            for topic in CONSUMERS[service]
        },
        free_percent=settings.brake_free_disk_percent,
    )


def brake(backlog: Backlog, disk: Disk | None, limits: Limits, *, braked: bool) -> Braked | None:
    """Why nothing may be fetched now, or None. `braked`: whether that was so before. A `disk` of None isn't judged."""
    part = RELEASE_PART if braked else 1.0
    ages = {key: age for key, age in backlog.ages.items() if key in limits.ages and age > limits.ages[key] * part}
    if ages:
        service, topic = worst = max(ages, key=lambda key: ages[key] / limits.ages[key])
        seconds = ages[worst].total_seconds()
        most = (limits.ages[worst] * part).total_seconds()
        return Braked(
            reason="unread_too_old", service=service, topic=topic, age_seconds=round(seconds, 1),
            why=f"the oldest record of {topic} unread by the {service} is {seconds:.0f} s old, over {most:.0f} s: "
            "look whether that service and what it writes to are well",
        )  # fmt: skip
    needed = limits.free_percent + (RELEASE_POINTS if braked else 0.0)
    if disk is not None and limits.free_percent and disk.free_percent < needed:
        return Braked(
            reason="disk_low",
            why=f"{disk.free_percent:.1f} % of the disk of Kafka's broker {disk.broker} is free, under {needed:.1f} %: "
            "make room, or lower WARTA_CRAWLER_BRAKE_FREE_DISK_PERCENT",
        )
    return None


class Brake:
    """The brake of one crawler: `watch` sets it, every few seconds; `changed` is called when it is released."""

    def __init__(
        self, broker: KafkaSettings, health: Health, settings: CrawlerSettings, changed: Callable[[], None]
    ) -> None:
        self._broker = broker
        self._health = health
        self._limits = limits_of(settings)
        self._changed = changed
        self._braked: Braked | None = NOT_ASKED_YET
        self._logged_at: float | None = None
        self._known_at = time.monotonic()

    @property
    def held(self) -> bool:
        """Whether nothing may be fetched now; so too until the first answer."""
        return self._braked is not None

    @property
    def why(self) -> str | None:
        """Why it is held; None when it isn't."""
        return self._braked.why if self._braked else None

    async def watch(self) -> None:
        """Ask and decide, without end. Raises `ConfigurationError` when our user may not ask."""
        async with BacklogReader(self._broker, waiting=self.not_learned) as reader:
            while True:
                try:
                    async with asyncio.timeout(READ_SECONDS):
                        backlog = await reader.read(DOWNSTREAM)
                        disk = await reader.fullest_disk()
                except (TopicAuthorizationFailedError, GroupAuthorizationFailedError) as error:
                    raise ConfigurationError(
                        f"Kafka refuses ({type(error).__name__}): for its back-pressure the crawler's user must be "
                        "allowed to read the topics, and describe the groups, of the services downstream"
                    ) from None
                except (KafkaError, TimeoutError) as error:
                    if isinstance(error, KafkaError) and not kafka.will_pass(error):
                        raise
                    self.not_learned(type(error).__name__)
                else:
                    self.learned(backlog, disk)
                await asyncio.sleep(CHECK_SECONDS)

    def learned(self, backlog: Backlog, disk: Disk | None) -> None:
        """Decide by what Kafka said."""
        self._known_at = time.monotonic()
        before = self._braked is not None and self._braked.reason != "unknown"
        self._set(brake(backlog, disk, self._limits, braked=before))

    def not_learned(self, why: str) -> None:
        """Kafka didn't say: the last decision stands for a minute."""
        self._health.retrying("kafka", why)
        if time.monotonic() - self._known_at > STANDS_SECONDS:
            self._set(Braked(reason="unknown", why=f"the backlog can't be read: {why}"))

    def _set(self, now: Braked | None) -> None:
        before, self._braked = self._braked, now
        if now is None:
            if self._logged_at is not None:
                log.info("crawl.released")
                self._logged_at = None
            if before is not None:
                self._changed()
            return
        self._health.retrying("downstream", now.why)
        if self._logged_at is None or time.monotonic() - self._logged_at >= REPEAT_SECONDS:
            self._logged_at = time.monotonic()
            fields = {
                "event.reason": now.reason, "error.message": now.why, "labels.reader": now.service,
                "kafka.topic": now.topic, "labels.age_seconds": now.age_seconds,
            }  # fmt: skip
            log.warning("crawl.braked", **{name: value for name, value in fields.items() if value is not None})
