"""`warta status` on the real servers: a site whose last day's articles lack what the earlier ones had is marked."""

from datetime import datetime, timedelta

import msgspec
from elasticsearch.helpers import async_bulk

from services.indexer.document import document
from shared import search
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.documents import ARTICLES_WRITE, ArticleDocument
from shared.events import ArticleParsed
from tests.support.cluster import Cluster
from tests.support.commands import warta


def indexed(site: str, number: int, *, fetched_at: datetime, topics: bool = True) -> ArticleDocument:
    article = Article(
        title=f"Kabar {number} dari desa", canonical_url=f"https://{site}/baca/{number}", site=site, language="id",
        body=(f"Warga desa {number} menanam pohon di tepi sungai.",), published_at=fetched_at, section="Daerah",
        topics=("Air",) if topics else (),
    )  # fmt: skip
    event = ArticleParsed(
        article_id=article_id(article.canonical_url), version=article_version(fetched_at), url=article.canonical_url,
        fetched_at=fetched_at, parsed_at=fetched_at, content_hash=content_hash(article), article=article,
    )  # fmt: skip
    return document(event, indexed_at=fetched_at)


async def test_a_site_that_lost_a_field_is_marked(cluster: Cluster) -> None:
    now = utcnow()
    documents = [
        indexed(site, number, fetched_at=now - timedelta(minutes=5 * (number + 1)) if number < 60 else
                now - timedelta(days=2, hours=number), topics=site != "jatuh.example" or number >= 60)
        for site in ("jatuh.example", "tegak.example") for number in range(300)
    ]  # fmt: skip
    async with search.client(cluster.elasticsearch) as client:
        await async_bulk(
            client,
            (
                {"_index": ARTICLES_WRITE, "_id": one.article_id, "_source": msgspec.to_builtins(one)}
                for one in documents
            ),
            refresh=True,
        )
    shown = (await warta(cluster, "status")).stdout.decode()
    assert "  ! topics: 100% before, 0% in the last 24 h" in shown
    assert shown.index("jatuh.example") < shown.index("tegak.example")
    told = msgspec.json.decode((await warta(cluster, "status", "--json", "--sites", "1")).stdout)
    assert told["documents"]["articles"] == 600
    [site] = told["sites"]
    assert (site["site"], site["articles"], site["articles_before"]) == ("jatuh.example", 60, 240)
    assert site["fallen"] == ["topics"]
    assert (site["rates"]["topics"], site["rates_before"]["topics"], site["rates"]["authors"]) == (0, 1, 0)
    assert site["rates"] == {
        "title": 1,
        "body": 1,
        "lead": 0,
        "published_at": 1,
        "authors": 0,
        "section": 1,
        "topics": 0,
    }
