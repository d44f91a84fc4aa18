"""The frame of every service process: settings, logs, signals, health, the publisher, and how it ends.

Exit codes: 0 after SIGTERM or SIGINT, 70 on an unknown error (nothing in flight is committed), 78 on a wrong setting.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NoReturn

import msgspec

from shared import access, kafka, logs, settings
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

LEAVE_SECONDS = 5.0
KNOCK_SECONDS = 10.0


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a service's body is given. It runs until `stopping` is set, then returns within `delivery.stop_seconds`."""

    kafka: KafkaSettings
    elasticsearch: ElasticsearchSettings
    delivery: DeliverySettings
    health: Health
    publisher: Publisher
    stopping: asyncio.Event


Body = Callable[[Context], Awaitable[None]]


def main(service: str, body: Body, *, own_settings: Sequence[type[Settings]] = ()) -> NoReturn:
    """Run `body` as the service's process and end it. `own_settings` are checked before anything is connected."""
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
        stopping = asyncio.Event()

        def waiting(why: str) -> None:
            health.retrying("kafka", why)

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        context = Context(
            kafka=kafka_settings, elasticsearch=elasticsearch, delivery=delivery, health=health,
            publisher=Publisher(service, kafka_settings, delivery, waiting=waiting), stopping=stopping,
        )  # fmt: skip
        await health.start()
        health.condition("kafka connected", holds=False)
        starting = asyncio.create_task(context.publisher.start(patient=True))
        await asyncio.wait({starting, asyncio.create_task(stopping.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            health.condition("kafka connected", holds=True)
            watch = asyncio.create_task(_watch_access(service, kafka_settings))
            await _await_topics(context)
            logs.get_logger().info("service.started")
            await body(context)
            watch.cancel()
            with suppress(TimeoutError):
                await asyncio.wait_for(context.publisher.stop(), LEAVE_SECONDS)
        await health.stop()
        logs.get_logger().info("service.stopped")

    asyncio.run(_ended_hard(run(), service))
    raise AssertionError("unreachable")


async def _await_topics(context: Context) -> None:
    """A service may come up before `bootstrap` is done; without topics a consumer would wait in silence."""
    while not context.stopping.is_set() and (missing := await kafka.missing_topics(context.kafka)):
        context.health.retrying("topics", f"missing: {', '.join(missing)}; run `warta bootstrap`")
        await asyncio.sleep(2)


async def _watch_access(service: str, kafka_settings: KafkaSettings) -> None:
    """End when Kafka stops letting us in: its clients, Faust's too, would take that for an outage and wait for ever."""
    while kafka_settings.security_protocol != "PLAINTEXT":
        await asyncio.sleep(KNOCK_SECONDS)
        if why := await access.refused(kafka_settings):
            logs.refuse(service, why)


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
    sys.stdout.flush()
    os._exit(0)
