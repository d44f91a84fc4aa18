"""The partitions of a topic, and where a key's records go: as our producers, and Java's, place them."""

from aiokafka import TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from shared.topics import Topic

_partitioner = DefaultPartitioner()


def partitions(topic: Topic) -> list[TopicPartition]:
    """All partitions that the topics table gives `topic`."""
    return [TopicPartition(topic.name, number) for number in range(topic.partitions)]


def partition_of(key: str, topic: Topic) -> int:
    """The partition of `topic` that holds the records of `key`."""
    numbers = list(range(topic.partitions))
    return int(_partitioner(key.encode(), numbers, numbers))
