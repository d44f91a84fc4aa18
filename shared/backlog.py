"""What services have yet to read: how much, how old the oldest of it is, and whether any of it expired unread."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError

from shared import kafka
from shared.clock import utcnow
from shared.log_dirs import Disk, fullest_disk
from shared.logs import get_logger
from shared.settings import KafkaSettings
from shared.topics import CONSUMERS, group_of

# Of a partition's fetch; a larger first batch comes whole all the same, one partition at a time.
FETCH_BYTES = 16 * 1024
REQUEST_SECONDS = 10.0
log = get_logger()


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """What one service has yet to commit of one partition.

    `begin` and `end` are the first offset kept and the one after the last; `committed` is None where there is none yet.
    `first` is the offset of the first unread record and `oldest` its time; both None when nothing is unread.
    """

    service: str
    topic: str
    partition: int
    begin: int
    committed: int | None
    end: int
    first: int | None
    oldest: datetime | None

    @property
    def lag(self) -> int:
        """Records to be read; in a compacted topic at most so many."""
        return 0 if self.first is None else self.end - self.first

    @property
    def expired(self) -> int:
        """Records that retention deleted before the service had committed them."""
        return 0 if self.committed is None else max(0, self.begin - self.committed)


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """All that the asked services have yet to read, as it was at `read_at`. Topics that don't exist have no part."""

    read_at: datetime
    partitions: tuple[Unread, ...]

    def of(self, service: str) -> "Backlog":
        """The part of one service."""
        return Backlog(read_at=self.read_at, partitions=tuple(one for one in self.partitions if one.service == service))

    @property
    def lag(self) -> int:
        """Records to be read."""
        return sum(one.lag for one in self.partitions)

    @property
    def lag_by_partition(self) -> dict[tuple[str, int], int]:
        """Records to be read by topic and partition number; meant for one service's part."""
        return {(one.topic, one.partition): one.lag for one in self.partitions}

    @property
    def ages(self) -> dict[tuple[str, str], timedelta]:
        """How old the oldest unread record is, by service and topic; nothing where nothing is unread."""
        ages: dict[tuple[str, str], timedelta] = {}
        for one in self.partitions:
            if one.oldest is not None:
                key = (one.service, one.topic)
                ages[key] = max(ages.get(key, timedelta(0)), self.read_at - one.oldest)
        return ages


class BacklogReader:
    """Reads backlogs over one pair of connections. `async with BacklogReader(settings) as reader: await reader.read()`.

    With `waiting` it is called with why and the connection retried without end, else `KafkaUnreachableError` is raised.
    """

    def __init__(self, settings: KafkaSettings, *, waiting: Callable[[str], None] | None = None) -> None:
        timeout = int(REQUEST_SECONDS * 1000)
        self._settings = settings
        self._waiting = waiting
        self._consumer: Any = kafka.consumer(
            settings, client_id="warta-backlog", max_partition_fetch_bytes=FETCH_BYTES, fetch_max_wait_ms=100,
            request_timeout_ms=timeout,
        )  # fmt: skip
        self._admin: Any = kafka.admin(settings, request_timeout_ms=timeout)
        # By partition and the offset asked for: the first record from there on.
        self._firsts: dict[tuple[TopicPartition, int], tuple[int, datetime] | None] = {}
        self._told: dict[tuple[str, TopicPartition], int] = {}

    async def __aenter__(self) -> Self:
        await kafka.start(self._consumer, self._settings, waiting=self._waiting)
        await kafka.start(self._admin, self._settings, waiting=self._waiting)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def read(self, services: Sequence[str]) -> Backlog:
        """The state now; what has expired unread since the last reading is logged as an error.

        Raises `KafkaError`: `kafka.will_pass` says whether to ask again, as after any broker's restart.
        """
        topics = {topic.name for service in services for topic in CONSUMERS[service]}
        present = await self._partitions(topics)
        committed = {
            service: await kafka.committed(
                self._admin,
                group_of(service),
                [p for p in present if p.topic in {topic.name for topic in CONSUMERS[service]}],
            )
            for service in services
        }
        # After the commits, so that no end lies before one.
        ends, begins = await asyncio.gather(
            self._consumer.end_offsets(present), self._consumer.beginning_offsets(present)
        )
        at = {
            (service, partition): _position(commit.offset, begins[partition], ends[partition])
            for service, commits in committed.items()
            for partition, commit in commits.items()
        }
        wanted = {(p, offset) for (_, p), offset in at.items() if offset < ends[p]}
        self._firsts = {key: first for key, first in self._firsts.items() if key in wanted}
        await self._read_firsts(present, wanted - self._firsts.keys(), ends)
        backlog = Backlog(
            read_at=utcnow(),
            partitions=tuple(
                _unread(service, p, begins[p], committed[service][p].offset, ends[p], self._firsts.get((p, offset)))
                for (service, p), offset in at.items()
            ),
        )
        self._tell_expired(backlog)
        return backlog

    async def fullest_disk(self) -> Disk | None:
        """See `shared.log_dirs`."""
        return await fullest_disk(self._admin)

    async def _partitions(self, topics: set[str]) -> list[TopicPartition]:
        # All topics are asked for: by name the broker might create them.
        return [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in await self._admin.describe_topics()
            if topic["topic"] in topics
            for partition in topic["partitions"]
        ]

    async def _read_firsts(
        self, present: list[TopicPartition], wanted: Iterable[tuple[TopicPartition, int]], ends: dict[Any, int]
    ) -> None:
        if self._consumer.assignment() != set(present):
            self._consumer.assign(present)
            self._consumer.pause(*present)
        by_offset: dict[int, dict[TopicPartition, int]] = {}
        for partition, offset in wanted:  # two services may read one partition at different offsets
            turn = next((turn for turn in by_offset.values() if partition not in turn), None)
            if turn is None:
                turn = by_offset[len(by_offset)] = {}
            turn[partition] = offset
        for turn in by_offset.values():
            await self._read_turn(turn, ends)

    async def _read_turn(self, turn: dict[TopicPartition, int], ends: dict[Any, int]) -> None:
        for partition, offset in turn.items():
            self._consumer.seek(partition, offset)
        left = dict(turn)
        self._consumer.resume(*left)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                while left:
                    for partition, records in (await self._consumer.getmany(*left, timeout_ms=200)).items():
                        self._consumer.pause(partition)
                        time = datetime.fromtimestamp(max(0, records[0].timestamp) / 1000, UTC)
                        self._firsts[partition, left.pop(partition)] = (records[0].offset, time)
                    for partition in [*left]:
                        if await self._consumer.position(partition) >= ends[partition]:  # compaction left nothing there
                            self._consumer.pause(partition)
                            self._firsts[partition, left.pop(partition)] = None
        except TimeoutError:
            raise KafkaTimeoutError(f"no record from {len(left)} partitions within {REQUEST_SECONDS:.0f} s") from None
        finally:
            self._consumer.pause(*left)

    def _tell_expired(self, backlog: Backlog) -> None:
        for one in backlog.partitions:
            key = (one.service, TopicPartition(one.topic, one.partition))
            new = one.expired - self._told.get(key, 0)
            self._told[key] = one.expired
            if new > 0:
                log.error(
                    "records.expired",
                    **{
                        "kafka.topic": one.topic, "kafka.partition": one.partition, "labels.records": new,
                        "labels.reader": one.service, "error.message": "retention deleted them before they were read",
                    },
                )  # fmt: skip


def _position(committed: int, begin: int, end: int) -> int:
    """Where the group goes on: at the earliest record when it has no commit, or one that the log doesn't know."""
    return committed if begin <= committed <= end else begin


def _unread(
    service: str, partition: TopicPartition, begin: int, committed: int, end: int, first: tuple[int, datetime] | None
) -> Unread:
    return Unread(
        service=service, topic=partition.topic, partition=partition.partition, begin=begin,
        committed=None if committed < 0 else committed, end=end,
        first=first[0] if first else None, oldest=first[1] if first else None,
    )  # fmt: skip
