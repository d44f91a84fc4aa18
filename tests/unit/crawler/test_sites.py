import pytest

from services.crawler.sites import load_sites, parse_sites
from shared.errors import ConfigurationError


def test_a_new_site_is_three_lines() -> None:
    sites = parse_sites('[contoh]\nhosts = ["contoh.co.id"]\nfeeds = ["https://www.contoh.co.id/rss"]\n')
    (site,) = sites
    assert site.feeds == ("https://www.contoh.co.id/rss",)
    assert sites.of("https://nasional.contoh.co.id/a") is site
    assert sites.of("https://contoh.co.id/a") is site
    assert sites.of("https://bukancontoh.co.id/a") is None
    assert sites.of("https://contoh.co.id.jahat.example/a") is None


def test_hosts_follow_from_the_urls() -> None:
    sites = parse_sites('[a]\nfeeds = ["https://rss.tempo.co/nasional"]\n[b]\nseeds = ["http://127.0.0.1:8000/"]\n')
    assert [site.hosts for site in sites] == [("tempo.co",), ("127.0.0.1",)]


def test_include_and_exclude() -> None:
    (site,) = parse_sites("""
[contoh]
hosts = ["contoh.example"]
include = ['/read/\\d+/']
exclude = ['\\?page=']
""")
    assert site.admits("https://contoh.example/read/12/judul")
    assert not site.admits("https://contoh.example/indeks")
    assert not site.admits("https://contoh.example/read/12/judul?page=2")


def test_where_a_source_may_lead() -> None:
    sites = parse_sites('[a]\nhosts = ["tempo.co"]\n')
    assert sites.related("https://feeds.example/tempo", "https://dunia.tempo.co/a")
    assert sites.related("https://a.lain.co.id/x", "https://b.lain.co.id/y")
    assert not sites.related("https://tempo.co/x", "https://lain.co.id/y")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "isn't TOML"),
        ("[a]\n", r"\[a\] needs hosts"),
        ("a = 1\n", r"\[a\]"),
        ('[a]\nfeed = ["https://x.example/"]\n', "feed"),
        ('[a]\nfeeds = "https://x.example/"\n', "array"),
        ('[a]\nfeeds = ["x.example/rss"]\n', "absolute"),
        ('[a]\nhosts = ["x.example"]\nexclude = ["("]\n', "regular expression"),
    ],
)
def test_mistakes_are_named(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_sites(text)


def test_a_missing_file_is_named(tmp_path: object) -> None:
    from pathlib import Path

    with pytest.raises(ConfigurationError, match="WARTA_CRAWLER_SITES"):
        load_sites(Path(str(tmp_path)) / "tidak-ada.toml")
    assert list(load_sites(None)) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('feeds = ["https://rss.contoh.co.id/a"]', ()),
        (
            'feeds = ["https://rss.contoh.co.id/a"]\nrobots_sitemaps = true',
            ("https://rss.contoh.co.id", "https://contoh.co.id"),
        ),
        ('hosts = ["contoh.co.id"]', ("https://contoh.co.id",)),
        (
            'hosts = ["contoh.co.id"]\nseeds = ["http://contoh.co.id/a", "http://contoh.co.id/b"]',
            ("http://contoh.co.id",),
        ),
        ('seeds = ["http://127.0.0.1:8000/"]', ("http://127.0.0.1:8000",)),
        ('hosts = ["127.0.0.1"]', ()),
        ('sitemaps = ["https://contoh.co.id/peta.xml"]', ()),
        ('sitemaps = ["https://contoh.co.id/peta.xml"]\nrobots_sitemaps = true', ("https://contoh.co.id",)),
        ('feeds = ["https://contoh.co.id/rss"]\nrobots_sitemaps = false', ()),
    ],
)
def test_whose_robots_name_the_sitemaps(lines: str, expected: tuple[str, ...]) -> None:
    (site,) = parse_sites(f"[a]\n{lines}\n")
    assert site.robots() == tuple(f"{origin}/robots.txt" for origin in expected)
