"""Related lists from a real Elasticsearch, with the articles' real mapping."""

import random
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from elasticsearch import ApiError, AsyncElasticsearch
from elasticsearch.helpers import async_bulk
from msgspec import structs

from services.indexer.document import document, stub
from services.recommender.candidates import candidates
from services.recommender.fanout import affected
from services.recommender.lists import compute_list, find
from services.recommender.sample import Sample
from shared import search
from shared.articles import Article, article_id, article_version, content_hash
from shared.documents import ArticleDocument, Card, lines
from shared.errors import DeadLetter, Retry
from shared.events import ArticleParsed, ArticleRemoved, RelatedComputed
from shared.settings import ElasticsearchSettings
from shared.terms import term_hash
from stack import Stack
from tests.support.seed_articles import FETCHED_AT, corpus, mentions, related_articles, seed

ROOT = Path(__file__).resolve().parents[2]
WIDGET = ("Rusia", "Korea Utara", "PBB", "Israel", "Iran")
NOW = datetime(2024, 3, 20, 9, tzinfo=UTC)


class Index:
    """An index of articles of its own, with the real mapping."""

    def __init__(self, client: AsyncElasticsearch) -> None:
        self.client = client
        self.name = f"articles-test-{uuid.uuid4().hex[:8]}"
        self.related = f"related-test-{self.name[-8:]}"

    async def create(self) -> None:
        await self._like("services/indexer/mappings/articles.json", self.name)
        await self._like("services/recommender/mappings/related.json", self.related)

    async def _like(self, mapping: str, name: str) -> None:
        template = msgspec.json.decode((ROOT / mapping).read_bytes())["template"]
        settings = template["settings"] | {"number_of_replicas": 0, "number_of_shards": 2}
        await self.client.indices.create(index=name, mappings=template["mappings"], settings=settings)

    async def put(
        self, articles: Iterable[Article], *, fetched_at: datetime = FETCHED_AT,
        altered: Callable[[ArticleDocument], ArticleDocument] = lambda document: document,
    ) -> None:  # fmt: skip
        documents = [altered(document(parsed(article, fetched_at), indexed_at=fetched_at)) for article in articles]
        actions = [
            {"_index": self.name, "_id": doc.article_id, "_source": msgspec.to_builtins(doc)} for doc in documents
        ]
        await async_bulk(self.client, actions, refresh=True)

    async def remove(self, article: Article) -> None:
        event = ArticleRemoved(
            article_id=article_id(article.canonical_url), version=1, url=article.canonical_url, reason="gone"
        )
        body = msgspec.to_builtins(stub(event, indexed_at=NOW))
        await self.client.index(index=self.name, id=event.article_id, document=body, refresh=True)

    async def list(self, article: Article, **arguments: Any) -> RelatedComputed:
        url = article.canonical_url
        computed = await compute_list(self.client, article_id(url), index=self.name, **arguments)
        assert computed is not None
        return computed

    async def drop(self) -> None:
        await self.client.indices.delete(index=[self.name, self.related])


def parsed(article: Article, at: datetime) -> ArticleParsed:
    return ArticleParsed(
        article_id=article_id(article.canonical_url), version=article_version(at), url=article.canonical_url,
        fetched_at=at, parsed_at=at, content_hash=content_hash(article), article=article,
    )  # fmt: skip


@pytest.fixture
async def index(stack: Stack) -> AsyncIterator[Index]:
    async with search.client(ElasticsearchSettings(url=stack.elasticsearch_url)) as client:
        index = Index(client)
        await index.create()
        yield index
        await index.drop()


def story(number: int, title: str, *paragraphs: str, days: float = 1, **fields: Any) -> Article:
    fields |= {"published_at": NOW - timedelta(days=days), "language": "id"}
    return Article(
        title=title, canonical_url=f"https://contoh.id/baca/{number}", site="contoh.id", body=paragraphs, **fields
    )


VOLCANO = story(
    1, "Gunung Merapi Meletus Lagi, Warga Sleman Mengungsi",
    "Gunung Merapi meletus pada Selasa pagi. Abu vulkanik turun di Kabupaten Sleman, kata BPPTKG.",
    "Ratusan warga di lereng Merapi mengungsi. Status Merapi naik menjadi Siaga.",
)  # fmt: skip
SHELTERS = story(
    2, "Pengungsi Merapi Butuh Masker dan Air Bersih",
    "Pengungsi letusan Gunung Merapi di Sleman membutuhkan masker, kata relawan di posko.", days=0.5,
)  # fmt: skip
FOOTBALL = story(
    3, "Persib Menang di Kandang Persija", "Persib Bandung mengalahkan Persija Jakarta dua gol tanpa balas."
)
OTHERS = [
    story(100 + n, f"Harga {thing} di Pasar {town} Naik", f"Harga {thing} di pasar {town} naik menjelang Lebaran.")
    for n, (thing, town) in enumerate(
        (thing, town)
        for thing in ("cabai", "bawang", "telur", "beras", "gula")
        for town in ("Bogor", "Depok", "Malang", "Kediri")
    )
]


async def seed_list(index: Index, rivals: list[Article], **arguments: Any) -> tuple[RelatedComputed, set[str]]:
    article = seed()
    ten = related_articles(article)
    assert len(ten) == 10
    await index.put([article, *ten, *rivals])
    computed = await index.list(article, now=FETCHED_AT, **arguments)
    return computed, {article_id(item.canonical_url) for item in ten}


@pytest.mark.parametrize("others", [200, 600, 1500])
async def test_the_publishers_ten_come_out_among_others(index: Index, others: int) -> None:
    apart = [article for article in corpus() if not mentions(article, WIDGET)]
    computed, ten = await seed_list(index, random.Random(others).sample(apart, others))
    assert {item.article_id for item in computed.items} == ten
    assert computed.computed_at == FETCHED_AT
    assert computed.valid_until == FETCHED_AT + timedelta(minutes=15)


async def test_an_intruder_among_rivals_names_a_topic_of_the_article(index: Index) -> None:
    everything = corpus()
    rivals = [article for article in everything if mentions(article, WIDGET)]
    apart = [article for article in everything if not mentions(article, WIDGET)]
    computed, ten = await seed_list(index, [*rivals, *random.Random(1).sample(apart, 1500)])
    assert len(computed.items) == 10
    for item in computed.items:
        if item.article_id not in ten:
            assert any(name in item.reason["id"] for name in WIDGET), item.reason
            assert any(name in item.reason["en"] for name in WIDGET), item.reason


async def test_a_list_is_the_same_again_and_without_noise(index: Index) -> None:
    await index.put([VOLCANO, SHELTERS, FOOTBALL, *OTHERS])
    computed = await index.list(VOLCANO, now=NOW)
    assert [item.url for item in computed.items] == [SHELTERS.canonical_url]
    assert computed.items[0].reason["id"].endswith(" · 12 jam lalu")
    assert "Merapi" in computed.items[0].reason["id"]
    assert computed.items[0].teaser is not None
    assert computed.items[0].teaser.startswith("Pengungsi letusan")
    assert computed.shortfall == "no_more_candidates"
    assert await index.list(VOLCANO, now=NOW) == computed
    later = await index.list(VOLCANO, now=NOW + timedelta(minutes=10))
    assert later.content_hash == computed.content_hash
    assert later.items[0].score < computed.items[0].score


def of_before(document: ArticleDocument) -> ArticleDocument:
    """The document as it was indexed when a card had neither the id nor the profile."""
    card = msgspec.msgpack.decode(document.card, type=Card)
    old = structs.replace(
        card, article_id="", profile=b"", bits=b"", marks=b"", names=lines(card.named()),
        signature=lines(document.signature),
    )  # fmt: skip
    return structs.replace(document, card=msgspec.msgpack.encode(msgspec.to_builtins(old)[:14]))


async def test_an_index_of_before_gives_the_same_lists(index: Index) -> None:
    copy = structs.replace(SHELTERS, canonical_url="https://contoh.id/baca/9")
    articles = [VOLCANO, SHELTERS, copy, FOOTBALL, *OTHERS]
    await index.put(articles)
    now = [await index.list(article, now=NOW) for article in articles]
    await index.put(articles[::2], altered=of_before)
    mixed = [await index.list(article, now=NOW) for article in articles]
    await index.put(articles, altered=of_before)
    assert now == mixed == [await index.list(article, now=NOW) for article in articles]
    assert now[0].items


async def test_now_in_the_past_knows_nothing_of_later(index: Index) -> None:
    await index.put([VOLCANO, SHELTERS, *OTHERS])
    computed = await index.list(VOLCANO, now=NOW - timedelta(hours=13))
    assert computed.items == ()


async def test_an_undated_article_counts_from_its_fetch(index: Index) -> None:
    undated = msgspec.structs.replace(SHELTERS, published_at=None)
    await index.put([VOLCANO, undated, *OTHERS], fetched_at=NOW)
    assert (await index.list(VOLCANO, now=NOW - timedelta(seconds=1))).items == ()
    (item,) = (await index.list(VOLCANO, now=NOW)).items
    assert item.published_at is None
    assert "lalu" not in item.reason["id"]


async def test_copies_and_removed_articles_are_left_out(index: Index) -> None:
    copy = story(4, VOLCANO.title, *VOLCANO.body)
    again = story(5, SHELTERS.title, *SHELTERS.body, days=0.4)
    await index.put([VOLCANO, SHELTERS, copy, again, *OTHERS])
    computed = await index.list(VOLCANO, now=NOW)
    assert [item.url for item in computed.items] == [again.canonical_url]
    await index.remove(again)
    computed = await index.list(VOLCANO, now=NOW)
    assert [item.url for item in computed.items] == [SHELTERS.canonical_url]
    assert await compute_list(index.client, article_id(again.canonical_url), now=NOW, index=index.name) is None
    assert await compute_list(index.client, "0" * 32, now=NOW, index=index.name) is None


async def test_short_forms_join(index: Index) -> None:
    ministry = story(
        6, "Kementerian Keuangan Pangkas Anggaran Rapat",
        "Menurut Kementerian Keuangan, anggaran rapat dipangkas. Aturan Kementerian Keuangan berlaku April.",
    )  # fmt: skip
    short = story(7, "Utang Naik, Ini Penjelasan Kemenkeu", "Utang pemerintah naik tipis pada Februari.")
    await index.put([ministry, short, *OTHERS])
    computed = await index.list(ministry, now=NOW)
    assert [item.topics for item in computed.items] == [("Kementerian Keuangan",)]


async def test_context_prefers_what_is_near_the_article(index: Index) -> None:
    old = msgspec.structs.replace(VOLCANO, published_at=NOW - timedelta(days=300))
    near = story(
        8, "Status Gunung Merapi Naik Jadi Siaga", "Status Gunung Merapi naik, warga Sleman waspada.", days=301
    )
    await index.put([old, near, SHELTERS, *OTHERS])
    fresh = await index.list(old, now=NOW, mode="fresh")
    context = await index.list(old, now=NOW, mode="context")
    assert fresh.items[0].url == SHELTERS.canonical_url
    assert context.items[0].url == near.canonical_url
    assert context.items[0].reason["id"].endswith("1 hari sebelum artikel ini")


async def test_the_lists_that_a_new_article_may_change(index: Index) -> None:
    await index.put([VOLCANO, SHELTERS, FOOTBALL, *OTHERS], fetched_at=NOW)
    wanted = article_id(VOLCANO.canonical_url)
    assert await affected(index.client, article_id(SHELTERS.canonical_url), now=NOW, index=index.name) == (wanted,)
    cold = NOW + timedelta(days=30)
    assert await affected(index.client, article_id(SHELTERS.canonical_url), now=cold, index=index.name) == ()
    market = article_id(OTHERS[0].canonical_url)
    assert len(await affected(index.client, market, limit=5, now=NOW, index=index.name)) == 5


async def test_a_removal_reaches_the_lists_that_show_it(index: Index) -> None:
    await index.put([VOLCANO, SHELTERS, *OTHERS])
    computed = await index.list(VOLCANO, now=NOW)
    await index.client.index(
        index=index.related, id=computed.article_id, document=msgspec.to_builtins(computed), refresh=True
    )
    await index.remove(SHELTERS)
    gone = article_id(SHELTERS.canonical_url)
    assert await affected(index.client, gone, index=index.name, related=index.related) == (computed.article_id,)


async def test_a_failing_search_is_an_error_not_an_empty_list(index: Index) -> None:
    with pytest.raises(ApiError):
        await compute_list(index.client, article_id(VOLCANO.canonical_url), now=NOW, index="articles-nowhere")


async def test_one_of_several_searches_that_fails_fails_them_all_as_it_would_alone(index: Index) -> None:
    fine: dict[str, Any] = {"query": {"match_all": {}}, "size": 1}
    assert await search.several(index.client, index.name, [fine, fine]) == [[], []]
    with pytest.raises(ApiError) as missing:
        await search.several(index.client, "articles-test-nowhere", [fine])
    assert isinstance(search.instruction(missing.value), Retry)
    with pytest.raises(ApiError) as refused:
        await search.several(index.client, index.name, [fine, {"query": {"no_such_query": {}}}])
    assert isinstance(search.instruction(refused.value), DeadLetter)
    assert refused.value.status_code == 400


async def test_of_many_equal_scores_the_newest_are_the_candidates_then_those_of_lower_lots(index: Index) -> None:
    asks = story(0, "Rudal jatuh di laut", "Rudal itu jatuh di laut pada pagi hari.", days=0)
    newer = [story(number, f"Kabar {number}", "Rudal itu dibahas.", days=60) for number in range(1, 61)]
    older = [story(number, f"Kabar {number}", "Rudal itu dibahas.", days=61) for number in range(61, 320)]
    await index.put([asks, *older, *newer], fetched_at=NOW)
    asker = await find(index.client, article_id(asks.canonical_url), index=index.name)
    assert asker is not None
    statistics = await Sample(index.client, index=index.name).statistics()
    found = {one.article_id for one in await candidates(index.client, asker, statistics, now=NOW, index=index.name)}
    ids = [article_id(one.canonical_url) for one in newer]
    by_lot = sorted((article_id(one.canonical_url) for one in older), key=term_hash)
    assert len(found) > 100
    assert found == {*ids, *by_lot[: len(found) - len(ids)]}
