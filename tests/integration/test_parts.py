"""Articles in several pages, crawled from a site on loopback: whole in the index under one id, all accounted for."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from operations.audit import audit
from shared.articles import article_id
from shared.events import ArticleParsed, PageDropped
from shared.topics import ARTICLES_INDEXED, ARTICLES_PARSED, PAGES_OUTCOMES
from tests.support.cluster import Cluster, until
from tests.support.ingest import start_all
from tests.support.loopback import Site, loopback

TITLE = "Warga Lembah Perbaiki Irigasi Bersama-sama"
NUMBERED, WITH_ALL, WITHOUT = (
    f"/read/{n}/warga-lembah-perbaiki-{what}" for n, what in ((1, "irigasi"), (2, "jalan"), (3, "jembatan"))
)
TEXTS = [
    f"Bagian {n} bercerita panjang tentang saluran air yang diperbaiki warga desa bersama-sama." for n in (1, 2, 3)
]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with loopback() as made:
        for path in (NUMBERED, WITH_ALL, WITHOUT):
            made.handle(path, article)
        made.handle("/", front)
        made.serve("/amp" + WITH_ALL, html(WITH_ALL, TEXTS[:1], "").encode(), Content_Type="text/html")
        yield made


def html(path: str, texts: list[str], links: str) -> str:
    body = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f"<html lang=id><head><title>{TITLE}</title><meta property=og:type content=article><link rel=canonical "
        f"href='{path}'></head><body><h1>{TITLE}</h1><article>{body}</article><div class=paging>{links}</div></body>"
    )


async def article(request: web.Request) -> web.StreamResponse:
    """Page 1 links 1 and 2, page 2 links 3; one has `?page=all`, one names it but leads back."""
    path, page = request.path, request.query.get("page", "1")
    if page == "all" and path == WITHOUT:
        return web.Response(status=302, headers={"Location": path})
    if page == "all":
        return _page(html(path, TEXTS, ""))
    number = int(page)
    numbers = [1, 2] if number == 1 else [1, 2, 3]
    links = "".join(f"<a href='{path}?page={n}'>{n}</a>" for n in numbers)
    links += "" if path == NUMBERED else f"<a href='{path}?page=all'>Tampilkan Semua</a>"
    return _page(html(path, TEXTS[number - 1 : number], links))


async def front(_request: web.Request) -> web.StreamResponse:
    cards = "".join(f"<h2><a href='{path}'>{TITLE}</a></h2>" for path in (NUMBERED, WITHOUT))
    return _page(f"<html><body><h1>Berita</h1>{cards}<a href='{WITH_ALL}?page=2'>x</a></body></html>")


def _page(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


@pytest.mark.timeout(240)
async def test_articles_in_several_pages_end_whole_from_a_listing_on(cluster: Cluster, site: Site) -> None:
    base = f"http://{site.netloc}"
    sites = cluster.folder / "parts.toml"
    sites.write_text(f'[contoh]\nhosts = ["127.0.0.1"]\nseeds = ["{base}/", "{base}/amp{WITH_ALL}"]\n')
    environment = {
        "WARTA_CRAWLER_SITES": str(sites),
        "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": site.netloc, "WARTA_CRAWLER_DELAY_SECONDS": "0",
        "WARTA_CRAWLER_BACKOFF_SECONDS": "0.05",
    }  # fmt: skip
    services = start_all(cluster, environment)
    numbered, with_all, without = (article_id(base + path) for path in (NUMBERED, WITH_ALL, WITHOUT))

    async def whole() -> bool:
        found = await cluster.articles()
        lengths = {key: len(found[key]["body"]) for key in found}
        return lengths == {numbered: 3, with_all: 3, without: 1} and (await cluster.progress()).lag == 0

    def why() -> str:
        return "\n".join(f"--- {name}\n{service.text()[-2500:]}" for name, service in services.items())

    await until(whole, seconds=90, why=why)
    found = await cluster.articles()
    assert {tuple(found[key]["body"]) for key in (numbered, with_all)} == {tuple(TEXTS)}
    assert [found[key]["provenance"]["body"].get("is_part", False) for key in (numbered, with_all, without)] == [
        False, False, True,
    ]  # fmt: skip
    versions = [one.event for one in await cluster.events(ARTICLES_PARSED)]
    for key in (numbered, with_all, without):
        own = [event.version for event in versions if isinstance(event, ArticleParsed) and event.article_id == key]
        assert own == sorted(own), "the versions of a key rise"
    told = [one.event for one in await cluster.events(ARTICLES_INDEXED) if one.event.article_id == numbered]
    assert [event.changed for event in told] == [(), ("body",), ("body",)]
    drops = {one.event.url: one.event for one in await cluster.events(PAGES_OUTCOMES)}
    assert all(isinstance(drop, PageDropped) for drop in drops.values())
    assert drops[f"{base}/"].reason == "listing"
    assert drops[f"{base}/amp{WITH_ALL}"].canonical_url == base + WITH_ALL
    report = await audit(cluster.kafka, cluster.elasticsearch, report=lambda _line: None)
    assert report.clean, report
