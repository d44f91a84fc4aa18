"""Which Kafka errors are waited out."""

from aiokafka.errors import KafkaError, KafkaTimeoutError


def will_pass(error: KafkaError) -> bool:
    """Whether the same call may succeed later; aiokafka doesn't count its own time-outs as retriable."""
    return bool(error.retriable) or isinstance(error, KafkaTimeoutError)
