"""Articles to lists as they come: how long a new article waits for its list, and what a flood on one topic costs.

The real indexer and recommender on servers of their own. First a steady stream about many topics, then as many articles
about one topic as fast as they go. Seconds are counted from when an article is searchable. BENCH_LIVE_RATE,
BENCH_LIVE_ARTICLES and BENCH_LIVE_FLOOD set articles a second, how many of them, and the size of the flood;
BENCH_LIVE_BEFORE how many old articles are there before.
"""

import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch.helpers import async_bulk

from bench._say import say
from services.indexer.document import document
from shared import codec
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.delivery import Outgoing, Publisher
from shared.documents import ARTICLES_WRITE, RELATED_WRITE
from shared.events import ArticleParsed
from shared.settings import DeliverySettings
from shared.topics import ARTICLES_INDEXED, ARTICLES_PARSED, ARTICLES_RELATED, RELATED_REQUESTS, Topic
from stack import Stack
from tests.support.cluster import Cluster, Service, until

RATE = float(os.environ.get("BENCH_LIVE_RATE", "2"))
ARTICLES = int(os.environ.get("BENCH_LIVE_ARTICLES", "240"))
FLOOD = int(os.environ.get("BENCH_LIVE_FLOOD", "1500"))
BEFORE = int(os.environ.get("BENCH_LIVE_BEFORE", "5000"))
SETTLED_SECONDS = 900.0
NAMES = [f"{first} {last}" for first in ("Budi", "Siti", "Agus", "Dewi", "Rina", "Joko", "Tuti", "Hadi")
         for last in ("Santoso", "Lestari", "Wijaya", "Pratama", "Utami", "Nugroho", "Saputra", "Halim")]  # fmt: skip
PLACES = ("Sleman", "Bandung", "Ambon", "Manado", "Jayapura", "Padang", "Solo", "Kupang", "Medan", "Palu", "Bima")
THINGS = ("banjir", "panen", "pemilu", "gempa", "pasar", "sekolah", "pelabuhan", "kereta", "beras", "sidang", "jalan")
WORDS = ("warga", "pemerintah", "kemarin", "menurut", "rapat", "laporan", "petugas", "tahun", "kota", "harga", "baru",
         "pagi", "bantuan", "anggaran", "proyek", "rencana", "kantor", "pejabat", "ribu", "puluhan")  # fmt: skip


def run() -> list[dict[str, object]]:
    """A row for the steady stream, and one for the flood."""
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder:
        stack = Stack(Path(folder) / "stack", report=say, owner=os.getpid())
        stack.up()
        try:
            return asyncio.run(_run(Cluster(stack, Path(folder))))
        finally:
            stack.down()


def parsed(number: int, topic: int, *, at: datetime) -> ArticleParsed:
    """An article about one of many topics, made of the number alone."""
    draw = random.Random(f"{topic}/{number}")
    about = random.Random(topic)
    who, where, what = about.choice(NAMES), about.choice(PLACES), about.choice(THINGS)
    paragraphs = tuple(
        f"{who} di {where} berbicara tentang {what}: {' '.join(draw.choices(WORDS, k=30))}, kata {draw.choice(NAMES)}."
        for _ in range(6)
    )
    article = Article(
        title=f"{what.title()} di {where}: {who} {draw.choice(WORDS)} {draw.choice(WORDS)} {number}", body=paragraphs,
        canonical_url=f"https://contoh.id/baca/{topic}/{number}", site="contoh.id", language="id", published_at=at,
        topics=(where, what, draw.choice(THINGS)),
    )  # fmt: skip
    return ArticleParsed(
        article_id=article_id(article.canonical_url), version=article_version(at), url=article.canonical_url,
        fetched_at=at, parsed_at=at, content_hash=content_hash(article), article=article,
    )  # fmt: skip


async def _run(cluster: Cluster) -> list[dict[str, object]]:
    await cluster.wipe()
    say(f"{BEFORE} old articles")
    async with cluster.client() as client:
        old = utcnow() - timedelta(days=60)
        documents = (document(parsed(n, n % 200, at=old), indexed_at=old) for n in range(BEFORE))
        actions = ({"_index": ARTICLES_WRITE, "_id": one.article_id, "_source": msgspec.to_builtins(one)}
                   for one in documents)  # fmt: skip
        await async_bulk(client, actions, refresh=True)
    cluster.start("indexer")
    recommender = cluster.start("recommender")
    publisher = Publisher("bench", cluster.kafka, DeliverySettings())
    await publisher.start()
    bench = _Bench(cluster, recommender, publisher)
    try:
        say("warming up")
        await bench.send([parsed(n, n % 40, at=utcnow()) for n in range(10_000, 10_100)], rate=20)
        await bench.at_rest()
        say(f"{ARTICLES} articles about 40 topics, {RATE:g} a second")
        steady = [parsed(n, n % 40, at=utcnow()) for n in range(20_000, 20_000 + ARTICLES)]
        rows = [{"stream": f"{RATE:g}/s", **await bench.measured(steady, rate=RATE)}]
        say(f"{FLOOD} articles about one topic at once")
        flood = [parsed(n, 999, at=utcnow()) for n in range(30_000, 30_000 + FLOOD)]
        rows.append({"stream": "flood", **await bench.measured(flood, rate=None)})
        return rows
    finally:
        await publisher.stop()
        cluster.end()


class _Bench:
    def __init__(self, cluster: Cluster, recommender: Service, publisher: Publisher) -> None:
        self._cluster = cluster
        self._recommender = recommender
        self._publisher = publisher

    async def send(self, events: Sequence[ArticleParsed], *, rate: float | None) -> None:
        """At an even rate, or as fast as it goes."""
        outgoing = [Outgoing(topic=ARTICLES_PARSED, key=one.article_id, event=one) for one in events]
        if rate is None:
            await self._publisher.publish_all(outgoing)
            return
        began = time.monotonic()
        for number, one in enumerate(outgoing):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            await self._publisher.publish(one)

    async def at_rest(self) -> float:
        """Wait until nobody has anything to read; returns when that came about, by the steady clock."""

        async def resting() -> bool:
            lags = (await self._cluster.progress()).lags
            return not any((*lags["indexer"].values(), *lags["recommender"].values()))

        await until(resting, seconds=SETTLED_SECONDS, every=1.0, why=lambda: self._recommender.text()[-2000:])
        return time.monotonic()

    async def measured(self, events: Sequence[ArticleParsed], *, rate: float | None) -> dict[str, object]:
        """Send the articles, watch their lists come, and say what that cost."""
        ids = {one.article_id for one in events}
        began_at, began = utcnow(), time.monotonic()
        watching = asyncio.create_task(self._watch(ids))
        await self.send(events, rate=rate)
        sent = time.monotonic()
        stored = await watching
        rest = await self.at_rest() - began
        searchable = {
            one.event.article_id: one.event.searchable_at for one in await self._cluster.events(ARTICLES_INDEXED)
            if one.event.article_id in ids
        }  # fmt: skip
        asked = await self._times(RELATED_REQUESTS, ids)
        told = await self._times(ARTICLES_RELATED, ids)
        computed = list(_computations(self._recommender, since=began_at))
        by_list = Counter(computed)
        return {
            "articles": len(events),
            **_percentiles("asked", searchable, asked),
            **_percentiles("told", searchable, told),
            **_percentiles("stored", searchable, stored),
            "within 2 s": sum((stored[one] - searchable[one]).total_seconds() <= 2 for one in ids) / len(ids),
            "lists/article": len(computed) / len(events),
            "most/list": max(by_list.values()),
            "lists/s": len(computed) / rest,
            "sending s": sent - began,
            "at rest s": rest,
        }

    async def _watch(self, ids: set[str]) -> dict[str, datetime]:
        stored: dict[str, datetime] = {}
        deadline = time.monotonic() + SETTLED_SECONDS
        async with self._cluster.client() as client:
            while (left := sorted(ids - stored.keys())) and time.monotonic() < deadline:
                answer = await client.mget(index=RELATED_WRITE, ids=left[:500], source=False)
                stored |= {one["_id"]: utcnow() for one in answer["docs"] if one.get("found")}
                random.shuffle(left)
                await asyncio.sleep(0.05 if len(ids) < 500 else 0.25)
        return stored

    async def _times(self, topic: Topic, ids: set[str]) -> dict[str, datetime]:
        """When the first event of each article was sent."""
        times: dict[str, datetime] = {}
        for record in await self._cluster.records(topic.name):
            envelope = codec.decode(record.headers, record.value)
            one = envelope.event.article_id
            if one in ids:
                times[one] = min(envelope.time, times.get(one, envelope.time))
        return times


def _computations(recommender: Service, *, since: datetime) -> Iterator[str]:
    """The article of each list that was computed."""
    for line in recommender.text().splitlines():
        if '"related.computed"' in line or '"article.fanned_out"' in line:
            said: dict[str, Any] = msgspec.json.decode(line)
            at = datetime.fromisoformat(said["@timestamp"])
            result = said.get("labels.list" if "labels.fanout" in said else "labels.result")
            if result in {"changed", "unchanged"} and at >= since:
                yield said["labels.article_id"]


def _percentiles(
    name: str, since: Mapping[str, datetime], times: Mapping[str, datetime]
) -> dict[str, object]:  # fmt: skip
    waits = sorted((at - since[one]).total_seconds() for one, at in times.items() if one in since)
    return {f"{name} p{part} s": waits[min(len(waits) - 1, len(waits) * part // 100)] for part in (50, 95, 99)}
