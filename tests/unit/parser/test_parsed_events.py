"""What the parser sends for a page: the article or the outcome first, then requests, within depth and never by hand."""

import pytest
from msgspec import structs

from services.parser.app import dropped, published
from services.parser.parse import Parsed
from shared.articles import Article
from shared.delivery import Outgoing
from shared.errors import Skip
from shared.events import CrawlRequested, FoundBy, PageDropped
from tests.unit.parser.pages import URL, page

LINKS = ("https://kabar.example.id/read/1/satu", "https://dunia.example.id/read/2/dua")
ARTICLE = Article(title="Judul", canonical_url=URL, site="example.id", body=("Isi.",))
LISTING = Skip("listing", "its address says so", links=LINKS)


def requests(outgoing: list[Outgoing]) -> list[CrawlRequested]:
    assert [one.ordinal for one in outgoing[1:]] == list(range(len(outgoing) - 1))
    return [one.event for one in outgoing if isinstance(one.event, CrawlRequested)]


def test_links_are_one_deeper_of_an_article_and_of_a_listing() -> None:
    wanted = [CrawlRequested(url=url, found_by="link", depth=1) for url in LINKS]
    assert requests(published(page(b"x"), Parsed(article=ARTICLE, links=LINKS), max_depth=1)) == wanted
    outgoing = dropped(page(b"x"), LISTING, max_depth=1)
    assert isinstance(outgoing[0].event, PageDropped)
    assert requests(outgoing) == wanted
    assert [one.key for one in outgoing] == [URL, "kabar.example.id", "dunia.example.id"]


def test_links_end_at_the_depth() -> None:
    deep = structs.replace(page(b"x"), depth=2)
    assert requests(published(deep, Parsed(article=ARTICLE, links=LINKS), max_depth=2)) == []
    assert requests(dropped(deep, LISTING, max_depth=2)) == []


def test_another_page_to_read_is_as_deep_as_this_one() -> None:
    elsewhere = Skip("not_canonical", canonical_url=URL)
    deep = structs.replace(page(b"x", url=URL + "?amp=1"), depth=2)
    assert requests(dropped(deep, elsewhere, max_depth=2)) == [CrawlRequested(url=URL, found_by="canonical", depth=2)]


@pytest.mark.parametrize("found_by", ["import", "replay", "refetch"])
def test_what_came_by_hand_leads_nowhere(found_by: FoundBy) -> None:
    by_hand = page(b"x", found_by=found_by)
    assert len(published(by_hand, Parsed(article=ARTICLE, links=LINKS), max_depth=2)) == 1
    assert len(dropped(by_hand, LISTING, max_depth=2)) == 1
    assert len(dropped(by_hand, Skip("not_canonical", canonical_url=URL), max_depth=2)) == 1
