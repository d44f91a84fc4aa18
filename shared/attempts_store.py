"""Where attempts outlive a process: in Kafka, as the metadata of offsets that a group of their own commits."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared import kafka
from shared.partitions import partitions
from shared.settings import KafkaSettings
from shared.topics import CONSUMERS, TOPICS, group_of

Texts = Mapping[TopicPartition, str]


class AttemptsStore:
    """A text for each partition that `service` consumes.

    `read` and `write` take as long as it takes, and tell `waiting` why. They raise what waiting can't mend, a
    `KafkaError`.
    """

    def __init__(
        self, service: str, instance: str, settings: KafkaSettings, *, waiting: Callable[[str], None]
    ) -> None:  # fmt: skip
        self._service = service
        self._settings = settings
        self._waiting = waiting
        self._group = f"{group_of(service)}-attempts"
        self._consumer: Any = kafka.consumer(settings, client_id=f"{instance}-attempts", group_id=self._group)
        self._admin: Any = kafka.admin(settings)

    async def start(self) -> None:
        """Connect, however long it takes."""
        await kafka.start(self._admin, self._settings, waiting=self._waiting)
        await kafka.start(self._consumer, self._settings, waiting=self._waiting)
        # Assigned only to be allowed to commit: nothing is ever fetched.
        everything = [
            one for topic in CONSUMERS.get(self._service, tuple(TOPICS.values())) for one in partitions(topic)
        ]
        self._consumer.assign(everything)
        self._consumer.pause(*everything)

    async def close(self) -> None:
        """Disconnect."""
        await kafka.leave(self._consumer)
        await self._admin.close()

    async def read(self, partitions: Iterable[TopicPartition]) -> tuple[Texts, set[str]]:
        """The text of each, "" where there is none; and the instances that the service's group knows now."""
        partitions = list(partitions)
        while True:
            try:
                kept = await kafka.committed(self._admin, self._group, partitions)
                alive = await kafka.members(self._admin, group_of(self._service))
            except KafkaError as error:
                await self._outlast(error, "read")
            else:
                return {partition: found.metadata for partition, found in kept.items()}, alive

    async def write(self, texts: Callable[[], Texts]) -> None:
        """Keep what `texts` gives, which is asked anew for each try: partitions may move on during an outage."""
        while kept := {partition: (0, text) for partition, text in texts().items()}:
            try:
                await kafka.patiently(self._consumer.commit(kept), self._waiting, "the attempts can't be kept")
            except KafkaError as error:
                await self._outlast(error, "kept")
            else:
                return

    async def _outlast(self, error: KafkaError, done: str) -> None:
        if not kafka.will_pass(error):
            raise error
        self._waiting(f"the attempts can't be {done}: {type(error).__name__}")
        await asyncio.sleep(1)
