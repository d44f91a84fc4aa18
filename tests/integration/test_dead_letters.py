"""Dead letters on a real broker: found, shown, published again as they were, settled once."""

import asyncio
import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from shared import codec
from shared.clock import utcnow
from shared.delivery import Outgoing, Publisher
from shared.errors import DeadLetter, DeadLetterReason
from shared.events import ArticleParsed, ArticleRemoved, CrawlRequested, DeadLetterSettled, PageFetched
from shared.settings import DeliverySettings
from shared.topics import ARTICLES_PARSED, CRAWL_REQUESTS, PAGES_FETCHED, TOPICS, Topic
from tests.integration.test_indexer import count, parsed, removed
from tests.support.cluster import Cluster, until
from tests.support.commands import json_lines, warta


async def reject_all(cluster: Cluster, topic: Topic, reason: DeadLetterReason) -> list[Any]:
    """Reject every record of a topic, by offset, as a service would; what was rejected."""
    publisher = Publisher("parser", cluster.kafka, DeliverySettings())
    await publisher.start()
    records = await cluster.records(topic.name)
    for record in records:
        await publisher.reject(record, DeadLetter(reason, "why"), cause=None)
    await publisher.stop()
    return records


def page(url: str) -> Outgoing:
    event = PageFetched(url=url, fetched_at=utcnow(), content_type="text/html", body=b"\xff<p>" + url.encode())
    return Outgoing(topic=PAGES_FETCHED, key=url, event=event)


async def test_letters_are_found_shown_and_settled_once(cluster: Cluster, tmp_path: Path) -> None:
    await cluster.publish([page(f"https://{host}/1") for host in ("a.contoh.id", "b.contoh.id", "lain.id")])
    await cluster.send_raw(PAGES_FETCHED, None, [("x", b"\xff")], key=b"null")
    await cluster.publish([Outgoing(topic=CRAWL_REQUESTS, key="x", event=CrawlRequested(url="https://contoh.id/feed"))])
    originals = await reject_all(cluster, PAGES_FETCHED, "parser_timed_out")
    await reject_all(cluster, CRAWL_REQUESTS, "processing_failed")

    every, of_site, earlier, table = await asyncio.gather(
        json_lines(cluster, "dlq", "list"), json_lines(cluster, "dlq", "list", "--site", "contoh.id"),
        json_lines(cluster, "dlq", "list", "--since", "1h", "--until", "30m"),
        warta(cluster, "dlq", "list", "--reason", "parser_timed_out"),
    )  # fmt: skip
    assert (len(every), earlier) == (5, [])
    assert {letter["url"] for letter in of_site} == {
        "https://a.contoh.id/1", "https://b.contoh.id/1", "https://contoh.id/feed",
    }  # fmt: skip
    assert table.stdout.count(b"pages.fetched.dlq/") == 4
    assert b"crawl.requests" not in table.stdout

    (lain,) = [letter for letter in every if letter["url"] == "https://lain.id/1"]
    where = tmp_path / "body"
    (shown,) = await json_lines(cluster, "dlq", "show", lain["id"], "--output", str(where))
    assert (shown["state"], shown["reason"], shown["detail"]) == ("waiting", "parser_timed_out", "why")
    assert ["ce_url", "https://lain.id/1"] in shown["headers"]
    assert where.read_bytes() == b"\xff<p>https://lain.id/1"
    body, none = await asyncio.gather(
        warta(cluster, "dlq", "show", lain["id"], "--body"),
        warta(cluster, "dlq", "show", "pages.fetched.dlq/9", code=1),
    )
    assert body.stdout == where.read_bytes()
    assert b"no dead letter" in none.stderr

    dry = await warta(cluster, "dlq", "retry", "--topic", "pages.fetched", "--dry-run")
    assert b"would retry: 4" in dry.stdout
    assert len(await cluster.records(PAGES_FETCHED.name)) == 4

    await warta(cluster, "dlq", "discard", "--id", lain["id"], "--why", "tidak perlu", "--yes")
    for retried in (b"retried: 3", b"nothing to retry"):
        done = await warta(cluster, "dlq", "retry", "--topic", "pages.fetched", "--yes")
        assert done.stdout.strip() == retried
    again = sorted((await cluster.records(PAGES_FETCHED.name)), key=lambda record: record.timestamp)[4:]
    assert {(r.key, r.value, r.headers) for r in again} == {
        (r.key, r.value, r.headers) for r in originals if r.key != b"https://lain.id/1"
    }
    assert None in {record.value for record in again}

    waiting, states, of_lain = await asyncio.gather(
        json_lines(cluster, "dlq", "list"), json_lines(cluster, "dlq", "list", "--all", "--summary"),
        json_lines(cluster, "dlq", "show", lain["id"]),
    )  # fmt: skip
    assert [letter["source"].split("/")[0] for letter in waiting] == ["crawl.requests"]
    assert {(line["state"], line["count"]) for line in states} == {("waiting", 1), ("retried", 3), ("discarded", 1)}
    assert [(shown["state"], shown["settled"]["why"]) for shown in of_lain] == [("discarded", "tidak perlu")]

    await reject_all(cluster, PAGES_FETCHED, "parser_timed_out")
    assert len(await json_lines(cluster, "dlq", "list", "--topic", "pages.fetched")) == 7  # new ones: they wait again


async def test_a_retried_record_goes_its_way(cluster: Cluster) -> None:
    await cluster.publish([parsed(1)])
    await reject_all(cluster, ARTICLES_PARSED, "rejected_by_index")
    await warta(cluster, "dlq", "retry", "--all-waiting", "--yes")
    first, second = await cluster.events(ARTICLES_PARSED)
    assert (first.id, first.traceparent, first.event) == (second.id, second.traceparent, second.event)
    rejected, settled = await cluster.events(TOPICS[ARTICLES_PARSED.dlq])
    assert settled.event == DeadLetterSettled(offset=0, action="retried", settled_at=settled.event.settled_at)
    assert settled.cause == rejected.id
    service = cluster.start("indexer")
    await until(lambda: count(cluster, 2), why=service.text)
    assert len(await cluster.articles()) == 1


async def test_a_retry_puts_nothing_old_on_top_of_what_is_newer(cluster: Cluster) -> None:
    """Compaction keeps a key's last record: after an old one there, a new index would have the removed article."""
    await cluster.publish([parsed(1), parsed(2), removed(3, minute=0)])
    await cluster.publish([page(url) for url in ("https://contoh.id/baca/1", "https://contoh.id/baca/2")])
    await reject_all(cluster, ARTICLES_PARSED, "rejected_by_index")
    await reject_all(cluster, PAGES_FETCHED, "parser_timed_out")
    in_days = int(timedelta(days=365 * 20).total_seconds() / 60)  # the pages were fetched now
    await cluster.publish([removed(1, minute=in_days), parsed(3, minute=-5)])
    done = await warta(cluster, "dlq", "retry", "--all-waiting", "--yes")
    assert done.stdout.splitlines() == [b"retried: 3", b"2 more were discarded: a newer version is there"]
    last = {envelope.event.article_id: envelope.event for envelope in await cluster.events(ARTICLES_PARSED)}
    assert [type(last[parsed(n).key]) for n in (1, 2, 3)] == [ArticleRemoved, ArticleParsed, ArticleRemoved]
    assert [line["id"] for line in await json_lines(cluster, "dlq", "list")] == []


async def test_bytes_that_were_left_out_are_read_where_they_were_while_they_are_there(cluster: Cluster) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=cluster.kafka.bootstrap_servers, compression_type="gzip", max_request_size=30_000_000
    )
    await producer.start()
    await producer.send_and_wait(ARTICLES_PARSED.name, value=b"x" * 20_000_000, key=b"k", headers=[("ce_id", b"1")])
    await producer.stop()
    (big,) = await reject_all(cluster, ARTICLES_PARSED, "too_large")
    gone = dataclasses.replace(big, offset=77)
    publisher = Publisher("indexer", cluster.kafka, DeliverySettings())
    await publisher.start()
    await publisher.reject(gone, DeadLetter("too_large"))
    await publisher.stop()
    assert [letter["left_out"] for letter in await json_lines(cluster, "dlq", "list")] == [True, True]
    failed = await warta(cluster, "dlq", "retry", "--topic", "articles.parsed", "--yes", code=1)
    assert failed.stdout.strip() == b"retried: 1"
    assert f"articles.parsed/{big.partition}/77 is retained no more".encode() in failed.stderr
    first, second = await cluster.records(ARTICLES_PARSED.name)
    assert (first.value, first.headers) == (second.value, second.headers)
    assert [letter["id"] for letter in await json_lines(cluster, "dlq", "list")] == ["articles.parsed.dlq/1"]


async def test_what_is_no_dead_letter_is_said_and_passed_over(cluster: Cluster) -> None:
    await cluster.publish([page("https://contoh.id/1")])
    await cluster.send_raw(TOPICS[PAGES_FETCHED.dlq], b"?", [("a", codec.SPEC_VERSION.encode())])
    await reject_all(cluster, PAGES_FETCHED, "parser_failed")
    done = await warta(cluster, "dlq", "list")
    assert b"pages.fetched.dlq/0 is no dead letter" in done.stderr
    assert b"pages.fetched.dlq/1 " in done.stdout
