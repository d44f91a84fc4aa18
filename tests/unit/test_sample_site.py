"""The sample site keeps its word: real-looking articles, and traps that answer as their names say."""

import asyncio
import gzip
import json
import sys
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from sample import DEMO_SLUG, SampleSite
from sample.article_page import LAYOUTS
from sample.dates import ago, day_and_time, parse_age

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2024, 10, 8, 5, 0, tzinfo=UTC)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.fixture
async def site() -> AsyncIterator[SampleSite]:
    running = SampleSite(NOW)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(site: SampleSite) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as opened:
        yield opened


def locations(xml: bytes) -> list[str]:
    return [element.text or "" for element in ET.fromstring(xml).iter(f"{SITEMAP}loc")]


# The articles


def test_articles_are_many_varied_and_spread_over_weeks() -> None:
    articles = SampleSite(NOW).articles
    assert len(articles) >= 64
    assert len({article.section for article in articles}) >= 7
    assert articles[0].published_at - articles[-1].published_at >= timedelta(days=14)
    assert {article.layout for article in articles} == set(LAYOUTS)
    assert all(article.published_at < NOW and article.published_at.second == 0 for article in articles)
    assert all(len(article.body) >= 4 for article in articles)


def test_titles_addresses_and_paragraphs_are_unique() -> None:
    articles = SampleSite(NOW).articles
    for values in (
        [article.title for article in articles],
        [article.path for article in articles],
        [article.teaser for article in articles],
        [paragraph for article in articles for paragraph in article.body],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_several_stories_have_enough_articles_for_a_widget() -> None:
    tags = Counter(tag for article in SampleSite(NOW).articles for tag in article.tags)
    assert sum(count >= 4 for count in tags.values()) >= 10


def test_demo_article_has_fresh_and_old_relatives() -> None:
    site = SampleSite(NOW)
    demo = site.article(DEMO_SLUG)
    relatives = [other for other in site.articles if other != demo and set(other.tags) & set(demo.tags)]
    assert sum(NOW - other.published_at <= timedelta(days=7) for other in relatives) >= 12
    assert sum(NOW - other.published_at >= timedelta(days=12) for other in relatives) >= 3
    assert NOW - demo.published_at > timedelta(days=14)


def test_times_follow_from_now() -> None:
    later = timedelta(days=3, hours=1)
    first, second = SampleSite(NOW), SampleSite(NOW + later)
    assert [article.path for article in first.articles] == [article.path for article in second.articles]
    assert all(
        after.published_at - before.published_at == later
        for before, after in zip(first.articles, second.articles, strict=True)
    )
    assert SampleSite(NOW).articles == first.articles


def test_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        SampleSite(NOW.replace(tzinfo=None))


def test_dates_are_written_as_in_a_newsroom() -> None:
    assert day_and_time(datetime(2024, 6, 19, 12, 5, tzinfo=UTC)) == "Rabu, 19 Juni 2024 19:05 WIB"
    assert [ago(NOW - parse_age(age), NOW) for age in ("5 menit", "18 jam", "7 hari")] == [
        "5 menit lalu",
        "18 jam lalu",
        "7 hari lalu",
    ]
    with pytest.raises(ValueError, match="menit, jam, hari"):
        parse_age("2 pekan")


# Their pages


async def test_every_article_page_says_what_its_layout_promises(site: SampleSite, client: httpx.AsyncClient) -> None:
    titles = set()
    for article in site.articles:
        response = await client.get(article.path)
        assert response.status_code == 200
        tree = LexborHTMLParser(response.text)
        layout = LAYOUTS[article.layout]

        heading = tree.css_first("h1")
        assert heading is not None
        assert heading.text() == article.title
        title = tree.css_first("title")
        assert title is not None
        titles.add(title.text())

        body = tree.css_first("#isi")
        assert body is not None
        paragraphs = [node.text() for node in body.css("p")]
        assert paragraphs[0] == article.dateline + article.body[0]
        assert [text for text in paragraphs[1:] if text in article.body] == list(article.body[1:])
        assert "Iklan" in paragraphs

        date = tree.css_first("p.date")
        assert (date.text() if date else None) == (day_and_time(article.published_at) if layout.visible_time else None)
        meta = tree.css_first('meta[property="article:published_time"]')
        assert (meta is not None) == layout.meta_time
        if meta is not None:
            content = meta.attributes["content"] or ""
            assert content.endswith("+07:00")
            assert datetime.fromisoformat(content) == article.published_at
        linked = [json.loads(node.text()) for node in tree.css('script[type="application/ld+json"]')]
        assert [data["@type"] for data in linked] == (["BreadcrumbList", "NewsArticle"] if layout.json_ld else [])
        if linked:
            assert datetime.fromisoformat(linked[1]["datePublished"]) == article.published_at
            assert linked[1]["headline"] == article.title
        canonical = tree.css_first('link[rel="canonical"]')
        assert (canonical is not None) == layout.canonical
        if canonical is not None:
            assert canonical.attributes["href"] == site.url + article.path
        caption = tree.css_first("figcaption")
        assert (caption.text() if caption else None) == article.caption
        assert (tree.css_first(".box-tag-detail") is not None) == layout.tags
    assert len(titles) == len(site.articles)


async def test_demo_widget_shows_ten_newest_first_with_one_sponsored(
    site: SampleSite, client: httpx.AsyncClient
) -> None:
    tree = LexborHTMLParser((await client.get(site.article(DEMO_SLUG).path)).text)
    cards = tree.css(".rekomendasi-artikel article")
    assert len(cards) == 10
    assert sum("sponsored" in (card.attributes["class"] or "") for card in cards) == 1
    addresses = {site.url + article.path: article for article in site.articles}
    shown = [
        addresses[link.attributes["href"] or ""]
        for card in cards
        if (link := card.css_first("h3 a")) and "mitra.example" not in (link.attributes["href"] or "")
    ]
    assert len(shown) == 9
    assert [article.published_at for article in shown] == sorted(
        (article.published_at for article in shown), reverse=True
    )
    assert all(NOW - article.published_at <= timedelta(days=7) for article in shown)
    times = [node.text() for node in tree.css(".rekomendasi-artikel article:not(.sponsored) .time")]
    assert times == [ago(article.published_at, NOW) for article in shown]


async def test_every_local_link_of_front_page_and_demo_article_answers(
    site: SampleSite, client: httpx.AsyncClient
) -> None:
    links = set()
    for path in ("/", site.article(DEMO_SLUG).path):
        tree = LexborHTMLParser((await client.get(path)).text)
        links |= {(node.attributes["href"] or "").removeprefix(site.url) for node in tree.css("a[href], link[href]")}
    local = {link for link in links if link.startswith("/") and not link.startswith("/admin/")}
    assert len(local) > 40
    assert {link for link in local if (await client.get(link)).status_code != 200} == set()


# Discovery


async def test_robots_forbids_admin_and_search_and_names_the_sitemap(
    site: SampleSite, client: httpx.AsyncClient
) -> None:
    lines = (await client.get("/robots.txt")).text.splitlines()
    assert "Disallow: /admin/" in lines
    assert "Disallow: /cari" in lines
    assert f"Sitemap: {site.url}/sitemap.xml" in lines
    assert site.traps["disallowed"].startswith("/admin/")


async def test_feed_has_the_newest_thirty_and_some_traps(site: SampleSite, client: httpx.AsyncClient) -> None:
    items = ET.fromstring((await client.get("/rss")).content).findall("channel/item")
    links = [item.findtext("link") for item in items]
    assert links[:30] == [site.url + article.path for article in site.articles[:30]]
    assert links[30:] == [site.url + site.traps[kind] for kind in ("tracking", "video", "paywall")]
    assert [parsedate_to_datetime(item.findtext("pubDate") or "") for item in items[:30]] == [
        article.published_at for article in site.articles[:30]
    ]


async def test_sitemaps_reach_every_article_and_every_trap(site: SampleSite, client: httpx.AsyncClient) -> None:
    index = locations((await client.get("/sitemap.xml")).content)
    found: dict[str, list[str]] = {}
    for url in index:
        content = (await client.get(url)).content
        found[url.rsplit("/", 1)[1]] = locations(gzip.decompress(content) if url.endswith(".gz") else content)
    assert found["sitemap-artikel.xml.gz"] == [site.url + article.path for article in site.articles]
    assert found["sitemap-jebakan.xml"] == [site.url + path for path in site.traps.values()]
    recent = [article for article in site.articles if NOW - article.published_at <= timedelta(days=2)]
    assert found["sitemap-news.xml"] == [site.url + article.path for article in recent]
    news = ET.fromstring((await client.get("/sitemap-news.xml")).content)
    assert [element.text for element in news.iter(f"{NEWS}title")] == [article.title for article in recent]


# Conditional GET


async def test_unchanged_page_answers_304(site: SampleSite, client: httpx.AsyncClient) -> None:
    for path in ("/", "/rss", "/sitemap.xml", "/robots.txt", site.articles[0].path, site.traps["hostile"]):
        first = await client.get(path)
        tag, modified = first.headers["etag"], first.headers["last-modified"]
        assert parsedate_to_datetime(modified) <= NOW
        for headers in (
            {"If-None-Match": tag},
            {"If-None-Match": f'"other", W/{tag}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": modified},
        ):
            answer = await client.get(path, headers=headers)
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        for headers in (
            {"If-None-Match": '"other"', "If-Modified-Since": modified},
            {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
            {"If-Modified-Since": "kemarin"},
        ):
            assert (await client.get(path, headers=headers)).status_code == 200


async def test_head_and_other_methods(site: SampleSite, client: httpx.AsyncClient) -> None:
    head = await client.head(site.articles[0].path)
    assert (head.status_code, head.content) == (200, b"")
    assert (await client.post("/")).status_code == 405


# Traps


async def test_traps_answer_with_their_status(site: SampleSite, client: httpx.AsyncClient) -> None:
    expected = dict.fromkeys(site.traps, 200) | {
        "redirect": 301,
        "loop": 302,
        "missing": 404,
        "gone": 410,
        "error": 500,
    }
    del expected["gzip_bomb"]  # the client would unpack all of it at once
    assert {kind: (await client.get(site.traps[kind])).status_code for kind in expected} == expected
    assert set(expected) >= {"listing", "video", "photo", "paywall", "undated", "broken", "hostile", "long", "noindex"}


async def test_redirects_lead_to_the_article_and_round_in_a_loop(site: SampleSite, client: httpx.AsyncClient) -> None:
    target = (await client.get(site.traps["redirect"])).headers["location"]
    assert target == site.article(DEMO_SLUG).path
    with pytest.raises(httpx.TooManyRedirects):
        await client.get(site.traps["loop"], follow_redirects=True)


async def test_twins_of_an_article_point_to_it(site: SampleSite, client: httpx.AsyncClient) -> None:
    demo = site.article(DEMO_SLUG)
    for kind in ("amp", "tracking"):
        canonical = LexborHTMLParser((await client.get(site.traps[kind])).text).css_first('link[rel="canonical"]')
        assert canonical is not None
        assert canonical.attributes["href"] == site.url + demo.path
    assert (await client.get(site.traps["tracking"])).content == (await client.get(demo.path)).content


async def test_paywalled_page_says_so_and_undated_page_has_no_time(site: SampleSite, client: httpx.AsyncClient) -> None:
    tree = LexborHTMLParser((await client.get(site.traps["paywall"])).text)
    script = tree.css_first('script[type="application/ld+json"]')
    assert script is not None
    assert json.loads(script.text())["isAccessibleForFree"] is False
    assert len(tree.css("#isi p")) == 1
    undated = (await client.get(site.traps["undated"])).text
    assert "WIB" not in undated
    assert "published_time" not in undated


async def test_charsets_lie_or_are_old(site: SampleSite, client: httpx.AsyncClient) -> None:
    old = await client.get(site.traps["latin1"])
    assert "crème brûlée" in old.content.decode("iso-8859-1")
    with pytest.raises(UnicodeDecodeError):
        old.content.decode("utf-8")
    lying = await client.get(site.traps["wrong_charset"])
    assert "iso-8859-1" in lying.headers["content-type"]
    assert "“Warna biru" in lying.content.decode("utf-8")
    broken = (await client.get(site.traps["broken"])).content
    with pytest.raises(UnicodeDecodeError):
        broken.decode("utf-8")


async def test_hostile_page_carries_injections_everywhere(site: SampleSite, client: httpx.AsyncClient) -> None:
    text = (await client.get(site.traps["hostile"])).text
    for sign in ("onerror=", "javascript:", "</script><script>alert(6)", "srcdoc=", "&lt;script&gt;", "onmouseover="):
        assert sign in text
    scripts = LexborHTMLParser(text).css('script[type="application/ld+json"]')
    with pytest.raises(json.JSONDecodeError):
        json.loads(scripts[0].text())
    assert "<script>" in json.loads(scripts[1].text())["headline"]


async def test_big_pages_are_big(site: SampleSite, client: httpx.AsyncClient) -> None:
    cap = 4 * 1024 * 1024
    assert 1_000_000 < len((await client.get(site.traps["long"])).content) < cap
    large = await client.get(site.traps["too_large"])
    assert len(large.content) > cap
    assert "content-length" not in large.headers
    async with client.stream("GET", site.traps["gzip_bomb"]) as bomb:
        assert bomb.headers["content-encoding"] == "gzip"
        packed = b"".join([chunk async for chunk in bomb.aiter_raw()])
    unpacker, size = zlib.decompressobj(wbits=31), 0
    while packed:
        size += len(unpacker.decompress(packed, 1024 * 1024))
        packed = unpacker.unconsumed_tail
    assert size > 64 * 1024 * 1024


# Change and observation


async def test_update_publishes_a_new_version_of_one_article(site: SampleSite, client: httpx.AsyncClient) -> None:
    slug, other = site.articles[5].slug, site.articles[40].path
    before, other_before = await client.get(site.article(slug).path), await client.get(other)
    at = NOW + timedelta(minutes=30)
    changed = site.update(slug, body=["Paragraf ralat satu.", "Paragraf ralat dua."], at=at)
    after = await client.get(changed.path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "Paragraf ralat dua." in after.text
    assert parsedate_to_datetime(after.headers["last-modified"]) == at
    assert (changed.published_at, changed.modified_at) == (site.article(slug).published_at, at)
    assert (await client.get(other)).headers["last-modified"] == other_before.headers["last-modified"]


async def test_removed_article_is_gone_and_nowhere_named(site: SampleSite, client: httpx.AsyncClient) -> None:
    victim = site.articles[0]
    site.remove(victim.slug)
    assert (await client.get(victim.path)).status_code == 410
    assert victim not in site.articles
    for path in ("/", "/rss", "/sitemap-news.xml", f"/{victim.section}", "/indeks"):
        assert victim.path not in (await client.get(path)).text
    with pytest.raises(KeyError):
        site.remove(victim.slug)


async def test_requests_are_logged_in_order_with_their_times(site: SampleSite, client: httpx.AsyncClient) -> None:
    start = time.monotonic()
    await client.get("/", headers={"User-Agent": "penguji/1"})
    await client.get("/tidak-ada?x=1")
    first, second = site.requests
    assert (first.method, first.path, first.user_agent, first.status) == ("GET", "/", "penguji/1", 200)
    assert (second.path, second.status) == ("/tidak-ada?x=1", 404)
    assert first.finished is not None
    assert second.finished is not None
    assert start < first.at <= first.finished <= second.at <= second.finished


async def test_site_listens_on_loopback_only_and_says_when_a_port_is_taken(site: SampleSite) -> None:
    assert site.url.startswith("http://127.0.0.1:")
    rival = SampleSite(NOW)
    with pytest.raises(RuntimeError, match="await start"):
        _ = rival.url
    with pytest.raises(OSError, match="in use"):
        await rival.start(port=int(site.url.rsplit(":", 1)[1]))


async def test_command_prints_its_address_and_ends_on_a_signal() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sample", "--now", NOW.isoformat(), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        ready = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient(trust_env=False) as client:
            text = (await client.get(ready["demo"])).text
        assert day_and_time(SampleSite(NOW).article(DEMO_SLUG).published_at) in text
    finally:
        process.terminate()
    assert await process.wait() == 0
