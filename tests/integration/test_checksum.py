"""Checksums on a real Elasticsearch: equal content, equal hash, however it came about."""

import random
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from elasticsearch import AsyncElasticsearch
from elasticsearch.helpers import async_bulk

from operations.checksum import articles_checksum, related_checksum
from services.indexer.document import document, stub
from services.recommender.candidates import queries
from services.recommender.documents import card_of
from services.recommender.lists import find
from services.recommender.sample import Sample
from shared import search
from shared.articles import Article, article_id, article_version, content_hash
from shared.documents import ArticleDocument
from shared.events import ArticleParsed, ArticleRemoved
from shared.settings import ElasticsearchSettings
from stack import Stack

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2024, 3, 20, 9, tzinfo=UTC)
PLACES = ("Sleman", "Bandung", "Ambon", "Manado", "Jayapura", "Padang", "Solo", "Kupang")
THINGS = ("banjir", "panen", "pemilu", "gempa", "pasar", "sekolah", "pelabuhan", "kereta", "harga beras", "sidang")


def written(
    number: int, *, minute: int, indexed_at: datetime, later: timedelta = timedelta()
) -> ArticleDocument:  # fmt: skip
    """Version `minute` of an article, fetched `later`; all share a term, so that more match a list than it looks at."""
    draw = random.Random(number)
    place, other = draw.sample(PLACES, 2)
    thing = draw.choice(THINGS)
    article = Article(
        title=f"{thing.title()} di {place}: {number}, versi {minute}", site="contoh.id", language="id",
        canonical_url=f"https://contoh.id/baca/{number}", published_at=NOW - timedelta(hours=draw.randrange(1, 200)),
        body=(f"Kabar {thing} dari {place} sampai ke {other} pada menit {minute}.",), topics=(place, thing),
    )  # fmt: skip
    event = ArticleParsed(
        article_id=article_id(article.canonical_url), version=article_version(NOW + timedelta(minutes=minute) + later),
        url=article.canonical_url, fetched_at=NOW, parsed_at=NOW, content_hash=content_hash(article), article=article,
    )  # fmt: skip
    return document(event, indexed_at=indexed_at)


def removed(number: int, *, minute: int, indexed_at: datetime) -> ArticleDocument:
    url = f"https://contoh.id/baca/{number}"
    version = article_version(NOW + timedelta(minutes=minute))
    return stub(ArticleRemoved(article_id=article_id(url), version=version, url=url, reason="gone"),
                indexed_at=indexed_at)  # fmt: skip


Hit = tuple[float, str]


def _hit(hit: dict[str, Any]) -> Hit:
    card = card_of(hit)
    assert card
    return hit["sort"][0], card.article_id


class Indices:
    """Indices of their own with the real mapping."""

    def __init__(self, client: AsyncElasticsearch) -> None:
        self.client = client
        self._names: list[str] = []

    async def new(self) -> str:
        template = msgspec.json.decode((ROOT / "services/indexer/mappings/articles.json").read_bytes())["template"]
        name = f"articles-test-{uuid.uuid4().hex[:8]}"
        await self.client.indices.create(
            index=name, mappings=template["mappings"],
            settings=template["settings"] | {"number_of_replicas": 0, "number_of_shards": 2},
        )  # fmt: skip
        self._names.append(name)
        return name

    async def write(self, index: str, documents: Iterable[ArticleDocument]) -> None:
        actions = [
            {"_index": index, "_id": one.article_id, "version": one.version, "version_type": "external_gte",
             "_source": msgspec.to_builtins(one)} for one in documents
        ]  # fmt: skip
        await async_bulk(self.client, actions, refresh=True, raise_on_error=False)

    async def foremost(self, index: str, number: int, *, most: int) -> list[list[Hit]]:
        """Of each search for candidates the best in their order, with their scores."""
        article = await find(self.client, last(number, at=NOW).article_id, index=index)
        assert article is not None
        statistics = await Sample(self.client, index=index).statistics()
        found = await search.several(
            self.client, index, queries(article, statistics, now=NOW, likest=most, nearest=most)
        )
        return [[_hit(hit) for hit in hits] for hits in found]

    async def drop(self) -> None:
        if self._names:
            await self.client.indices.delete(index=self._names)


@pytest.fixture
async def indices(stack: Stack) -> AsyncIterator[Indices]:
    async with search.client(ElasticsearchSettings(url=stack.elasticsearch_url)) as client:
        indices = Indices(client)
        yield indices
        await indices.drop()


FINAL = 9


def last(number: int, *, at: datetime) -> ArticleDocument:
    make = removed if number % 10 == 0 else written
    return make(number, minute=FINAL, indexed_at=at)


def stirred(numbers: Sequence[int], draw: random.Random) -> list[list[ArticleDocument]]:
    """The way to the same end through older versions, removals, re-additions and repeats, in batches."""
    steps: list[ArticleDocument] = []
    for number in numbers:
        at = NOW + timedelta(days=draw.randrange(100))
        steps += [written(number, minute=draw.randrange(FINAL), indexed_at=at) for _ in range(draw.randrange(4))]
        if draw.random() < 0.3:
            steps.append(removed(number, minute=draw.randrange(FINAL), indexed_at=at))
        steps += [last(number, at=at)] * draw.choice((1, 1, 3))
    draw.shuffle(steps)
    return [steps[start : start + 97] for start in range(0, len(steps), 97)]


async def test_any_way_to_the_same_articles_gives_the_same_hashes_and_lists(indices: Indices) -> None:
    numbers = range(100)
    straight, crooked = await indices.new(), await indices.new()
    await indices.write(straight, [last(number, at=NOW) for number in numbers])
    for batch in stirred(numbers, random.Random(5)):
        await indices.write(crooked, batch)
    articles = [await articles_checksum(indices.client, index=name) for name in (straight, crooked)]
    assert articles[0] == articles[1]
    assert articles[0].count == 100
    by_content = await articles_checksum(indices.client, versions=False, index=straight)
    await indices.write(straight, [written(1, minute=FINAL, indexed_at=NOW, later=timedelta(days=1))])
    assert (await articles_checksum(indices.client, index=straight)).hash != articles[0].hash
    assert await articles_checksum(indices.client, versions=False, index=straight) == by_content
    lists = [await related_checksum(indices.client, now=NOW, index=name) for name in (straight, crooked)]
    assert lists[0] == lists[1]
    assert lists[0].count == 90
    for number in (1, 2, 3):
        short = [await indices.foremost(name, number, most=20) for name in (straight, crooked)]
        assert short[0] == short[1], "the same candidates with the same scores, though all articles match"
        assert [len(hits) for hits in short[0]] == [20, 20]
