"""Kafka clients with our security settings and limits, and the topics of the table."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InconsistentGroupProtocolError,
    KafkaError,
    KafkaTimeoutError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.commit import OffsetFetchRequest

from shared.access import refused, security, without_right
from shared.errors import ConfigurationError, WartaError
from shared.logs import get_logger
from shared.settings import KafkaSettings
from shared.topics import MIB, TOPICS, Topic

MAX_REQUEST_BYTES = 6 * MIB
LEAVE_SECONDS = 5.0
SESSION_TIMEOUT_MS = 10_000
HEARTBEAT_MS = 2_000
log = get_logger()
SLOW_SECONDS = 5.0
T = TypeVar("T")


class KafkaUnreachableError(WartaError):
    """No broker answered; the message names the address and what to look at."""


class Committed(msgspec.Struct, frozen=True):
    """A group's commit of one partition."""

    offset: int
    metadata: str


def will_pass(error: KafkaError) -> bool:
    """Whether the same call may succeed later; aiokafka doesn't count its own time-outs as retriable."""
    return bool(error.retriable) or isinstance(error, KafkaTimeoutError)


def passes(error: Exception) -> bool:
    """Whether it is an error of Kafka's that `will_pass`: what to retry on."""
    return isinstance(error, KafkaError) and will_pass(error)


def producer(
    settings: KafkaSettings, *, client_id: str, idempotent: bool = True, max_request_bytes: int = MAX_REQUEST_BYTES
) -> AIOKafkaProducer:
    """An idempotent producer: acknowledged by all in-sync replicas, zstd, no linger (callers gather their sends)."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, client_id=client_id, acks="all", enable_idempotence=idempotent,
        compression_type="zstd", linger_ms=0, max_request_size=max_request_bytes, request_timeout_ms=30_000,
        **security(settings),
    )  # fmt: skip


def consumer(
    settings: KafkaSettings, *topics: Topic, client_id: str, group_id: str | None = None, **options: Any
) -> AIOKafkaConsumer:
    """A consumer that commits only when told to and starts a new group at the earliest record."""
    return AIOKafkaConsumer(
        *(topic.name for topic in topics),
        bootstrap_servers=settings.bootstrap_servers, client_id=client_id, group_id=group_id, enable_auto_commit=False,
        auto_offset_reset="earliest", session_timeout_ms=SESSION_TIMEOUT_MS, heartbeat_interval_ms=HEARTBEAT_MS,
        **{"max_partition_fetch_bytes": MAX_REQUEST_BYTES, **security(settings), **options},
    )  # fmt: skip


def admin(settings: KafkaSettings, **options: Any) -> AIOKafkaAdminClient:
    """An admin client."""
    return AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers, **security(settings), **options)


async def start(client: Any, settings: KafkaSettings, *, waiting: Callable[[str], None] | None = None) -> None:
    """Start an aiokafka client. With `waiting` it is called with why and the start retried without end, else once.

    Raises `KafkaUnreachableError`, and `ConfigurationError` when a broker is there and refuses us.
    """
    while True:
        try:
            await client.start()
        except InconsistentGroupProtocolError:  # members of another kind: aiokafka can't start a second time after that
            raise
        except KafkaError as error:
            reason = without_right(error) or await refused(settings) or _unreachable(settings, error)
            if waiting is None or isinstance(reason, ConfigurationError):
                await _quietly(client)
                raise reason from None
            waiting(str(reason))
            await asyncio.sleep(2)
        else:
            return


async def committed(client: Any, group: str, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, Committed]:
    """What `group` has committed, asked through an admin client; `offset` is -1 where there is nothing.

    The client's own method takes a coordinator that is still loading for one that knows of no commits. Raises
    `KafkaError`.
    """
    numbers: dict[str, list[int]] = {}
    for partition in partitions:
        numbers.setdefault(partition.topic, []).append(partition.partition)
    coordinator = await client.find_coordinator(group)
    answer = await client._send_request(OffsetFetchRequest(group, list(numbers.items())), coordinator)  # noqa: SLF001
    codes = [answer.error_code, *(code for _, offsets in answer.topics for *_, code in offsets)]
    if code := next(filter(None, codes), 0):
        raise for_code(code)(f"the offsets of {group}")
    return {
        TopicPartition(topic, number): Committed(offset, metadata)
        for topic, offsets in answer.topics
        for number, offset, metadata, _ in offsets
    }


async def members(client: Any, group: str) -> set[str]:
    """The client ids of the members of `group`, asked through an admin client. Raises `KafkaError`."""
    found: set[str] = set()
    for answer in await client.describe_consumer_groups([group]):
        # aiokafka hands over the protocol's tuples; a member's second field is its client id
        for code, _group, _state, _type, _protocol, its_members, *_ in answer.groups:
            if code:
                raise for_code(code)(f"the members of {group}")
            found |= {member[1] for member in its_members}
    return found


async def patiently(work: Coroutine[Any, Any, T], waiting: Callable[[str], None], why: str) -> T:
    """The result of `work`, however long it takes; `waiting` is told `why` every few seconds."""
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def tell() -> None:
        nonlocal timer
        timer = loop.call_later(SLOW_SECONDS, tell)
        waiting(why)

    timer = loop.call_later(SLOW_SECONDS, tell)
    try:
        return await work
    finally:
        timer.cancel()


def _unreachable(settings: KafkaSettings, error: KafkaError) -> KafkaUnreachableError:
    return KafkaUnreachableError(
        f"no Kafka broker answers at {settings.bootstrap_servers} ({type(error).__name__}): is it running, and are "
        "WARTA_KAFKA_BOOTSTRAP_SERVERS and WARTA_KAFKA_SECURITY_PROTOCOL right? `./warta up` starts one"
    )


async def _quietly(client: Any) -> None:
    close: Callable[[], Awaitable[None]] = getattr(client, "stop", None) or client.close
    await close()


async def leave(client: Any, *, seconds: float = LEAVE_SECONDS) -> None:
    """Stop an aiokafka client, at most so long. Without a broker it may hang, or raise what ended its own tasks."""
    leaving = asyncio.ensure_future(client.stop())
    await asyncio.wait({leaving}, timeout=seconds)
    if not leaving.done():
        leaving.cancel()
    elif not leaving.cancelled() and (error := leaving.exception()):
        log.info("kafka.leave.failed", **{"error.type": type(error).__name__})


async def persistently(ask: Callable[[], Awaitable[T]], waiting: Callable[[str], None]) -> T:
    """What `ask` answers, asked again while no broker does; `waiting` is told why. Raises what waiting can't mend."""
    while True:
        try:
            return await ask()
        except KafkaUnreachableError as error:
            waiting(str(error))
        except KafkaError as error:
            if not will_pass(error):
                raise
            waiting(type(error).__name__)
        await asyncio.sleep(1)


async def missing_topics(settings: KafkaSettings) -> list[str]:
    """The topics of the table that the cluster lacks: `bootstrap` creates them. One that we may not see isn't missing.

    Raises `KafkaUnreachableError`, and `ConfigurationError` when we may see none.
    """
    client = admin(settings)
    await start(client, settings)
    try:
        described = await client.describe_topics(list(TOPICS))
    finally:
        await client.close()
    errors = {topic["topic"]: for_code(topic["error_code"]) for topic in described}
    hidden = [name for name, error in errors.items() if error is TopicAuthorizationFailedError]
    if len(hidden) == len(TOPICS) and (why := without_right(TopicAuthorizationFailedError(hidden))):
        raise why
    return sorted(name for name in TOPICS if errors.get(name) is UnknownTopicOrPartitionError)


async def create_topics(settings: KafkaSettings, report: Callable[[str], None]) -> None:
    """Create what the topics table has and the cluster lacks.

    Raises `ConfigurationError` when the broker refuses one.
    """
    client = admin(settings)
    await start(client, settings)
    try:
        present = set(await client.list_topics())
        missing = [topic for topic in TOPICS.values() if topic.name not in present]
        if not missing:
            report(f"topics: all {len(TOPICS)} present")
            return
        answer = await client.create_topics([_new_topic(topic, settings) for topic in missing])
        for name, code, *detail in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                if no_right := without_right(error(name)):
                    raise no_right
                why = f"{error.__name__} {detail[0] if detail else ''}"
                raise ConfigurationError(f"the broker refused topic {name}: {why}")
        report(f"topics: created {len(missing)}, {len(TOPICS) - len(missing)} were present")
    finally:
        await client.close()


def _new_topic(topic: Topic, settings: KafkaSettings) -> NewTopic:
    return NewTopic(
        name=topic.name, num_partitions=topic.partitions, replication_factor=settings.replication_factor,
        topic_configs={**topic.config, "min.insync.replicas": str(settings.min_insync_replicas)},
    )  # fmt: skip
