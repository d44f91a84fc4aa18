"""Looks every few seconds, from outside of the consumers, whether they do their work and what they need is there.

What a consumer believes of itself can't tell that it has died quietly: so the offsets and the group's members are
asked of the brokers over connections of their own. Elasticsearch is asked too, so that an idle service isn't ready
without it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared import kafka
from shared.health import Health, Place
from shared.partitions import partitions
from shared.settings import KafkaSettings
from shared.topics import Topic, group_of

PROBE_SECONDS = 5.0


class Standing(msgspec.Struct, frozen=True):
    """One partition: the first offset that isn't committed, and the end."""

    committed: int
    end: int

    @property
    def lag(self) -> int:
        """Records that aren't committed."""
        return max(0, self.end - self.committed)


Standings = dict[TopicPartition, Standing]
Ours = Callable[[Standings], Iterable[TopicPartition]]
Ping = Callable[[], Awaitable[None]]


class Watch:
    """Feeds `health`. `follow` says what is to be watched; before that only the dependencies are."""

    def __init__(self, service: str, instance: str, settings: KafkaSettings, health: Health) -> None:
        self._service = service
        self._instance = instance
        self._settings = settings
        self._health = health
        self._partitions: list[TopicPartition] = []
        self._ours: Ours = lambda _standings: ()
        self._pings: dict[str, Ping] = {}
        self._task: asyncio.Task[None] | None = None
        self._consumer: Any = kafka.consumer(settings, client_id=f"{instance}-watch")
        self._admin: Any = kafka.admin(settings)

    def follow(self, topics: Iterable[Topic], ours: Ours) -> None:
        """Watch the group's progress on `topics`; `ours` picks the partitions that this process has to work on."""
        self._partitions = [one for topic in topics for one in partitions(topic)]
        self._ours = ours

    def depend(self, dependency: str, ping: Ping) -> None:
        """Call `ping` at every look; what it raises says that `dependency` is down."""
        self._pings[dependency] = ping

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await kafka.leave(self._consumer)
        await self._admin.close()

    async def _run(self) -> None:
        def waiting(why: str) -> None:
            self._health.retrying("kafka", why)

        await kafka.start(self._consumer, self._settings, waiting=waiting)
        await kafka.start(self._admin, self._settings, waiting=waiting)
        while True:
            await asyncio.gather(self._look_at_kafka(), *(self._look_at(name) for name in self._pings))
            await asyncio.sleep(PROBE_SECONDS)

    async def _look_at(self, dependency: str) -> None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._pings[dependency]()
        except Exception as error:  # noqa: BLE001 - whatever it is, the dependency can't be used
            self._health.retrying(dependency, type(error).__name__)

    async def _look_at_kafka(self) -> None:
        if not self._partitions:
            return
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                standings = await self._standings()
                members = await kafka.members(self._admin, group_of(self._service))
        except TimeoutError:
            self._health.retrying("kafka", "no answer")
        except KafkaError as error:
            self._health.retrying("kafka", type(error).__name__)
        else:
            self._health.member(belongs=self._instance in members)
            self._health.behind({_place(one) for one in self._ours(standings)})
            self._health.say(lag=sum(standing.lag for standing in standings.values()))

    async def _standings(self) -> Standings:
        ends = await self._consumer.end_offsets(self._partitions)
        begins = await self._consumer.beginning_offsets(self._partitions)
        committed = await kafka.committed(self._admin, group_of(self._service), self._partitions)
        return {one: Standing(max(begins[one], committed[one].offset), ends[one]) for one in self._partitions}


def behind(standings: Standings, partitions: Iterable[Any]) -> list[TopicPartition]:
    """Of `partitions`, those with records that aren't committed."""
    return [one for one in partitions if one in standings and standings[one].lag]


def _place(one: TopicPartition) -> Place:
    return one.topic, one.partition
