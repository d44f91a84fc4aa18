"""An article on several pages ends as one under its canonical address, whatever way its pages came."""

import itertools

import msgspec
import pytest
from msgspec import structs

from services.parser.app import published
from services.parser.parse import Parsed, parse
from shared.errors import DeadLetter, Skip
from shared.events import CrawlRequested, FoundBy, PageFetched
from shared.parts import PARTS_TYPE, PagePart, pack
from tests.unit.parser.pages import URL, page

TITLE = "Warga Lembah Perbaiki Irigasi Bersama-sama"
ALL = URL + "?page=all"
TEXTS = [
    [f"Paragraf {number} dari halaman {part} bercerita tentang saluran air yang diperbaiki warga." for number in (1, 2)]
    for part in (1, 2, 3)
]
EVERYWHERE = "Laporan ini adalah bagian dari liputan panjang kami tentang pertanian di lembah."


def html(*texts: list[str], links: tuple[str, ...] = (), canonical: str | None = URL) -> str:
    said = f"<link rel='canonical' href='{canonical}'>" if canonical else ""
    anchors = "".join(f"<a href='{link}'>x</a>" for link in links)
    paragraphs = "".join(f"<p>{text}</p>" for text in (*itertools.chain(*texts), EVERYWHERE))
    return (
        f"<!doctype html><html lang='id'><head><title>{TITLE}</title><meta property='og:type' content='article'>{said}"
        f"</head><body><article><h1>{TITLE}</h1>{paragraphs}<div class='paging'>{anchors}</div></article></body></html>"
    )


def in_parts(*bodies: str, found_by: FoundBy = "canonical") -> PageFetched:
    parts = [
        PagePart(url=URL if number == 1 else f"{URL}?page={number}", content_type="text/html", body=body.encode())
        for number, body in enumerate(bodies, 1)
    ]
    return page(pack(parts), content_type=PARTS_TYPE, found_by=found_by)


def is_part(parsed: Parsed) -> bool:
    return parsed.article.provenance["body"].is_part


def requests(fetched: PageFetched) -> list[CrawlRequested]:
    outgoing = published(fetched, parse(fetched), max_depth=0)
    return [one.event for one in outgoing if isinstance(one.event, CrawlRequested)]


FIRST = page(html(TEXTS[0], links=(URL + "?page=2", URL + "?page=3")))
WITH_ALL = page(html(TEXTS[0], links=(URL + "?page=2", ALL)))


def test_the_first_page_is_an_article_that_says_it_is_a_part_and_asks_for_the_rest() -> None:
    parsed = parse(FIRST)
    assert list(parsed.article.body) == [*TEXTS[0], EVERYWHERE]
    assert is_part(parsed)
    assert parsed.links == ()
    parts = (URL, URL + "?page=2", URL + "?page=3")
    assert requests(FIRST) == [CrawlRequested(url=URL, found_by="canonical", parts=parts)]


def test_the_one_page_view_is_asked_for_where_there_is_one() -> None:
    assert requests(WITH_ALL) == [CrawlRequested(url=URL, found_by="canonical", parts=(ALL,))]
    assert is_part(parse(WITH_ALL))


def test_an_article_on_one_page_asks_for_nothing() -> None:
    whole = page(html(TEXTS[0], links=("/read/2/lain?page=2", "/indeks?page=2")))
    assert not is_part(parse(whole))
    assert requests(whole) == []


@pytest.mark.parametrize("found_by", ["import", "replay"])
def test_stored_pages_ask_for_nothing(found_by: FoundBy) -> None:
    assert requests(structs.replace(FIRST, found_by=found_by)) == []
    assert len(requests(structs.replace(FIRST, found_by="refetch"))) == 1


@pytest.mark.parametrize("canonical", [URL, None, ALL, URL + "/"])
def test_the_page_of_the_one_page_view_makes_the_article_under_the_canonical_address(canonical: str | None) -> None:
    """Also where the template calls any address canonical."""
    asked = structs.replace(page(html(*TEXTS, links=(URL, ALL), canonical=canonical)), final_url=ALL)
    parsed = parse(asked)
    assert parsed.article.canonical_url.rstrip("/") == URL
    assert list(parsed.article.body) == [*itertools.chain(*TEXTS), EVERYWHERE]
    assert not is_part(parsed)
    assert requests(asked) == []


@pytest.mark.parametrize("found_by", ["link", "import"])
@pytest.mark.parametrize("canonical", [URL, None])
def test_a_one_page_view_that_came_by_itself_makes_the_article_too(found_by: FoundBy, canonical: str | None) -> None:
    parsed = parse(page(html(*TEXTS, canonical=canonical), url=ALL, found_by=found_by))
    assert parsed.article.canonical_url == URL
    assert not is_part(parsed)


@pytest.mark.parametrize("canonical", [URL, None, URL + "?page=2"])
def test_a_later_page_leads_to_the_first(canonical: str | None) -> None:
    with pytest.raises(Skip) as skip:
        parse(page(html(TEXTS[1], links=(URL, URL + "?page=3"), canonical=canonical), url=URL + "?page=2"))
    assert (skip.value.reason, skip.value.canonical_url) == ("not_canonical", URL)


def test_a_number_alone_makes_no_later_page() -> None:
    alone = page(html(TEXTS[0], canonical=None), url=URL + "?page=2")
    assert parse(alone).article.canonical_url == URL + "?page=2"


@pytest.mark.parametrize("canonical", [URL, None, URL + "?page=2"])
def test_parts_are_joined_and_what_each_repeats_counts_once(canonical: str | None) -> None:
    first = html(TEXTS[0], links=(URL + "?page=2", URL + "?page=3"))
    later = [html(text, links=(URL,), canonical=canonical) for text in TEXTS[1:]]
    whole = in_parts(first, *later)
    parsed = parse(whole)
    assert list(parsed.article.body) == [*TEXTS[0], EVERYWHERE, *TEXTS[1], *TEXTS[2]]
    assert parsed.article.canonical_url == URL
    assert not is_part(parsed)
    assert requests(whole) == []


def test_parts_that_come_up_later_are_asked_for_with_all_the_others() -> None:
    two = in_parts(html(TEXTS[0], links=(URL + "?page=2",)), html(TEXTS[1], links=(URL + "?page=3",)))
    assert is_part(parse(two))
    assert [len(request.parts) for request in requests(two)] == [3]


def test_a_part_that_can_not_be_read_ends_the_article_there() -> None:
    parsed = parse(in_parts(html(TEXTS[0], links=(URL + "?page=2",)), "", html(TEXTS[2])))
    assert list(parsed.article.body) == [*TEXTS[0], EVERYWHERE]
    assert is_part(parsed)


def test_a_later_page_need_not_look_like_an_article() -> None:
    bare = f"<html><body><h1>{TITLE}</h1><p>Akhirnya air mengalir lagi ke sawah.</p></body></html>"
    parsed = parse(in_parts(html(TEXTS[0], links=(URL + "?page=2",)), bare))
    assert parsed.article.body[-1] == "Akhirnya air mengalir lagi ke sawah."
    assert not is_part(parsed)


@pytest.mark.parametrize("body", [b"x", b"\x93\x01", msgspec.msgpack.encode(())])
def test_a_body_that_is_no_parts_is_a_dead_letter(body: bytes) -> None:
    with pytest.raises(DeadLetter, match="undecodable_page"):
        parse(page(body, content_type=PARTS_TYPE))


def test_a_profile_knows_the_sites_way() -> None:
    url = "https://nasional.kompas.com/read/2024/10/08/10000001/warga-lembah-perbaiki-irigasi"
    text = html(TEXTS[0], links=(url + "?page=2",), canonical=url)
    assert parse(page(text, url=url)).parts == (url + "?page=all",)


@pytest.mark.parametrize("broken", [b"\x81\x00\x02" * 200, b"<div>" * 1_000_000, b""])
def test_a_later_part_that_can_not_be_read_leaves_those_before_it(broken: bytes) -> None:
    parts = [
        PagePart(url=URL, content_type="text/html", body=html(TEXTS[0]).encode()),
        PagePart(url=f"{URL}?page=2", content_type="text/html", body=html(TEXTS[1]).encode()),
        PagePart(url=f"{URL}?page=3", content_type="text/html", body=broken),
    ]
    parsed = parse(page(pack(parts), content_type=PARTS_TYPE))
    assert [text for text in parsed.article.body if text != EVERYWHERE] == [*TEXTS[0], *TEXTS[1]]
    assert is_part(parsed)
