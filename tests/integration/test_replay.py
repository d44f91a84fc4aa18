"""Replays on the real servers: the new parse is in the index, in order, and nothing else has moved."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from operations.replay import Replay, Servers
from operations.replay_pages import Selection
from services.parser.pool import PoolSettings
from shared import kafka
from shared.articles import PARSER_REVISION, article_id, article_version
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.events import ArticleParsed, ArticleRemoved, PageFetched
from shared.settings import DeliverySettings
from shared.topics import ARTICLES_PARSED, CRAWL_REQUESTS, PAGES_FETCHED, PAGES_OUTCOMES
from tests.support.cluster import Cluster, until
from tests.support.commands import warta

HTML = """<html lang=id><head><title>{0}</title><meta property=og:type content=article>
<meta property=article:published_time content=2024-10-08T10:00:00+07:00></head><body><article><h1>{0}</h1>
<p>Warga {0} menanam seribu pohon di tepi sungai pada Selasa pagi.</p>
<p><a href="/baca/99/warga-kota-lain-menanam-pohon-juga">Warga kota lain menanam pohon juga</a></p></article></body>
</html>"""
NEXT = PARSER_REVISION + 1
START = utcnow() - timedelta(minutes=30)


def page(url: str, title: str = "Desa Satu", *, minute: int = 0) -> Outgoing:
    event = PageFetched(
        url=url, fetched_at=START + timedelta(minutes=minute), content_type="text/html",
        body=HTML.format(title).encode() if title else b"<html></html>",
    )  # fmt: skip
    return Outgoing(topic=PAGES_FETCHED, key=url, event=event)


def removal(url: str, *, minute: int) -> Outgoing:
    version = article_version(START + timedelta(minutes=minute))
    event = ArticleRemoved(article_id=article_id(url), version=version, url=url, reason="takedown")
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event)


async def replayed(cluster: Cluster, *, stopping: asyncio.Event | None = None, **options: Any) -> Replay:
    selection = Selection(since=options.pop("since", START), sites=options.pop("sites", ()),
                          stored_since=options.pop("stored_since", None))  # fmt: skip
    servers = Servers(kafka=cluster.kafka, elasticsearch=cluster.elasticsearch, delivery=DeliverySettings())
    job = Replay(selection, servers, PoolSettings(workers=1), **{"revision": NEXT, **options})
    await job.run(stopping or asyncio.Event())
    return job


async def last_parsed(cluster: Cluster) -> dict[str, ArticleParsed | ArticleRemoved]:
    """What compaction would keep."""
    return {envelope.event.article_id: envelope.event for envelope in await cluster.events(ARTICLES_PARSED)}


async def test_a_replay_after_a_fix_is_the_new_version_everywhere_and_moves_nothing_else(cluster: Cluster) -> None:
    first, second, gone = "https://a.contoh.id/baca/1", "https://lain.id/baca/2", "https://a.contoh.id/baca/3"
    await cluster.publish([page(first, "Desa Lama"), page(second), page(gone), page("https://a.contoh.id/", "")])
    await cluster.publish([page(first, "Desa Baru", minute=5)])
    parser, indexer = cluster.start("parser"), cluster.start("indexer")

    async def titles() -> dict[str, str]:
        return {doc["url"]: doc["title"] for doc in (await cluster.articles()).values()}

    async def indexed() -> bool:
        return (await titles()).get(first) == "Desa Baru" and len(await titles()) == 3

    await until(indexed, seconds=120, why=lambda: parser.text() + indexer.text())
    await cluster.publish([removal(gone, minute=10)])

    async def settled() -> bool:
        return len(await titles()) == 2 and (await cluster.progress()).lags["parser"][PAGES_FETCHED.name] == 0

    await until(settled, why=indexer.text)
    assert parser.stop() == 0
    before = await cluster.events(ARTICLES_PARSED)
    requests = len(await cluster.records(CRAWL_REQUESTS.name))
    assert requests > 0  # the first parse found links

    job = await replayed(cluster, sites=("contoh.id",))
    assert job.ends == Counter({"article": 1, "superseded": 2, "dropped: listing": 1})
    assert (job.equal, job.go_on_from) == (0, None)

    async def revisions() -> dict[str, int]:
        return {doc["url"]: doc["version"] % 1000 for doc in (await cluster.articles()).values()}

    async def raised() -> bool:
        return (await revisions()).get(first) == NEXT

    await until(raised, why=indexer.text)
    assert await revisions() == {first: NEXT, second: PARSER_REVISION}
    assert (await titles())[first] == "Desa Baru"
    assert {envelope.id for envelope in await cluster.events(ARTICLES_PARSED)} == {envelope.id for envelope in before}
    assert len({envelope.id for envelope in await cluster.events(PAGES_OUTCOMES)}) == 1
    assert len(await cluster.records(CRAWL_REQUESTS.name)) == requests
    kept = await last_parsed(cluster)
    assert isinstance(kept[article_id(gone)], ArticleRemoved)
    assert kept[article_id(first)].version == article_version(START + timedelta(minutes=5), NEXT)
    assert (await cluster.progress()).lags["parser"][PAGES_FETCHED.name] == 0

    records = len(await cluster.records(ARTICLES_PARSED.name))
    rehearsed = await warta(cluster, "replay", "--since", "2h", "--site", "lain.id", "--dry-run", "--workers", "1")
    assert b"article                                   1" in rehearsed.stdout
    assert b"1 articles had this version already" in rehearsed.stdout
    assert b"were parsed by revision" in rehearsed.stderr
    assert len(await cluster.records(ARTICLES_PARSED.name)) == records
    done = await warta(cluster, "replay", "--since", "2h", "--url", first, "--workers", "1")
    assert b"superseded                                2" in done.stdout  # this parser's revision is the lower one
    assert b"a higher revision" in done.stderr


async def test_versions_are_published_in_order_and_an_interrupted_replay_goes_on(cluster: Cluster) -> None:
    """Without any service: what the indexer hasn't seen yet counts too."""
    urls = [f"https://contoh.id/baca/{number}" for number in range(4)]
    # Earlier versions take longer to parse, so that only waiting for one's turn keeps the order.
    versions = [page(url, f"Desa {'x' * (3 - n) * 20_000}", minute=n) for n in range(4) for url in urls]
    bad = page("bukan alamat")
    await cluster.publish([removal(urls[0], minute=20), bad])
    for version in versions:
        await cluster.publish([version])

    stopping = asyncio.Event()
    stopping.set()
    begun = await replayed(cluster, stopping=stopping)
    assert 0 < begun.ends.total() < len(versions)
    assert begun.go_on_from is not None
    finished = await replayed(cluster, stored_since=begun.go_on_from)
    assert finished.go_on_from is None
    ends = begun.ends + finished.ends
    assert ends["dead letter: parser_failed"] >= 1
    assert ends["superseded"] >= 4
    assert ends["article"] >= 12
    kept = await last_parsed(cluster)
    newest = article_version(START + timedelta(minutes=3), NEXT)
    assert {key: event.version for key, event in kept.items() if isinstance(event, ArticleParsed)} == {
        article_id(url): newest for url in urls[1:]
    }
    assert isinstance(kept[article_id(urls[0])], ArticleRemoved)
    by_key: dict[str, list[int]] = {}
    for envelope in await cluster.events(ARTICLES_PARSED):
        by_key.setdefault(envelope.event.article_id, []).append(envelope.event.version)
    assert all(versions == sorted(versions) for versions in by_key.values())
    assert {r.key for r in await cluster.records(PAGES_FETCHED.dlq)} == {b"bukan alamat"}


async def test_what_is_retained_no_more_is_said(cluster: Cluster) -> None:
    url = "https://contoh.id/baca/1"
    await cluster.publish([page(url)])
    await cluster.publish([page(url, minute=1)])
    (first, second) = await cluster.records(PAGES_FETCHED.name)
    admin = kafka.admin(cluster.kafka)
    await admin.start()
    await admin.delete_records({TopicPartition(first.topic, first.partition): RecordsToDelete(before_offset=1)})
    await admin.close()
    said: list[str] = []
    job = await replayed(cluster, since=START - timedelta(days=30), warn=said.append, dry_run=True)
    assert job.ends == Counter(article=1)
    (warning,) = said
    assert datetime.fromtimestamp(second.timestamp / 1000, START.tzinfo).isoformat() in warning
    assert await cluster.records(ARTICLES_PARSED.name) == []
