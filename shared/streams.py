"""Faust at the rim: an app whose agents can't lose a message. Only this module and the services' `app.py` know Faust.

What is avoided here, each shown by tests/integration/test_streams.py on a real broker:
- Faust acks an event also when its agent raises or is cancelled: so no exception leaves an agent; an unknown error, or
  a cancellation that isn't ours, ends the process at once, uncommitted.
- With `concurrency` above 1 commits pass what is in flight: so one batch at a time, its work gathered.
- A stop cancels agents, and that acks: so on SIGTERM the batch in flight is finished, the next one is held unacked,
  the acked offsets are committed, the group is left, and the process ends without unwinding Faust.
- It takes over logging and signals through its worker: so the app is started directly.
- It reads thousands of records ahead of its agents, of any size: so reading stops at `buffer` of them.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import faust
from aiokafka.errors import KafkaError

from shared import access, kafka
from shared.delivery import Record, Work, deliver
from shared.errors import ConfigurationError
from shared.logs import die, get_logger, refuse
from shared.service import Context
from shared.settings import KafkaSettings
from shared.topics import Topic, group_of
from shared.watch import behind

COMMIT_INTERVAL_SECONDS = 1.0
RESTART_SECONDS = 2.0
MOST_AT_A_POLL = 500
# A full buffer, as in an outage, stops the polls: that must not cost the partitions.
NEVER_SECONDS = (2**31 - 1) / 1000
log = get_logger()
Consume = Callable[[Any], Awaitable[None]]


class Streams:
    """A Faust app of plain agents: bytes in, `deliver` on each record of a batch, acks after the whole batch.

    Beside a batch in work, at most `buffer` records wait for their agent and half as many, or 500, for a place there:
    with what aiokafka fetches ahead, 50 MB, that is what a backlog costs in memory.
    """

    def __init__(self, context: Context, *, buffer: int) -> None:
        self._context = context
        self._health = context.health
        self._stopping = asyncio.Event()
        self._cut_short = False
        self._in_flight: set[object] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._buffer = buffer
        self._agents: list[tuple[Topic, Consume]] = []
        self._app: Any = None

    def _make_app(self) -> "_App":
        context, buffer, settings = self._context, self._buffer, self._context.kafka
        app = _App(
            group_of(context.service),
            broker_client_id=context.instance,
            broker=[f"kafka://{address.strip()}" for address in settings.bootstrap_servers.split(",")],
            broker_credentials=_credentials(settings),
            processing_guarantee="at_least_once",
            broker_session_timeout=kafka.SESSION_TIMEOUT_MS / 1000,
            broker_heartbeat_interval=kafka.HEARTBEAT_MS / 1000,
            broker_commit_interval=COMMIT_INTERVAL_SECONDS,
            broker_max_poll_interval=NEVER_SECONDS,
            broker_max_poll_records=max(1, min(MOST_AT_A_POLL, buffer // 2)),
            stream_buffer_maxsize=buffer,
            consumer_max_fetch_size=kafka.MAX_REQUEST_BYTES,
            consumer_auto_offset_reset="earliest",
            stream_wait_empty=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            autodiscover=False,
            web_enabled=False,
            store="memory://",
        )
        for topic, consume in self._agents:
            channel = app.topic(
                topic.name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw",
                allow_empty=True,
            )  # fmt: skip
            app.agent(channel, name=topic.name, concurrency=1)(consume)
        app.finalize()
        app.on_partitions_revoked.connect(self._revoked)
        return app

    def agent(self, topic: Topic, work: Work, *, action: str, batch: int, within: float) -> None:
        """Work on the records of `topic`, at most `batch` at once, waiting `within` seconds for a batch to fill."""

        async def consume(stream: Any) -> None:
            # Faust would pause partitions at a nearly full buffer and look after them once a second: half the speed.
            stream.channel.queue.pressure_high_size = self._buffer + 1
            async for events in stream.take_events(batch, within=within):
                await self._batch([event.message for event in events], work, action)

        self._agents.append((topic, consume))

    async def _batch(self, records: list[Any], work: Work, action: str) -> None:
        if self._stopping.is_set():
            await asyncio.Event().wait()
        token = object()
        self._in_flight.add(token)
        self._idle.clear()

        async def one(record: Record) -> None:
            context = self._context
            await deliver(
                record, work, context.publisher, context.health, action=action, trying=context.attempts
            )  # fmt: skip

        try:
            await self._context.attempts.work_through(records, one)
        except BaseException as error:  # noqa: BLE001 - whatever leaves here would be acked by Faust and so be lost
            if self._cut_short:  # the publisher is closed by now, say
                await asyncio.Event().wait()
            if isinstance(error, ConfigurationError):
                refuse(self._context.service, error)
            die(error)
        self._in_flight.discard(token)
        if not self._in_flight:
            self._idle.set()

    async def start(self) -> None:
        """Join the group and begin, however long no broker answers.

        Raises `ConfigurationError` when Kafka doesn't let us into it.
        """
        self._health.condition("partitions assigned", holds=False)
        if why := await access.may_join(self._context.kafka, group_of(self._context.service)):
            raise why
        self._context.attempts.follow(self._assignment)
        while not await self._started():
            pass
        self._context.watch.follow(
            [topic for topic, _ in self._agents], lambda standings: behind(standings, self._assignment())
        )
        self._watch = asyncio.create_task(self._watch_assignment())

    async def _started(self) -> bool:
        """Start an app of its own: one that could not be started can't be used again."""
        self._app = self._make_app()
        try:
            await self._app.start()
        except KafkaError as error:
            if not kafka.will_pass(error):
                raise
            self._health.retrying("kafka", f"the stream processor can't start: {type(error).__name__}")
            await asyncio.sleep(RESTART_SECONDS)
            with suppress(Exception):  # nothing was consumed yet, so there is nothing to lose
                await asyncio.wait_for(self._app.stop(), RESTART_SECONDS)
            return False
        return True

    def assigned(self, topic: Topic) -> set[int]:
        """The partitions of `topic` that this process owns now."""
        return {partition.partition for partition in self._assignment() if partition.topic == topic.name}

    def _assignment(self) -> Any:
        return self._app.consumer.assignment()

    async def _revoked(self, *_partitions: Any, **_signal: Any) -> None:
        self._context.attempts.forget()

    async def _watch_assignment(self) -> None:
        while True:
            self._health.condition("partitions assigned", holds=bool(self._assignment()))
            if self._app.should_stop or self._app.crashed:
                reason = self._app.crash_reason
                if reason is not None and (why := access.without_right(reason)):
                    refuse(self._context.service, why)
                die(RuntimeError("the stream processor ended by itself"))
            await asyncio.sleep(1)

    async def stop(self, seconds: float) -> bool:
        """Finish the batches in flight, at most `seconds`; commit what is acked; leave the group.

        False when a batch is in flight still: none of it is acked, and the process has to end.
        """
        self._stopping.set()
        self._watch.cancel()
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            self._cut_short = True
            log.warning("stream.stop.cut_short", **{"labels.batches_in_flight": len(self._in_flight)})
        await asyncio.sleep(0)  # lets take_events ack the batch that has just ended
        try:
            await asyncio.wait_for(self._app.consumer.commit(), 5)
            await self._context.attempts.release()
            await asyncio.wait_for(self._app.consumer.stop(), 5)
        except (TimeoutError, KafkaError, asyncio.CancelledError) as error:  # its own tasks, without a broker
            log.warning("stream.leave.failed", **{"error.type": type(error).__name__})
        return not self._cut_short


class _App(faust.App):
    def _create_directories(self) -> None:
        """Without tables there is nothing to keep on a disk."""


def _credentials(settings: KafkaSettings) -> Any:
    context: ssl.SSLContext | None = access.ssl_context(settings)
    if settings.security_protocol == "PLAINTEXT":
        return None
    if settings.security_protocol == "SSL":
        return faust.SSLCredentials(context)
    secret = settings.sasl_password
    return faust.SASLCredentials(
        username=settings.sasl_username,
        password=secret.get_secret_value() if secret else None,
        mechanism=settings.sasl_mechanism,
        ssl_context=context,
    )
