"""The frame of every service process: settings, logs, signals, health, the publisher, and how it ends.

Exit codes: 0 after SIGTERM or SIGINT, 70 on an unknown error (nothing in flight is committed), 78 on a wrong setting.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any, NoReturn

import msgspec

from shared import access, kafka, logs, search, settings
from shared.attempts import Attempts, new_instance
from shared.attempts_store import AttemptsStore
from shared.delivery import Publisher
from shared.errors import ConfigurationError
from shared.health import Health
from shared.settings import (
    DeliverySettings,
    ElasticsearchSettings,
    HealthSettings,
    KafkaSettings,
    LogSettings,
    Settings,
)  # fmt: skip
from shared.topics import CONSUMERS
from shared.watch import Watch
from shared.watchdog import Watchdog

LEAVE_SECONDS = 5.0
KNOCK_SECONDS = 10.0


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a service's body is given. It runs until `stopping` is set, then returns within `delivery.stop_seconds`.

    `instance` is the client id of its group's consumer: `watch` and `attempts` know this process by it.
    """

    service: str
    instance: str
    kafka: KafkaSettings
    elasticsearch: ElasticsearchSettings
    delivery: DeliverySettings
    health: Health
    publisher: Publisher
    attempts: Attempts
    watch: Watch
    stopping: asyncio.Event


Body = Callable[[Context], Awaitable[None]]


def main(
    service: str, body: Body, *, own_settings: Sequence[type[Settings]] = (), uses_elasticsearch: bool = False,
    consumes: bool = True,
) -> NoReturn:  # fmt: skip
    """Run `body` as the service's process and end it. `own_settings` are checked before anything is connected.

    One that consumes nothing is started without Kafka: it connects `publisher` itself, and has no use for `attempts`
    and `watch`.
    """
    try:
        log_settings = settings.load(LogSettings)
        kafka_settings = settings.load(KafkaSettings)
        elasticsearch = settings.load(ElasticsearchSettings)
        delivery = settings.load(DeliverySettings)
        health = Health(service, settings.load(HealthSettings))
        for cls in own_settings:
            settings.load(cls)
    except ConfigurationError as error:
        logs.refuse(service, error)
    logs.configure(service, log_settings)

    async def run() -> None:
        context = _context(service, kafka_settings, elasticsearch, delivery, health, consumes=consumes)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, context.stopping.set)
        watchdog = Watchdog(health)
        watchdog.start()
        await health.start()
        if not consumes:
            await _run_without_kafka(context, body)
        else:
            await _run_on_kafka(context, body, uses_elasticsearch=uses_elasticsearch)
        await health.stop()
        watchdog.stop()
        logs.get_logger().info("service.stopped")

    asyncio.run(_ended_hard(run(), service))
    raise AssertionError("unreachable")


def _context(
    service: str, kafka_settings: KafkaSettings, elasticsearch: ElasticsearchSettings, delivery: DeliverySettings,
    health: Health, *, consumes: bool,
) -> Context:  # fmt: skip
    def waiting(why: str) -> None:
        if consumes:
            health.retrying("kafka", why)
        else:
            health.say(kafka_awaited=why)

    instance = new_instance(service)
    publisher = Publisher(service, kafka_settings, delivery, waiting=waiting)
    return Context(
        service=service, instance=instance, kafka=kafka_settings, elasticsearch=elasticsearch, delivery=delivery,
        health=health, publisher=publisher,
        attempts=Attempts(
            instance, AttemptsStore(service, instance, kafka_settings, waiting=waiting), delivery, publisher
        ),
        watch=Watch(service, instance, kafka_settings, health), stopping=asyncio.Event(),
    )  # fmt: skip


async def _run_on_kafka(context: Context, body: Body, *, uses_elasticsearch: bool) -> None:
    context.health.condition("kafka connected", holds=False)
    if context.service in CONSUMERS:
        context.health.expect_membership()
    async with AsyncExitStack() as resources:
        if uses_elasticsearch:
            client = await resources.enter_async_context(search.client(context.elasticsearch))
            context.watch.depend(search.DEPENDENCY, lambda: search.ping(client))
        await _run(context, body)


async def _run_without_kafka(context: Context, body: Body) -> None:
    logs.get_logger().info("service.started")
    await _within_the_stop(context, body)
    await asyncio.wait({asyncio.ensure_future(context.publisher.stop())}, timeout=LEAVE_SECONDS)


async def _run(context: Context, body: Body) -> None:
    if not await _unless_stopped(context, _connect(context)):
        return
    logs.get_logger().info("service.started")
    context.watch.start()
    knocking = asyncio.create_task(_watch_access(context))
    await _within_the_stop(context, body)
    knocking.cancel()
    # Waited for as a task: without a broker, what aiokafka cancels of its own would look like our cancellation.
    await asyncio.wait({asyncio.ensure_future(_close(context))}, timeout=LEAVE_SECONDS)


async def _close(context: Context) -> None:
    await context.attempts.close()
    await context.watch.stop()
    await context.publisher.stop()


async def _within_the_stop(context: Context, body: Body) -> None:
    """Run `body` to its end; once told to stop it has its time. Leaving Kafka takes for ever while Kafka is away."""
    working = asyncio.ensure_future(body(context))
    stopping = asyncio.create_task(context.stopping.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    await asyncio.wait({working}, timeout=context.delivery.stop_seconds + LEAVE_SECONDS)
    if not working.done():  # not cancelled: Faust would ack what it holds
        logs.get_logger().warning("stop.overdue")
        logs.end(0)
    working.result()


async def _unless_stopped(context: Context, work: Coroutine[Any, Any, None]) -> bool:
    """Whether `work` came to its end before the process was told to stop."""
    task, stopping = asyncio.create_task(work), asyncio.create_task(context.stopping.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not task.done():
        task.cancel()
        return False
    task.result()
    return True


async def _connect(context: Context) -> None:
    await context.publisher.start(patient=True)
    context.health.condition("kafka connected", holds=True)
    await _await_topics(context)
    await context.attempts.start()


async def _await_topics(context: Context) -> None:
    """A service may come up before `bootstrap` is done; without topics a consumer would wait in silence."""

    def waiting(why: str) -> None:
        context.health.retrying("kafka", why)

    while missing := await kafka.persistently(lambda: kafka.missing_topics(context.kafka), waiting):
        context.health.retrying("topics", f"missing: {', '.join(missing)}; run `warta bootstrap`")
        await asyncio.sleep(2)


async def _watch_access(context: Context) -> None:
    """End when Kafka stops letting us in: its clients, Faust's too, would take that for an outage and wait for ever."""
    while context.kafka.security_protocol != "PLAINTEXT":
        await asyncio.sleep(KNOCK_SECONDS)
        if why := await access.refused(context.kafka):
            # No record is to blame.
            await asyncio.wait({asyncio.ensure_future(context.attempts.close())}, timeout=LEAVE_SECONDS)
            logs.refuse(context.service, why)


async def _ended_hard(run: Awaitable[None], service: str) -> None:
    """End without unwinding the loop: what Faust still holds there would be acked."""
    try:
        await run
    except ConfigurationError as error:
        logs.refuse(service, error)
    except BaseException as error:  # noqa: BLE001 - the process ends
        if why := access.without_right(error):
            logs.refuse(service, why)
        logs.die(error)
    logs.end(0)
