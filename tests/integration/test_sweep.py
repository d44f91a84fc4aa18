"""Lists come right by themselves: the sweep, and `warta checksum --related`, on the real servers."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from operations.checksum import verify_lists
from services.indexer.document import document
from services.recommender.lists import REMOVED, VALID_FOR, removed_list
from services.recommender.stored import Heat, to_document
from services.recommender.sweep import Sweep
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.documents import ARTICLES_WRITE, RELATED_READ, RELATED_WRITE
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


class Swept:
    """Articles, some of them with lists, and a sweep of some partitions."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.ids = sorted(parsed(number).article_id for number in range(len(TOWNS)))
        self.owned = {partition_of(self.ids[0], RELATED_REQUESTS), partition_of(self.ids[-1], RELATED_REQUESTS)}
        self.wanted = [one for one in self.ids if partition_of(one, RELATED_REQUESTS) in self.owned]
        self.asked: list[str] = []
        self.sweep = self.another()

    def another(self) -> Sweep:
        async def ask(article_ids: Sequence[str]) -> None:
            self.asked.extend(article_ids)

        return Sweep(self.client, owned=lambda: self.owned, ask=ask, validity=VALID_FOR)

    async def index(self) -> None:
        for number in range(len(TOWNS)):
            doc = document(parsed(number), indexed_at=utcnow() - timedelta(minutes=2))
            await self.client.index(index=ARTICLES_WRITE, id=doc.article_id, document=msgspec.to_builtins(doc))
        await self.client.indices.refresh(index=ARTICLES_WRITE)

    async def store(self, one: str, *, computed_at: datetime, hot_until: datetime | None) -> None:
        computed = removed_list(one, now=computed_at, size=10)
        body = to_document(computed, Heat(hot_until=hot_until))
        await self.client.index(index=RELATED_WRITE, id=one, document=body, refresh=True)


@pytest.fixture
async def swept(cluster: Cluster) -> AsyncIterator[Swept]:
    async with cluster.client() as client:
        yield Swept(client)


async def test_a_sweep_asks_for_missing_lists_of_its_own_partitions_a_few_at_a_time(swept: Swept) -> None:
    await swept.index()
    now = utcnow()
    ticks = -(-len(swept.wanted) // 2)
    counts = [await swept.sweep.tick(now=now, most=2) for _ in range(ticks)]
    assert sum(counts) == len(swept.wanted)
    assert swept.asked == swept.wanted
    assert await swept.sweep.tick(now=now, most=100) == 0, "they are asked for already"
    late = now + timedelta(minutes=2)
    assert await swept.sweep.tick(now=late, most=100) == len(swept.wanted), "nobody answered"
    assert await swept.another().tick(now=now + timedelta(days=30), most=100) == 0, "they are cold"


async def test_a_sweep_asks_for_what_ends_soonest_also_of_an_old_article_that_was_asked_for(swept: Swept) -> None:
    now = utcnow()
    warm, ages = now + timedelta(days=1), (12.5, 14, 20, 5, 13)
    lists = [f"{number:032x}" for number in range(400)]
    ours = [one for one in lists if partition_of(one, RELATED_REQUESTS) in swept.owned][: len(ages)]
    for one, minutes in zip(ours, ages, strict=True):
        await swept.store(one, computed_at=now - timedelta(minutes=minutes), hot_until=warm)
    cold = next(one for one in lists if one not in ours and partition_of(one, RELATED_REQUESTS) in swept.owned)
    await swept.store(cold, computed_at=now - timedelta(days=2), hot_until=now - timedelta(seconds=1))
    standing = await swept.sweep.standing(now=now)
    assert (standing.lists, standing.ending[0], standing.ending[-1]) == (5, 2, 5)
    assert 299 < standing.overdue_seconds < 301
    assert await swept.sweep.tick(now=now, most=2) == 2
    assert swept.asked == [ours[2], ours[1]]
    assert await swept.sweep.tick(now=now, most=10) == 2
    assert swept.asked[2:] == [ours[4], ours[0]]
    assert await swept.sweep.tick(now=now, most=10, early=True) == 1
    assert swept.asked[4:] == [ours[3]]
