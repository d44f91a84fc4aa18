"""A service for tests: related.requests -> articles.indexed as the real ones do it, through Faust or plainly.

Run as a process: `python -m tests.support.echo_service MODE...`. `because_of` of a request says what to do with it.
Modes: `plain` for the plain consumer; `mended` takes what was unknown; `deaf` reads nothing more after a first record;
`pages` takes pages as the parser does, 10 ms each, and drops them.
"""

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared import service
from shared.clock import utcnow
from shared.codec import Envelope
from shared.consume import consume
from shared.delivery import LogFields, Outgoing
from shared.errors import ConfigurationError, DeadLetter, Retry
from shared.events import ArticleIndexed, PageDropped, RelatedRequested
from shared.service import Context
from shared.streams import Streams
from shared.topics import ARTICLES_INDEXED, PAGES_FETCHED, PAGES_OUTCOMES, RELATED_REQUESTS

MODES = frozenset(sys.argv[1:])


async def work(envelope: Envelope[Any], _fields: LogFields) -> list[Outgoing]:
    event: RelatedRequested = envelope.event
    match event.because_of.split():
        case ["poison"]:
            raise DeadLetter("processing_failed", "as asked")
        case ["refused"]:
            raise ConfigurationError("set the right password")
        case ["unknown"] if "mended" not in MODES:
            raise RuntimeError("a fault in the shell")
        case ["die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["block"]:
            time.sleep(3600)
        case ["hang"]:
            await asyncio.Event().wait()
        case ["await", dependency]:
            raise Retry(dependency, after=0.2)
        case ["sleep", seconds]:
            await asyncio.sleep(float(seconds))
    done = ArticleIndexed(article_id=event.article_id, version=1, result="indexed", searchable_at=utcnow())
    return [Outgoing(topic=ARTICLES_INDEXED, key=event.article_id, event=done)]


async def drop(envelope: Envelope[Any], _fields: LogFields) -> list[Outgoing]:
    await asyncio.sleep(0.01)
    event = PageDropped(url=envelope.event.url, reason="empty", fetched_at=envelope.event.fetched_at)
    return [Outgoing(topic=PAGES_OUTCOMES, key=event.url, event=event)]


async def nothing(*_args: Any, timeout_ms: int, **_options: Any) -> dict[Any, Any]:
    await asyncio.sleep(timeout_ms / 1000)
    return {}


async def refused(address: str) -> None:
    """Wait until nobody answers there any more."""
    host, _, port = address.rpartition(":")
    with suppress(ConnectionRefusedError):
        while True:
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
            await asyncio.sleep(0.1)


async def run(context: Context) -> None:
    if "plain" in MODES:
        if "deaf" in MODES:
            AIOKafkaConsumer.getmany = nothing
        await consume(context, RELATED_REQUESTS, work, action="echo.done", max_records=20)
        return
    if "pages" in MODES:
        one_at_a_time = asyncio.Semaphore()

        async def one_drop(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            async with one_at_a_time:
                return await drop(envelope, fields)

        streams = Streams(context, buffer=32)
        streams.agent(PAGES_FETCHED, one_drop, action="page.dropped", batch=16, within=0.1)
    else:
        streams = Streams(context, buffer=40)
        streams.agent(RELATED_REQUESTS, work, action="echo.done", batch=20, within=0.05)
    if "late" in MODES:
        await refused(context.kafka.bootstrap_servers)
    await streams.start()
    if "deaf" in MODES:
        consumer = streams._app.consumer
        while not consumer.assignment():
            await asyncio.sleep(0.1)
        consumer.pause_partitions(consumer.assignment())
        await consumer.perform_seek()
    await context.stopping.wait()
    await streams.stop(context.delivery.stop_seconds)


if __name__ == "__main__":
    # Faust and plain consumers don't share a group: not even with the last test's, whom the broker still waits for.
    service.main("echo-plain" if "plain" in MODES else "echo", run)
