"""Where a key's records go: as our producers, and Java's, place them."""

from aiokafka.partitioner import DefaultPartitioner

from shared.topics import Topic

_partitioner = DefaultPartitioner()


def partition_of(key: str, topic: Topic) -> int:
    """The partition of `topic` that holds the records of `key`."""
    numbers = list(range(topic.partitions))
    return int(_partitioner(key.encode(), numbers, numbers))
