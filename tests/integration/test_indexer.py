"""The indexer on the real servers: versions converge, verdicts are per item, an outage only delays."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cli.bootstrap import bootstrap
from operations.audit import audit
from shared.articles import Article, article_id, article_version, content_hash
from shared.delivery import Outgoing
from shared.events import ArticleIndexed, ArticleParsed, ArticleRemoved
from shared.topics import ARTICLES_INDEXED, ARTICLES_PARSED, RELATED_REQUESTS
from tests.support.cluster import Cluster, until

START = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)


def parsed(number: int, *, minute: int = 0, title: str = "Judul", **fields: Any) -> Outgoing:
    url = f"https://contoh.id/baca/{number}"
    fields.setdefault("body", ("Isi berita.",))
    article = Article(title=f"{title} {number}", canonical_url=url, site="contoh.id", **fields)
    fetched_at = START + timedelta(minutes=minute)
    event = ArticleParsed(
        article_id=article_id(url), version=article_version(fetched_at), url=url, fetched_at=fetched_at,
        parsed_at=fetched_at, content_hash=content_hash(article), article=article,
    )  # fmt: skip
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event)


def removed(number: int, *, minute: int) -> Outgoing:
    url = f"https://contoh.id/baca/{number}"
    version = article_version(START + timedelta(minutes=minute))
    event = ArticleRemoved(article_id=article_id(url), version=version, url=url, reason="gone")
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event)


async def indexed(cluster: Cluster) -> list[ArticleIndexed]:
    return [envelope.event for envelope in await cluster.events(ARTICLES_INDEXED)]


async def count(cluster: Cluster, wanted: int) -> bool:
    return len(await indexed(cluster)) >= wanted


async def caught_up(cluster: Cluster) -> bool:
    return sum((await cluster.progress()).lags["indexer"].values()) == 0


async def test_any_order_and_repetition_ends_with_the_newest_version(cluster: Cluster) -> None:
    versions = [parsed(n, minute=minute, title=f"Versi {minute}") for n in range(5) for minute in (0, 5, 9)]
    removals = [removed(3, minute=20)]
    events = [*versions, *versions, *removals]
    random.shuffle(events)
    await cluster.publish(events)
    service = cluster.start("indexer")
    await until(lambda: caught_up(cluster), why=service.text)
    assert await count(cluster, len(events))
    articles = await cluster.articles()
    assert {doc["title"] for doc in articles.values()} == {f"Versi 9 {n}" for n in (0, 1, 2, 4)}
    async with cluster.client() as client:
        stub = await client.get(index="articles-write", id=article_id("https://contoh.id/baca/3"))
    assert stub["_source"]["status"] == "removed"
    assert "title" not in stub["_source"]
    assert {event.result for event in await indexed(cluster)} <= {"indexed", "superseded", "removed"}
    last = {envelope.event.article_id: envelope.event for envelope in await cluster.events(ARTICLES_PARSED)}
    assert last == {one.key: one.event for one in [*versions, *removals]}, "what compaction keeps is the newest"


async def test_an_edit_says_what_it_changed_and_the_same_again_is_no_update(cluster: Cluster) -> None:
    """To the indexer's readers: the recommender asks for no list, and the audit holds that for an end."""
    indexer, recommender = cluster.start("indexer"), cluster.start("recommender")
    edits = [parsed(1), parsed(1, minute=1), parsed(1, minute=2, title="Ralat", body=("Isi berita.", "Tambahan."))]
    for number, edit in enumerate(edits, 1):
        await cluster.publish([edit])
        await until(lambda number=number: count(cluster, number), why=indexer.text)  # type: ignore[misc]
    told = [
        envelope for envelope in await cluster.events(ARTICLES_INDEXED) if envelope.event.article_id == edits[0].key
    ]
    assert [(one.event.result, one.event.changed) for one in told] == [
        ("indexed", ()), ("unchanged", ()), ("indexed", ("title", "body")),
    ]  # fmt: skip
    lines = [msgspec.json.decode(line) for line in indexer.text().splitlines() if "article.indexed" in line]
    assert [line.get("labels.changed") for line in lines] == [None, None, ["title", "body"]]

    async def asked() -> bool:
        lags = (await cluster.progress()).lags["recommender"]
        return sum(lags.values()) == 0

    await until(asked, why=recommender.text)
    causes = {envelope.cause for envelope in await cluster.events(RELATED_REQUESTS)}
    assert {told[0].id, told[2].id} <= causes
    assert told[1].id not in causes
    report = await audit(cluster.kafka, cluster.elasticsearch, report=lambda _line: None)
    assert report.clean
    changes = next(stage for stage in report.stages if stage.name == "changes")
    assert changes.classes == {"fanned out": 2, "unchanged": 1}


async def test_told_means_searchable(cluster: Cluster) -> None:
    service = cluster.start("indexer")
    async with cluster.client() as client:
        for number in range(5):
            await cluster.publish([parsed(number)])
            await until(lambda number=number: count(cluster, number + 1), every=0.05, why=service.text)  # type: ignore[misc]
            found = await client.count(index="articles", query={"ids": {"values": [parsed(number).key]}})
            assert found["count"] == 1


async def test_what_the_mapping_refuses_is_one_dead_letter_among_good_ones(cluster: Cluster) -> None:
    await cluster.publish([parsed(1), parsed(2, language="x" * 40_000), parsed(3)])
    service = cluster.start("indexer")
    await until(lambda: count(cluster, 2), why=service.text)

    async def rejected() -> list[Any]:
        return await cluster.records(ARTICLES_PARSED.dlq)

    (letter,) = await until(rejected, why=service.text)
    assert dict(letter.headers)["ce_reason"] == b"rejected_by_index"
    assert b"xxxx" in letter.value
    assert len(await cluster.articles()) == 2


@pytest.mark.timeout(240)
async def test_an_outage_of_elasticsearch_only_delays(cluster: Cluster) -> None:
    service = cluster.start("indexer")
    await cluster.publish([parsed(n) for n in range(50)])
    await until(lambda: count(cluster, 50), why=service.text)
    cluster.stack.kill("elasticsearch")
    await cluster.publish([parsed(n) for n in range(50, 100)])
    await until(lambda: _said(service, "dependency.awaited"), why=service.text)
    assert service.process.poll() is None
    cluster.stack.restart("elasticsearch")
    await until(lambda: count(cluster, 100), why=service.text)
    assert len(await cluster.articles()) == 100
    assert service.process.poll() is None


async def _said(service: Any, what: str) -> bool:
    return what in service.text()


async def test_a_service_that_comes_before_bootstrap_waits_and_says_so(cluster: Cluster) -> None:
    async with cluster.client() as client:
        await client.indices.delete(index="articles-000001")
    service = cluster.start("indexer")
    await cluster.publish([parsed(1)])
    await until(lambda: _said(service, "run `warta bootstrap`"), why=service.text)
    await bootstrap(cluster.kafka, cluster.elasticsearch, lambda _line: None)
    await until(lambda: count(cluster, 1), why=service.text)
    assert service.stop() == 0
