"""Which stored pages a replay takes, and where they lie."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from aiokafka import TopicPartition

from operations.dead_letters import of_sites
from operations.ranges import records
from shared.events import PageFetched
from shared.partitions import partitions
from shared.topics import PAGES_FETCHED
from shared.urls import host_of


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Pages fetched from `since` up to `until`; where there are `sites` or `urls`, of one of these.

    `stored_since` leaves out what Kafka took before then: an interrupted replay has done it.
    """

    since: datetime
    until: datetime | None = None
    sites: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    stored_since: datetime | None = None

    @property
    def stored_from(self) -> datetime:
        """When the first of them can have been stored: no page was stored before it was fetched."""
        return max(self.since, self.stored_since or self.since)

    def takes(self, page: PageFetched) -> bool:
        """Whether `page` is meant."""
        return (
            page.fetched_at >= self.since
            and (self.until is None or page.fetched_at < self.until)
            and (not (self.sites or self.urls) or page.url in self.urls or of_sites(host_of(page.url), self.sites))
        )


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The range of each partition. `kept_from` is set when Kafka has deleted pages that may have been meant."""

    ranges: dict[TopicPartition, tuple[int, int]]
    kept_from: datetime | None = None

    @property
    def total(self) -> int:
        """How many records there are to read."""
        return sum(end - start for start, end in self.ranges.values())


async def scope_of(selection: Selection, consumer: Any) -> Scope:
    """What has to be read for `selection`, up to the present ends of the topic."""
    everywhere = partitions(PAGES_FETCHED)
    begins = await consumer.beginning_offsets(everywhere)
    ends = await consumer.end_offsets(everywhere)
    at = max(0, int(selection.stored_from.timestamp() * 1000))
    found = await consumer.offsets_for_times(dict.fromkeys(everywhere, at))
    ranges = {p: (min(found[p].offset, ends[p]) if found.get(p) else ends[p], ends[p]) for p in everywhere}
    cut_off = {p: (start, start + 1) for p, (start, end) in ranges.items() if 0 < start == begins[p] < end}
    firsts = [stored_at(record) async for record in records(consumer, cut_off)]
    return Scope(ranges=ranges, kept_from=max(firsts, default=None))


def stored_at(record: Any) -> datetime:
    """When Kafka took the record."""
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


class Reached:
    """How far each partition has been read, to say where to go on."""

    def __init__(self, scope: Scope, start: datetime) -> None:
        self._at = {partition: start for partition, (begin, end) in scope.ranges.items() if begin < end}
        self._ends = {partition: end for partition, (_, end) in scope.ranges.items()}

    def read(self, record: Any) -> None:
        """`record` has been read; in order within its partition."""
        partition = TopicPartition(record.topic, record.partition)
        self._at[partition] = stored_at(record)
        if record.offset + 1 >= self._ends[partition]:
            del self._at[partition]

    @property
    def go_on_from(self) -> datetime | None:
        """Whatever is still unread was stored then or later; None when nothing is."""
        return min(self._at.values(), default=None)
