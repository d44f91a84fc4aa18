from collections import Counter
from datetime import UTC, datetime, timedelta

from services.crawler.admission import MAX_SITEMAP_DEPTH, refusal
from services.crawler.discovery import ANNOUNCE_AGAIN_AFTER, Discovery
from services.crawler.job import Follow
from services.crawler.sites import parse_sites
from shared.events import CrawlRequested
from shared.urls import host_of

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


def test_a_sitemap_that_lists_itself_goes_so_deep_and_no_deeper() -> None:
    body = f"<sitemapindex><sitemap><loc>{MAP.url}</loc></sitemap></sitemapindex>".encode()
    discovery = Discovery(SITES, lambda _url: False)
    wanted, read = [MAP], 0
    while wanted:
        source = wanted.pop()
        if refusal(source, source.url, SITES, max_depth=2) is None:
            read += 1
            now = NOW + timedelta(days=read)  # not even when it is news each time
            wanted += [follow.request for follow in discovery.listed(source, source.url, body, "text/xml", now)]
    assert read == 1 + MAX_SITEMAP_DEPTH


def test_a_host_whose_sources_list_no_end_is_asked_for_so_much_a_day() -> None:
    discovery = Discovery(SITES, lambda _url: False, most_a_day=30)
    found: list[Follow] = []
    for number in range(20):
        index = [f"<sitemap><loc>{BASE}/{number}-{child}.xml</loc></sitemap>" for child in range(2)]
        body = f"<sitemapindex>{''.join(index)}</sitemapindex>".encode()
        found += discovery.listed(MAP, MAP.url, body, "text/xml", NOW)
        pages = rss(*(f"{BASE}/read/{number}-{page}" for page in range(2)), f"https://b.contoh.example/{number}")
        found += discovery.listed(FEED, FEED.url, pages, "application/rss+xml", NOW)
    hosts = Counter(host_of(follow.request.url) for follow in found)
    assert hosts == {"contoh.example": 30, "b.contoh.example": 20}
    late = rss(f"{BASE}/read/19-1")
    assert not discovery.listed(FEED, FEED.url, late, "application/rss+xml", NOW)
    tomorrow = discovery.listed(FEED, FEED.url, late, "application/rss+xml", NOW + timedelta(days=1))
    assert [follow.request.url for follow in tomorrow] == [f"{BASE}/read/19-1"]
