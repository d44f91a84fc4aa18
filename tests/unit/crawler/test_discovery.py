from datetime import UTC, datetime, timedelta

from services.crawler.discovery import ANNOUNCE_AGAIN_AFTER, Discovery
from services.crawler.sites import parse_sites
from shared.events import CrawlRequested

NOW = datetime(2024, 10, 8, tzinfo=UTC)
SITES = parse_sites('[a]\nhosts = ["contoh.example"]\n')
BASE = "https://contoh.example"
FEED = CrawlRequested(url=f"{BASE}/rss", kind="feed")
MAP = CrawlRequested(url=f"{BASE}/sitemap.xml", kind="sitemap")


def rss(*urls: str) -> bytes:
    return f"<rss><channel>{''.join(f'<item><link>{url}</link></item>' for url in urls)}</channel></rss>".encode()


def test_new_items_are_requested_once_and_again_after_an_hour() -> None:
    discovery = Discovery(SITES, lambda url: url.endswith("/dikenal"))
    body = rss(f"{BASE}/baru", f"{BASE}/dikenal", "https://iklan.example/x")

    def found(now: datetime) -> list[CrawlRequested]:
        return [follow.request for follow in discovery.listed(FEED, FEED.url, body, "application/rss+xml", now)]

    assert found(NOW) == [CrawlRequested(url=f"{BASE}/baru", found_by="feed")]
    assert found(NOW + timedelta(minutes=1)) == []
    assert len(found(NOW + ANNOUNCE_AGAIN_AFTER)) == 1


def test_a_childs_request_has_the_same_root_at_the_same_date() -> None:
    def index(lastmod: str) -> bytes:
        return f"<sitemapindex><sitemap><loc>/a.xml</loc>{lastmod}</sitemap></sitemapindex>".encode()

    def roots(body: bytes, now: datetime) -> list[str | None]:
        fresh = Discovery(SITES, lambda _url: False)
        return [follow.root for follow in fresh.listed(MAP, MAP.url, body, "text/xml", now)]

    dated = index("<lastmod>2024-10-08</lastmod>")
    assert roots(dated, NOW) == roots(dated, NOW + timedelta(days=1))
    assert roots(dated, NOW) != roots(index("<lastmod>2024-10-09</lastmod>"), NOW)
    assert roots(index(""), NOW) == roots(index(""), NOW + timedelta(minutes=59))
    assert roots(index(""), NOW) != roots(index(""), NOW + timedelta(minutes=60))


def test_children_are_sitemaps_one_deeper_of_related_sites() -> None:
    body = f"""<sitemapindex><sitemap><loc>{BASE}/a.xml</loc></sitemap>
<sitemap><loc>https://lain.example/a.xml</loc></sitemap></sitemapindex>""".encode()
    (follow,) = Discovery(SITES, lambda _url: False).listed(MAP, MAP.url, body, "text/xml", NOW)
    assert follow.request == CrawlRequested(url=f"{BASE}/a.xml", kind="sitemap", found_by="sitemap", depth=1)


def test_sitemaps_that_robots_names_are_asked_for_once_an_interval_and_only_of_related_sites() -> None:
    discovery = Discovery(SITES, lambda _url: False, named_every=timedelta(minutes=5))
    robots = f"{BASE}/robots.txt"
    named = (
        f"{BASE}/peta.xml",
        "/lain.xml",
        "https://lain.example/peta.xml",
        robots,
        "javascript:x",
        f"{BASE}/peta.xml",
    )

    def found(now: datetime) -> list[CrawlRequested]:
        return [follow.request for follow in discovery.named(robots, named, now)]

    assert found(NOW) == [
        CrawlRequested(url=f"{BASE}/{name}.xml", kind="sitemap", found_by="sitemap", depth=1)
        for name in ("peta", "lain")
    ]
    assert found(NOW + timedelta(minutes=4)) == []
    assert len(found(NOW + timedelta(minutes=5))) == 2
