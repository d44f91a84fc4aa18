"""The bundled sample site: its articles come out exactly, its traps as what they are."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from sample import SampleSite
from services.parser.parse import Parsed, parse
from shared.errors import Skip
from shared.events import PageFetched

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
async def site() -> AsyncIterator[SampleSite]:
    sample = SampleSite(NOW)
    await sample.start()
    yield sample
    await sample.stop()


async def read(site: SampleSite, path: str) -> Parsed:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(site.url + path)
    content_type = answer.headers.get("content-type", "")
    return parse(PageFetched(url=site.url + path, fetched_at=NOW, content_type=content_type, body=answer.content))


async def test_every_article_comes_out_exactly(site: SampleSite) -> None:
    for article in site.articles:
        found = (await read(site, article.path)).article
        assert found.title == article.title
        assert list(found.body) == [block.removeprefix("## ").replace("*", "") for block in article.blocks], (
            article.slug
        )
        assert found.dateline == article.dateline.removesuffix(" - "), article.slug
        assert found.authors == article.authors
        assert found.editors == ((article.editor,) if article.editor else ())
        assert found.published_at == article.published_at
        assert found.topics == (() if article.layout == "bare" else article.tags)
        assert [image.caption for image in found.images] == ([article.caption] if article.caption else [])
        assert found.language == "id"


@pytest.mark.parametrize(
    ("trap", "reason"),
    [
        ("listing", "listing"), ("video", "video"), ("photo", "gallery"), ("noindex", "noindex"),
        ("amp", "not_canonical"), ("broken", "empty"), ("missing", "not_an_article"), ("gone", "not_an_article"),
    ],
)  # fmt: skip
async def test_traps_that_are_no_article(site: SampleSite, trap: str, reason: str) -> None:
    with pytest.raises(Skip) as skip:
        await read(site, site.traps[trap])
    assert skip.value.reason == reason


@pytest.mark.parametrize("path", ["/", "/dunia", "/indeks", "/rss"])
async def test_the_sites_lists(site: SampleSite, path: str) -> None:
    with pytest.raises(Skip, match="listing"):
        await read(site, path)


async def test_traps_that_are_articles(site: SampleSite) -> None:
    paywall = (await read(site, site.traps["paywall"])).article
    assert (paywall.access, len(paywall.body)) == ("paid", 1)
    undated = (await read(site, site.traps["undated"])).article
    assert (undated.published_at, len(undated.body)) == (None, 4)
    assert "déjà vu" in (await read(site, site.traps["latin1"])).article.body[0]
    assert (await read(site, site.traps["wrong_charset"])).article.body[0].startswith("“Warna biru")
    tracking = (await read(site, site.traps["tracking"])).article
    assert tracking.canonical_url == site.url + site.traps["tracking"].split("?")[0]


async def test_injections_stay_text(site: SampleSite) -> None:
    parsed = await read(site, site.traps["hostile"])
    assert "<script>" in parsed.article.title
    addresses = [image.url for image in parsed.article.images] + [item.url for item in parsed.article.related]
    assert all(address is None or address.startswith("http") for address in addresses)
    assert len(parsed.article.body) == 4
