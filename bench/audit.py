"""The audit over N and over 4N messages, on servers of its own: messages a second, and memory that must stay flat.

Of twelve messages six are one article's way to its list and six are requests for what is known. BENCH_AUDIT_MESSAGES
sets N.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition

from bench._say import say
from cli.bootstrap import bootstrap
from shared import codec, kafka, search
from shared.articles import Article, article_id, article_version, content_hash
from shared.codec import Envelope
from shared.documents import ARTICLES_WRITE, RELATED_WRITE
from shared.events import (
    ArticleIndexed,
    ArticleParsed,
    CrawlRequested,
    Event,
    FetchSettled,
    PageFetched,
    RelatedRequested,
)
from shared.settings import ElasticsearchSettings, KafkaSettings
from shared.topics import (
    ARTICLES_INDEXED,
    ARTICLES_PARSED,
    CONSUMERS,
    CRAWL_OUTCOMES,
    CRAWL_REQUESTS,
    PAGES_FETCHED,
    RELATED_REQUESTS,
    Topic,
    group_of,
)
from stack import Stack

N = int(os.environ.get("BENCH_AUDIT_MESSAGES", "50000"))
A_STORY = 12
AT_ONCE = 200
AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
BODY = b"<p>isi</p>" * 2000
ROOT = Path(__file__).resolve().parents[1]
Sent = tuple[Topic, str, Envelope[Any]]


def run() -> list[dict[str, object]]:
    """Speed and peak memory of `warta audit` for N and for 4N messages, the command's start included."""
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder, Stack(Path(folder), report=say) as stack:
        stack.up()
        brokers = KafkaSettings(bootstrap_servers=stack.bootstrap_servers)
        node = ElasticsearchSettings(url=stack.elasticsearch_url)
        asyncio.run(bootstrap(brokers, node, say))
        rows = []
        done = 0
        for stories in (N // A_STORY, 4 * N // A_STORY):
            asyncio.run(_fill(brokers, node, done, stories))
            done = stories
            rows.append(_audited(brokers, node, stories * A_STORY))
        return rows


def _audited(brokers: KafkaSettings, node: ElasticsearchSettings, messages: int) -> dict[str, object]:
    environment = {
        **os.environ, "WARTA_KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap_servers, "WARTA_ELASTICSEARCH_URL": node.url,
    }  # fmt: skip
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "cli", "audit"], cwd=ROOT, env=environment, stdout=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    took = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the audit isn't clean: exit code {process.returncode}")
    busy = used.ru_utime + used.ru_stime
    return {
        "messages": messages, "seconds": took, "messages/s": messages / took, "messages/CPU s": messages / busy,
        "peak RSS MiB": used.ru_maxrss / 1024,
    }  # fmt: skip


async def _fill(brokers: KafkaSettings, node: ElasticsearchSettings, first: int, end: int) -> None:
    """The stories `first` to `end`, and the offsets of services that have read them all."""
    producer = kafka.producer(brokers, client_id="bench")
    await producer.start()
    async with search.client(node) as client:
        for start in range(first, end, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, end))
            sends = []
            for topic, key, envelope in (sent for number in numbers for sent in _story(number)):
                headers, value = codec.encode(envelope)
                sends.append(await producer.send(topic.name, key=key.encode(), value=value, headers=headers))
            await asyncio.gather(*sends)
            await client.bulk(operations=[line for number in numbers for line in _stored(number)])
        await client.indices.refresh(index=f"{ARTICLES_WRITE},{RELATED_WRITE}")
    await producer.stop()
    for service, topics in CONSUMERS.items():
        consumer = kafka.consumer(brokers, client_id="bench", group_id=group_of(service))
        await consumer.start()
        partitions = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
        consumer.assign(partitions)
        await consumer.commit(await consumer.end_offsets(partitions))
        await consumer.stop()


def _article(number: int) -> tuple[str, str, Article]:
    url = f"https://contoh{number % 50}.id/baca/{number}/sebuah-judul-yang-cukup-panjang"
    return url, article_id(url), Article(title="Judul", canonical_url=url, site="contoh.id", body=("Isi.",) * 20)


def _story(number: int) -> Iterator[Sent]:
    url, identity, article = _article(number)
    host, version = f"contoh{number % 50}.id", article_version(AT)

    def event(topic: Topic, key: str, event: Event, cause: Envelope[Any] | None = None, ordinal: int = 0) -> Sent:
        return topic, key, codec.wrap(event, source="/bench", time=AT, cause=cause, ordinal=ordinal)

    request = event(CRAWL_REQUESTS, host, CrawlRequested(url=url))
    page = event(
        PAGES_FETCHED, url, PageFetched(url=url, fetched_at=AT, content_type="text/html", body=BODY), request[2]
    )
    outcome = FetchSettled(url=url, outcome="published", settled_at=AT, page_id=page[2].id)
    parsed = ArticleParsed(
        article_id=identity, version=version, url=url, fetched_at=AT, parsed_at=AT, article=article,
        content_hash=content_hash(article),
    )  # fmt: skip
    version_sent = event(ARTICLES_PARSED, identity, parsed, page[2])
    change = event(
        ARTICLES_INDEXED, identity,
        ArticleIndexed(article_id=identity, version=version, result="indexed", searchable_at=AT), version_sent[2],
    )  # fmt: skip
    yield from (request, page, event(CRAWL_OUTCOMES, host, outcome, request[2]), version_sent, change)
    yield event(RELATED_REQUESTS, identity, RelatedRequested(article_id=identity, because_of=identity), change[2])
    for ordinal in range(A_STORY - 6):
        yield event(CRAWL_REQUESTS, host, CrawlRequested(url=url, found_by="link", depth=1), page[2], ordinal)


def _stored(number: int) -> Iterator[dict[str, Any]]:
    url, identity, article = _article(number)
    yield {"index": {
        "_index": ARTICLES_WRITE, "_id": identity, "version": article_version(AT), "version_type": "external_gte",
    }}  # fmt: skip
    yield {
        "article_id": identity, "version": article_version(AT), "status": "published", "url": url, "site": article.site,
        "content_hash": content_hash(article),
    }  # fmt: skip
    yield {"index": {"_index": RELATED_WRITE, "_id": identity}}
    yield {"article_id": identity}
