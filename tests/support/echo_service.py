"""A service for tests: related.requests -> articles.indexed through Faust, as the real ones do it.

Run as a process: `python -m tests.support.echo_service MODE`. `because_of` of a request says what to do with it.
Pages it takes as the parser does, 10 ms each, and drops them.
"""

import asyncio
import sys
from typing import Any

from shared import service
from shared.clock import utcnow
from shared.codec import Envelope
from shared.delivery import LogFields, Outgoing
from shared.errors import ConfigurationError, DeadLetter
from shared.events import ArticleIndexed, PageDropped, RelatedRequested
from shared.service import Context
from shared.streams import Streams
from shared.topics import ARTICLES_INDEXED, PAGES_FETCHED, PAGES_OUTCOMES, RELATED_REQUESTS


async def run(context: Context) -> None:
    async def work(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
        event: RelatedRequested = envelope.event
        if event.because_of == "poison":
            raise DeadLetter("processing_failed", "as asked")
        if event.because_of == "refused":
            raise ConfigurationError("set the right password")
        if event.because_of == "unknown" and sys.argv[1:] != ["mended"]:
            raise RuntimeError("a fault in the shell")
        if event.because_of.startswith("sleep"):
            await asyncio.sleep(float(event.because_of.split()[1]))
        done = ArticleIndexed(article_id=event.article_id, version=1, result="indexed", searchable_at=utcnow())
        return [Outgoing(topic=ARTICLES_INDEXED, key=event.article_id, event=done)]

    async def drop(envelope: Envelope[Any], _fields: LogFields) -> list[Outgoing]:
        async with one_at_a_time:
            await asyncio.sleep(0.01)
        event = PageDropped(url=envelope.event.url, reason="empty", fetched_at=envelope.event.fetched_at)
        return [Outgoing(topic=PAGES_OUTCOMES, key=event.url, event=event)]

    one_at_a_time = asyncio.Semaphore()
    if sys.argv[1:] == ["pages"]:
        streams = Streams("echo", context.kafka, context.publisher, context.health, buffer=32)
        streams.agent(PAGES_FETCHED, drop, action="page.dropped", batch=16, within=0.1)
    else:
        streams = Streams("echo", context.kafka, context.publisher, context.health, buffer=40)
        streams.agent(RELATED_REQUESTS, work, action="echo.done", batch=20, within=0.05)
    await streams.start()
    await context.stopping.wait()
    await streams.stop(context.delivery.stop_seconds)


if __name__ == "__main__":
    service.main("echo", run)
