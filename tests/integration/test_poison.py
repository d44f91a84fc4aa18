"""What would bring a service down for good: each is one dead letter, and its neighbours are unharmed."""

import gzip
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer

from shared import codec
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.events import ArticleParsed, ArticleRemoved
from shared.topics import ARTICLES_PARSED
from tests.integration.test_indexer import count, indexed, parsed
from tests.support.cluster import Cluster, until


def record(event: Any) -> tuple[codec.Headers, bytes]:
    return codec.encode(codec.wrap(event, source="/test", time=utcnow()))


def poison() -> dict[str, tuple[codec.Headers, bytes]]:
    good: ArticleParsed = parsed(7).event  # type: ignore[assignment]
    headers, value = record(good)
    return {
        "bad utf-8": (headers, value.replace(b"Isi berita.", b"Isi \xff berita.")),
        "deep nesting": (headers, b"[" * 200_000),
        "negative version": record(msgspec.structs.replace(good, version=-1)),
        "huge version": record(msgspec.structs.replace(good, version=2**63)),
        "long id": record(msgspec.structs.replace(good, article_id="x" * 600)),
    }


def odd_removal() -> Outgoing:
    """An event that is right by its type and odd by its content."""
    event = ArticleRemoved(article_id="y" * 32, version=1, url="http://[", reason="gone")
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event)


async def test_bad_events_are_one_dead_letter_each_among_good_ones(cluster: Cluster) -> None:
    bad = poison()
    await cluster.publish([parsed(1)])
    for headers, value in bad.values():
        await cluster.send_raw(ARTICLES_PARSED, value, headers)
    await cluster.publish([parsed(2), odd_removal()])
    service = cluster.start("indexer")
    await until(lambda: count(cluster, 3), why=service.text)

    async def settled() -> bool:
        return (await cluster.progress()).lags["indexer"][ARTICLES_PARSED.name] == 0

    await until(settled, why=service.text)
    assert service.process.poll() is None
    assert len(await cluster.articles()) == 2
    assert len(await cluster.records(ARTICLES_PARSED.dlq)) == len(bad)
    assert {event.result for event in await indexed(cluster)} == {"indexed", "removed"}


async def test_a_record_that_fits_only_compressed_is_a_dead_letter_that_says_where_it_is(cluster: Cluster) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=cluster.kafka.bootstrap_servers, compression_type="gzip", max_request_size=30_000_000
    )
    await producer.start()
    await producer.send_and_wait(ARTICLES_PARSED.name, value=b"x" * 20_000_000, key=b"k")
    await producer.stop()
    assert len(gzip.compress(b"x" * 20_000_000)) < ARTICLES_PARSED.max_message_bytes
    service = cluster.start("indexer")

    async def rejected() -> list[Any]:
        return await cluster.records(ARTICLES_PARSED.dlq)

    (letter,) = await until(rejected, why=service.text)
    headers = dict(letter.headers)
    assert letter.value == b""
    assert b"20000000 bytes" in headers["ce_detail"]
    assert headers["ce_sourcetopic"] == b"articles.parsed"
    assert service.stop() == 0


async def test_no_page_text_gets_into_logs_or_reasons(cluster: Cluster) -> None:
    secret = "rahasia halaman " * 3000
    await cluster.publish([parsed(1, language=secret)])
    good = record(parsed(2).event)
    await cluster.send_raw(ARTICLES_PARSED, good[1].replace(b'"title"', b'"access":"rahasia halaman","title"'), good[0])
    service = cluster.start("indexer")

    async def both() -> bool:
        return len(await cluster.records(ARTICLES_PARSED.dlq)) == 2

    await until(both, why=service.text)
    assert "rahasia" not in service.text()
    for letter in await cluster.records(ARTICLES_PARSED.dlq):
        assert b"rahasia" not in dict(letter.headers)["ce_detail"]
    assert service.stop() == 0


async def test_sigterm_while_elasticsearch_is_away_is_a_clean_stop(cluster: Cluster) -> None:
    await cluster.publish([parsed(1)])
    service = cluster.start("indexer", WARTA_ELASTICSEARCH_URL="http://127.0.0.1:1", WARTA_DELIVERY_STOP_SECONDS="1")

    async def waiting() -> bool:
        return "dependency.awaited" in service.text()

    await until(waiting, why=service.text)
    assert service.stop() == 0
    assert "service.crashed" not in service.text()
    assert (await cluster.progress()).lags["indexer"][ARTICLES_PARSED.name] == 1
