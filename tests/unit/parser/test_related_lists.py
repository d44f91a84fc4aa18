# ruff: noqa: E501 - pages stand on one line
"""Related lists of unknown sites: which words announce them, where they begin and end, and what was paid for."""

from datetime import UTC, datetime

import pytest

from services.parser.related_headings import strength_of
from shared.articles import RelatedLink
from tests.unit.parser.pages import URL, parse_html

TITLE = "Warga Lembah Perbaiki Irigasi Bersama-sama"
HEAD = f"<title>{TITLE}</title><meta property='og:type' content='article'>"
TEXT = "<p>Ratusan warga Lembah memperbaiki saluran irigasi pada akhir pekan lalu bersama para petugas desa.</p>"
OTHERS = "<ul><li><a href='/read/91/a'>Sekolah Terapung Dibuka</a></li><li><a href='/read/92/b'>Kopi Lereng Naik Harga</a></li></ul>"


def related(body: str) -> tuple[RelatedLink, ...]:
    return parse_html(HEAD, f"<h1>{TITLE}</h1><article>{TEXT}</article>{body}").article.related


def titles(body: str) -> list[str]:
    return [item.title for item in related(body)]


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("Berita Terkait", 3),
        ("BACA JUGA:", 3),
        ("Kumpulan Berita Terkait", 3),
        ("Simak juga", 3),
        ("Artikel sejenis", 3),
        ("Rekomendasi untuk Anda", 2),
        ("Banjir di Lembah: Berita Terkait", 2),
        ("Related News", 2),
        ("You may also like", 2),
        ("Berita Lainnya", 1),
        ("More from Kabar", 1),
        ("Topik Terkait", 0),
        ("Terpopuler", 0),
        ("Baca juga bahwa warga Lembah memperbaiki saluran irigasi mereka", 0),
        ("", 0),
    ],
)
def test_how_clear_the_words_are(text: str, strength: int) -> None:
    assert strength_of(text) == strength


@pytest.mark.parametrize(
    "heading",
    [
        "<h3>Berita Terkait</h3>",
        "<div class=ttl>Berita <b>Terkait</b></div>",
        "<p><span>BERITA</span> <span>TERKAIT</span></p>",
    ],
)
def test_the_items_under_the_words(heading: str) -> None:
    assert titles(f"<div>{heading}{OTHERS}</div>") == ["Sekolah Terapung Dibuka", "Kopi Lereng Naik Harga"]


def test_the_clearest_words_win_wherever_they_stand() -> None:
    other = "<h3>Berita Lainnya</h3><ul><li><a href='/read/93/c'>Panggung Wayang di Alun-alun</a></li></ul>"
    assert titles(f"<div>{other}</div><div><p>Baca Juga</p>{OTHERS}</div>") == [
        "Sekolah Terapung Dibuka",
        "Kopi Lereng Naik Harga",
    ]


def test_lists_under_equal_words_are_one() -> None:
    again = "<div><h4>Baca Juga</h4><a href='/read/94/d'>Kincir Air Desa Menyala Lagi</a></div>"
    assert titles(f"<div><p>Baca Juga</p>{OTHERS}</div>{again}")[2:] == ["Kincir Air Desa Menyala Lagi"]


def test_a_list_in_two_columns_and_one_of_cards() -> None:
    columns = f"<div class='col left'>{OTHERS}</div><div class='col right'><ul><li><a href='/read/95/e'>Tambak Garam Diperluas Lagi</a></li></ul></div>"
    assert len(titles(f"<section><h3>Berita Terkait</h3>{columns}</section>")) == 3
    cards = "".join(
        f"<div class=card><img src=/{n}.jpg><h4><a href='/read/9{n}/x'>Kabar Desa Nomor {n}</a></h4></div>"
        for n in range(4)
    )
    assert len(titles(f"<section><h3>Berita Terkait</h3>{cards}</section>")) == 4


def test_another_heading_ends_the_search() -> None:
    assert titles(f"<div><p>Baca Juga</p><div><h3>Terpopuler</h3>{OTHERS}</div></div>") == []


def test_pointers_in_the_text_count_where_there_is_no_list() -> None:
    pointer = "<p><strong>Baca juga: <a href='/read/96/f'>Jembatan Gantung Selesai Dibangun</a></strong></p>"
    assert titles(pointer) == ["Jembatan Gantung Selesai Dibangun"]
    assert titles(f"{pointer}<div><h3>Berita Terkait</h3>{OTHERS}</div>") == [
        "Sekolah Terapung Dibuka",
        "Kopi Lereng Naik Harga",
    ]


def test_neither_the_article_itself_nor_links_within_sentences() -> None:
    own = f"<ul><li><a href='{URL}?utm_source=x'>{TITLE}</a></li></ul>"
    assert titles(f"<div><h3>Berita Terkait</h3>{own}</div>") == []
    sentence = "<p>Kata warga, <a href='/read/97/g'>jembatan gantung itu</a> selesai sebelum musim hujan tiba, walau bahannya datang terlambat dan tenaga kurang.</p>"
    assert titles(f"<div><h3>Berita Lainnya</h3>{sentence}</div>") == []


def test_links_to_sections_are_no_articles() -> None:
    assert titles("<div><h3>More from Kabar</h3><ul><li><a href='/budaya'>Seni dan Budaya</a></li></ul></div>") == []


def test_times_and_what_was_paid_for() -> None:
    items = (
        "<li><h4><a href='/read/91/a'>Sekolah Terapung Dibuka</a></h4><span>2 jam lalu</span></li>"
        "<li><h4><a href='/read/92/b'>Rumah Murah di Lereng</a></h4><span>Iklan</span></li>"
        "<li><a rel='sponsored nofollow' href='/read/93/c'>Cicilan Ringan untuk Petani</a></li>"
        "<li><a href='/advertorial/94/d'>Bank Desa Buka Cabang</a></li>"
        "<li><a href='https://trc.taboola.com/click?id=95'>Sepuluh Cara Hemat Listrik</a></li>"
        "<li><time datetime='2024-10-07T09:00:00+07:00'>7 Oktober 2024 09:00 WIB</time><a href='/read/96/e'>Kopi Lereng Naik Harga</a></li>"
    )
    found = related(f"<div><h3>Berita Terkait</h3><ul>{items}</ul></div>")
    assert [item.sponsored for item in found] == [False, True, True, True, True, False]
    assert found[0].published_at == datetime(2024, 10, 8, 8, 30, tzinfo=UTC)
    assert found[5].published_at == datetime(2024, 10, 7, 2, 0, tzinfo=UTC)


def test_a_page_of_nothing_but_headings_or_items_is_read_in_time() -> None:
    headings = "<div><p>Baca juga</p><div><b>x</b></div></div>" * 3000
    items = "".join(f"<li><a href='/read/{number}/a'>Kabar Desa Nomor {number}</a></li>" for number in range(3000))
    assert len(titles(f"<div><h3>Berita Terkait</h3><ul>{items}</ul></div>{headings}")) == 30


def test_the_article_is_not_related_to_itself_whatever_its_link_carries() -> None:
    own = f"<ul><li><a href='{URL}?ref=terkait'>{TITLE}</a></li>"
    assert titles(f"<h3>Berita Terkait</h3>{OTHERS.replace('<ul>', own)}") == [
        "Sekolah Terapung Dibuka",
        "Kopi Lereng Naik Harga",
    ]


@pytest.mark.parametrize(
    ("host", "hour"), [("kabar.example.id", 2), ("zeitung.example.de", 7), ("news.example.com", 9)]
)
def test_times_in_a_list_are_by_the_sites_own_clock(host: str, hour: int) -> None:
    items = "".join(
        f"<li><a href='/read/9{n}/a'>Other story of number {n}</a> <time>8 October 2024 09:00</time></li>"
        for n in (1, 2)
    )
    text = (
        "<p>The villagers repaired the canal that had been damaged by the rain, and it is expected to be finished.</p>"
    )
    body = f"<h1>{TITLE}</h1>{TEXT if host.endswith('.id') else text}<h3>Related stories</h3><ul>{items}</ul>"
    article = parse_html(HEAD, body, url=f"https://{host}/read/12345/villagers-repair-the-canal").article
    assert [link.published_at for link in article.related] == [datetime(2024, 10, 8, hour, tzinfo=UTC)] * 2
