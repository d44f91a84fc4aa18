"""Which addresses are pages of an article: its own with a number or the wish for all, and nothing else."""

import pytest

from services.parser.page_index import read_index
from services.parser.pager import Pager, article_of_whole, is_whole, part_number, read_pager
from services.parser.tree import parse_tree
from shared.parts import MAX_PARTS
from tests.unit.parser.pages import URL


def pager(body: str, *, url: str = URL) -> Pager:
    return read_pager(read_index(parse_tree(f"<html><body>{body}</body></html>")), url=url, first=url, base=url)


@pytest.mark.parametrize("more", ["?page=all", "?single=1", "?showpage=all", "?hal=semua", "/all", "/?page=all"])
def test_the_one_page_view(more: str) -> None:
    assert is_whole(URL + more, of=URL)
    found = pager(f"<a href='{URL}?page=2'>2</a><a href='{URL}{more}'>Tampilkan Semua</a>")
    assert [is_whole(part, of=URL) for part in found.parts(URL)] == [True]


@pytest.mark.parametrize("other", ["?page=2", "?page=all&x=1", "?comments=all", "?amp=1", "?single=0", "", "/lain/all"])
def test_what_is_no_one_page_view(other: str) -> None:
    assert not is_whole(URL + other, of=URL)


def test_the_article_of_a_one_page_view() -> None:
    assert article_of_whole(URL + "?page=all") == URL
    assert article_of_whole(URL + "?id=7&single=1") == URL + "?id=7"
    assert article_of_whole(URL) is None
    assert article_of_whole("https://kabar.example.id/tag?page=all") is None


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ("?page=2", 2), ("?halaman=12", 12), ("/3", 3), ("/3/", 3), ("/page/4", 4), ("/halaman-2", 2), ("?page=1", 1),
        ("?page=0", None), ("?page=100", None), ("?page=x", None), ("?cpage=2", None), ("?page=2&x=1", None),
        ("-2", None), ("/2024/2", None), ("", None),
    ],
)  # fmt: skip
def test_a_page_by_number(more: str, number: int | None) -> None:
    assert part_number(URL + more, of=URL) == number


@pytest.mark.parametrize("form", ["?page={}", "/{}", "/{}/", "/page/{}"])
def test_pages_that_are_not_linked_are_like_those_that_are(form: str) -> None:
    links = "".join(f"<a href='{URL}{form.format(number)}'>{number}</a>" for number in (1, 2, 5))
    assert pager(links).parts(URL) == (URL, *(URL + form.format(number) for number in (2, 3, 4, 5)))


def test_no_end_of_pages_is_asked_for() -> None:
    assert len(pager(f"<a href='{URL}?page=2'>2</a><a href='{URL}?page=99'>99</a>").parts(URL)) == MAX_PARTS


def test_a_site_whose_way_is_known_is_asked_for_one_page() -> None:
    found = pager(f"<link rel='next' href='{URL}?page=2'>")
    assert found.parts(URL, whole_page="?page=all") == (URL + "?page=all",)
    assert found.parts(URL + "?id=1", whole_page="?page=all") == (URL + "?id=1&page=all",)
    assert Pager().parts(URL, whole_page="?page=all") == ()


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='komentar'><a href='{URL}?page=2'>2</a></div>",
        f"<div id='related-list'><p><a href='{URL}?page=2'>2</a></p></div>",
        f"<a rel='nofollow' href='{URL}?page=2'>2</a>",
        f"<a href='{URL.replace('kabar.', 'lain.')}?page=2'>2</a>",
        "<link rel='next' href='/read/12346/berita-yang-lain'>",
        "<a href='/indeks?page=2'>Selanjutnya</a>",
    ],
)
def test_what_is_no_pager_of_the_article(body: str) -> None:
    assert pager(body) == Pager()
