"""The partitions of a topic, and where a key's records go: as our producers, and Java's, place them."""

from functools import lru_cache

from aiokafka import TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from shared.topics import Topic

_partitioner = DefaultPartitioner()


def partitions(topic: Topic) -> list[TopicPartition]:
    """All partitions that the topics table gives `topic`."""
    return [TopicPartition(topic.name, number) for number in range(topic.partitions)]


def partition_of(key: str, topic: Topic) -> int:
    """The partition of `topic` that holds the records of `key`."""
    return _place(key, topic.partitions)


@lru_cache(4096)
def _place(key: str, partitions: int) -> int:
    numbers = list(range(partitions))
    return int(_partitioner(key.encode(), numbers, numbers))
