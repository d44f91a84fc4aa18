"""Which partitions are ours, and so which hosts: Kafka's assignment of `crawl.requests` is the ownership."""

from collections.abc import Callable, Iterator
from datetime import datetime

from services.crawler.known import RETRY_PASSING_AFTER
from services.crawler.partition import Partition
from shared import partitions
from shared.topics import CRAWL_REQUESTS
from shared.urls import host_of


def partition_of(host: str) -> int:
    """The partition of a host's requests and outcomes."""
    return partitions.partition_of(host, CRAWL_REQUESTS)


class Holdings:
    """The partitions held now, by number. `make` gives an empty one."""

    def __init__(self, make: Callable[[int], Partition] = Partition) -> None:
        self._make = make
        self._held: dict[int, Partition] = {}

    def __iter__(self) -> Iterator[Partition]:
        return iter(self._held.values())

    def __len__(self) -> int:
        return len(self._held)

    def take(self, number: int) -> Partition:
        """Begin to hold a partition, anew."""
        partition = self._held[number] = self._make(number)
        return partition

    def lose(self, number: int) -> Partition | None:
        """Hold it no more."""
        return self._held.pop(number, None)

    def next(self) -> Partition:
        """One after the other, round and round; there must be one."""
        number = next(iter(self._held))
        partition = self._held[number] = self._held.pop(number)
        return partition

    def holds(self, partition: Partition) -> bool:
        """Whether this very holding is still in force."""
        return self._held.get(partition.number) is partition

    def of_host(self, host: str) -> Partition | None:
        """The restored partition that owns `host`, if it is ours."""
        partition = self._held.get(partition_of(host))
        return partition if partition is not None and partition.restored else None

    def needs_no_request(self, url: str, now: datetime) -> bool:
        """Whether `url` is ours and known, or on its way."""
        partition = self.of_host(host_of(url))
        if partition is None:
            return False
        if partition.is_pending("page", url):
            return True
        state = partition.known.get(url)
        return state is not None and not (state.passing and now - state.settled_at >= RETRY_PASSING_AFTER)
