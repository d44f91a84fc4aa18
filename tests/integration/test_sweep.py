"""Lists come right by themselves: the sweep, and `warta checksum --related`, on the real servers."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from operations.checksum import verify_lists
from services.indexer.document import document
from services.recommender.lists import REMOVED
from services.recommender.sweep import Sweep
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.documents import ARTICLES_WRITE, RELATED_READ
from shared.events import ArticleParsed, ArticleRemoved
from shared.partitions import partition_of
from shared.topics import ARTICLES_PARSED, RELATED_REQUESTS
from tests.support.cluster import ROOT, Cluster, until

TOWNS = ("Sleman", "Bandung", "Ambon", "Manado", "Padang", "Solo", "Kupang", "Medan")


def parsed(number: int) -> ArticleParsed:
    at = utcnow() - timedelta(hours=1, minutes=number)
    article = Article(
        title=f"Gunung Merapi Terlihat dari {TOWNS[number]}", canonical_url=f"https://contoh.id/baca/{number}",
        site="contoh.id", language="id", published_at=at,
        body=(f"Asap Gunung Merapi terlihat dari {TOWNS[number]} pada pagi hari, kata BPPTKG.",),
    )  # fmt: skip
    return ArticleParsed(
        article_id=article_id(article.canonical_url), version=article_version(at), url=article.canonical_url,
        fetched_at=at, parsed_at=at, content_hash=content_hash(article), article=article,
    )  # fmt: skip


def outgoing(event: ArticleParsed | ArticleRemoved) -> Outgoing:
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event)


async def checksum(cluster: Cluster, *arguments: str) -> tuple[int, dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "checksum", "--json", *arguments, cwd=ROOT, env=cluster.environment,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, msgspec.json.decode(said)


async def test_at_rest_every_stored_list_is_its_own_recomputation(cluster: Cluster) -> None:
    indexer = cluster.start("indexer")
    settings = {"WARTA_RECOMMENDER_VALIDITY_SECONDS": "4"}
    recommender = cluster.start("recommender", **settings)
    events = [parsed(number) for number in range(len(TOWNS))]
    gone = events[0]
    await cluster.publish(map(outgoing, events))

    async def clean() -> bool:
        async with cluster.client() as client:
            report = await verify_lists(client, now=utcnow())
        return report.clean and report.equal == len(events)

    await until(clean, seconds=120, why=lambda: indexer.text()[-1000:] + recommender.text()[-3000:])
    removal = ArticleRemoved(article_id=gone.article_id, version=gone.version + 1000, url=gone.url, reason="gone")
    await cluster.publish([outgoing(removal)])

    async with cluster.client() as client:

        async def emptied() -> bool:
            stored = await client.get(index=RELATED_READ, id=gone.article_id)
            return bool(stored["_source"].get("shortfall") == REMOVED)

        await until(emptied, why=recommender.text)
        await until(clean, seconds=120, why=recommender.text)
        assert recommender.stop() == 0
        status, said = await checksum(cluster, "--related", "--now", "2030-01-01T00:00:00Z")
        assert (status, said["articles"]["count"], said["related"]["count"]) == (0, len(events), len(events) - 1)

        wrong, lost = events[1].article_id, events[2].article_id
        await client.update(index="related-write", id=wrong, doc={"content_hash": "0" * 32}, refresh=True)
        await client.delete(index="related-write", id=lost, refresh=True)
        status, said = await checksum(cluster, "--related")
        assert status == 1
        assert (said["related"]["differing_ids"], said["related"]["missing_ids"]) == ([wrong], [lost])

    cluster.start("recommender", **settings)
    await until(clean, seconds=120, why=recommender.text)


async def test_a_sweep_asks_for_its_own_partitions_a_few_at_a_time_and_not_while_requests_wait(
    cluster: Cluster,
) -> None:
    asked: list[str] = []
    waiting = False

    async def busy() -> bool:
        return waiting

    async def ask(article_ids: Sequence[str]) -> None:
        asked.extend(article_ids)

    ids = sorted(parsed(number).article_id for number in range(len(TOWNS)))
    owned = {partition_of(ids[0], RELATED_REQUESTS), partition_of(ids[-1], RELATED_REQUESTS)}
    wanted = [one for one in ids if partition_of(one, RELATED_REQUESTS) in owned]
    async with cluster.client() as client:
        for number in range(len(TOWNS)):
            doc = document(parsed(number), indexed_at=utcnow())
            await client.index(index=ARTICLES_WRITE, id=doc.article_id, document=msgspec.to_builtins(doc), refresh=True)
        sweep = Sweep(client, owned=lambda: owned, busy=busy, ask=ask)
        waiting = True
        assert await sweep.tick(now=utcnow(), most=100) == 0
        waiting = False
        ticks = -(-len(wanted) // 2)
        counts = [await sweep.tick(now=utcnow(), most=2) for _ in range(ticks)]
        assert sum(counts) == len(wanted)
        assert asked == wanted
        cold = utcnow() + timedelta(days=30)
        assert await Sweep(client, owned=lambda: owned, busy=busy, ask=ask).tick(now=cold, most=100) == 0
