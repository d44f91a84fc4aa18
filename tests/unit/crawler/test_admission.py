import pytest

from services.crawler.admission import PRIORITY, is_trap, refusal
from services.crawler.sites import parse_sites
from shared.events import CrawlRequested, FetchRefusal, FoundBy

SITES = parse_sites('[contoh]\nhosts = ["contoh.example"]\nexclude = ["/komik/"]\n')
SITE = "https://contoh.example"


@pytest.mark.parametrize(
    ("url", "found_by", "depth", "reason"),
    [
        (f"{SITE}/read/1", "feed", 0, None),
        (f"{SITE}/read/1", "link", 2, None),
        (f"{SITE}/read/1", "link", 3, "too_deep"),
        (f"{SITE}/read/1", "redirect", 7, None),
        (f"{SITE}/read/1", "redirect", 8, "too_deep"),
        (f"{SITE}/komik/1", "feed", 0, "excluded"),
        (f"{SITE}/komik/1", "seed", 0, None),
        (f"{SITE}/komik/1", "refetch", 0, None),
        (f"{SITE}/a/b/a/b/a/b", "link", 1, "trap"),
        ("https://lain.example/read/1", "link", 1, "off_site"),
        ("https://lain.example/read/1", "seed", 0, None),
        ("https://lain.example/read/1", "redirect", 1, None),
        ("https://lain.example/read/1", "canonical", 0, None),
    ],
)
def test_refusals(url: str, found_by: FoundBy, depth: int, reason: FetchRefusal | None) -> None:
    request = CrawlRequested(url=url, found_by=found_by, depth=depth)
    assert refusal(request, url, SITES, max_depth=2) == reason


def test_a_sitemap_of_sitemaps_of_sitemaps_ends() -> None:
    def child(depth: int) -> FetchRefusal | None:
        request = CrawlRequested(url=f"{SITE}/s.xml", kind="sitemap", found_by="sitemap", depth=depth)
        return refusal(request, request.url, SITES, max_depth=2)

    assert [child(depth) for depth in (1, 3, 4)] == [None, None, "too_deep"]


def test_traps() -> None:
    assert is_trap("https://a.example/x/x/x")
    assert is_trap("https://a.example/" + "/".join(map(str, range(30))))
    assert is_trap("https://a.example/cari?" + "&".join(f"f{number}=1" for number in range(9)))
    assert is_trap("https://a.example/cari?f[]=1&f[]=2&f[]=3&f[]=4")
    assert not is_trap("https://a.example/index.php?id=1&kanal=a&hal=2&f[]=1&f[]=2")
    assert not is_trap("https://a.example/2024/10/08/10/judul")
    assert not is_trap("https://a.example/")


def test_every_way_to_be_found_has_a_priority() -> None:
    from typing import get_args

    assert set(PRIORITY) == set(get_args(FoundBy))
