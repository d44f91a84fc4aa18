"""Lists as articles come and go, through the real indexer and recommender; nothing is left to the sweep."""

from datetime import timedelta
from typing import Any

from services.recommender.sweep import BECAUSE
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.documents import RELATED_READ
from shared.events import ArticleParsed, ArticleRemoved, RelatedRequested
from shared.topics import ARTICLES_INDEXED, ARTICLES_PARSED, ARTICLES_RELATED, RELATED_REQUESTS
from tests.support.cluster import Cluster, until


def parsed(number: int, title: str, *paragraphs: str) -> ArticleParsed:
    at = utcnow() - timedelta(minutes=number)
    article = Article(
        title=title, canonical_url=f"https://contoh.id/baca/{number}", site="contoh.id", language="id", body=paragraphs,
        published_at=at,
    )  # fmt: skip
    return ArticleParsed(
        article_id=article_id(article.canonical_url), version=article_version(at), url=article.canonical_url,
        fetched_at=at, parsed_at=at, content_hash=content_hash(article), article=article,
    )  # fmt: skip


ERUPTION = (
    "Gunung Merapi Meletus Lagi, Warga Sleman Mengungsi",
    "Gunung Merapi meletus pada Selasa pagi. Abu vulkanik turun di Kabupaten Sleman, kata BPPTKG.",
    "Ratusan warga di lereng Merapi mengungsi. Status Merapi naik menjadi Siaga.",
)
SHELTERS = (
    "Pengungsi Merapi Butuh Masker dan Air Bersih",
    "Pengungsi letusan Gunung Merapi di Sleman membutuhkan masker, kata relawan di posko.",
)


async def test_two_articles_of_one_bulk_find_each_other_and_a_removed_one_is_gone(cluster: Cluster) -> None:
    one, other = parsed(1, *ERUPTION), parsed(2, *SHELTERS)
    await cluster.publish(Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event) for event in (one, other))
    indexer = cluster.start("indexer")
    recommender = cluster.start("recommender", WARTA_RECOMMENDER_VALIDITY_SECONDS="86400")

    def why() -> str:
        return indexer.text()[-1000:] + recommender.text()[-3000:]

    async with cluster.client() as client:

        async def shown(article: ArticleParsed) -> list[str] | None:
            answer: Any = await client.options(ignore_status=404).get(index=RELATED_READ, id=article.article_id)
            return [item["article_id"] for item in answer["_source"]["items"]] if answer.get("found") else None

        async def found_each_other() -> bool:
            return (await shown(one), await shown(other)) == ([other.article_id], [one.article_id])

        await until(found_each_other, why=why)
        indexed = [envelope.event for envelope in await cluster.events(ARTICLES_INDEXED)]
        assert len(indexed) == 2
        assert abs(indexed[0].searchable_at - indexed[1].searchable_at) < timedelta(seconds=1), "in one bulk"
        last = {one.event.article_id: one.event for one in await cluster.events(ARTICLES_RELATED)}
        assert [item.article_id for item in last[one.article_id].items] == [other.article_id]

        removal = ArticleRemoved(
            article_id=other.article_id, version=other.version + 1000, url=other.url, reason="gone"
        )
        await cluster.publish([Outgoing(topic=ARTICLES_PARSED, key=removal.article_id, event=removal)])

        async def gone() -> bool:
            return await shown(one) == [] and await shown(other) == []

        await until(gone, seconds=20, why=why)
    requests: list[RelatedRequested] = [envelope.event for envelope in await cluster.events(RELATED_REQUESTS)]
    assert BECAUSE not in {request.because_of for request in requests}
    assert recommender.stop() == 0
