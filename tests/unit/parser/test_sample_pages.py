"""The bundled sample site: its articles come out exactly, its traps as what they are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest

from sample import SampleSite
from services.parser.parse import Parsed, parse
from shared.errors import Skip
from shared.events import PageFetched

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


Reader = Callable[[str], Awaitable[Parsed]]


@pytest.fixture
async def site() -> AsyncIterator[SampleSite]:
    sample = SampleSite(NOW)
    await sample.start()
    yield sample
    await sample.stop()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as own:
        yield own


@pytest.fixture
def read(site: SampleSite, client: httpx.AsyncClient) -> Reader:
    async def fetch_and_parse(path: str) -> Parsed:
        answer = await client.get(site.url + path)
        content_type = answer.headers.get("content-type", "")
        return parse(PageFetched(url=site.url + path, fetched_at=NOW, content_type=content_type, body=answer.content))

    return fetch_and_parse


async def test_every_article_comes_out_exactly(site: SampleSite, read: Reader) -> None:
    for article in site.articles:
        found = (await read(article.path)).article
        assert found.title == article.title
        assert list(found.body) == [block.removeprefix("## ").replace("*", "") for block in article.blocks], (
            article.slug
        )
        assert found.dateline == article.dateline.removesuffix(" - "), article.slug
        assert found.authors == article.authors
        assert found.editors == ((article.editor,) if article.editor else ())
        assert found.published_at == article.published_at
        assert found.topics == (() if article.layout == "bare" else article.tags)
        shown = [f"{image.caption} {image.credit}" for image in found.images]
        assert shown == ([article.caption] if article.caption else [])
        assert found.language == "id"


@pytest.mark.parametrize(
    ("trap", "reason"),
    [
        ("listing", "listing"), ("video", "video"), ("photo", "gallery"), ("noindex", "noindex"),
        ("amp", "not_canonical"), ("broken", "empty"), ("missing", "soft_404"), ("gone", "not_an_article"),
    ],
)  # fmt: skip
async def test_traps_that_are_no_article(site: SampleSite, read: Reader, trap: str, reason: str) -> None:
    with pytest.raises(Skip) as skip:
        await read(site.traps[trap])
    assert skip.value.reason == reason


@pytest.mark.parametrize("path", ["/", "/dunia", "/indeks", "/rss"])
async def test_the_sites_lists(site: SampleSite, read: Reader, path: str) -> None:
    with pytest.raises(Skip, match="listing"):
        await read(path)


async def test_traps_that_are_articles(site: SampleSite, read: Reader) -> None:
    paywall = (await read(site.traps["paywall"])).article
    assert (paywall.access, len(paywall.body)) == ("paid", 1)
    undated = (await read(site.traps["undated"])).article
    assert (undated.published_at, len(undated.body)) == (None, 4)
    assert "déjà vu" in (await read(site.traps["latin1"])).article.body[0]
    assert (await read(site.traps["wrong_charset"])).article.body[0].startswith("“Warna biru")
    tracking = (await read(site.traps["tracking"])).article
    assert tracking.canonical_url == site.url + site.traps["tracking"].split("?")[0]


async def test_injections_stay_text(site: SampleSite, read: Reader) -> None:
    parsed = await read(site.traps["hostile"])
    assert "<script>" in parsed.article.title
    addresses = [image.url for image in parsed.article.images] + [item.url for item in parsed.article.related]
    assert all(address is None or address.startswith("http") for address in addresses)
    assert len(parsed.article.body) == 4
