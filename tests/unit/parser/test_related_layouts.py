"""Related lists in the layouts that sites have: the items, their times, what is paid for, and nothing else."""

import pytest

from tests.unit.parser.pages import parse_html
from tests.unit.parser.related_layouts import AFTER, ALL, OTHER_WORDS, WITHIN, WORDS, A, Found, X, Y, items, listed

TITLE = "Warga Lembah Perbaiki Irigasi Bersama-sama"
HEAD = f"<title>{TITLE}</title><meta property='og:type' content='article'>"
PARTS = (
    "<p>Ratusan warga Lembah memperbaiki saluran irigasi pada akhir pekan lalu bersama para petugas desa.</p>",
    "<p>Saluran itu rusak karena hujan deras yang turun selama tiga hari berturut-turut dan membawa lumpur.</p>",
    "<p>Para petani berharap air kembali mengalir ke sawah sebelum masa tanam dimulai pada bulan depan.</p>",
)
POPULAR = f"<div class=popular><h3>Terpopuler</h3>{listed(X, Y)}</div>"


def related(body: str) -> list[Found]:
    article = parse_html(
        HEAD, f"<h1>{TITLE}</h1>{body}{POPULAR}<footer><a href=/tentang>Tentang Kami Semua</a></footer>"
    )
    return [(item.title, item.published_at, item.sponsored) for item in article.article.related]


@pytest.mark.parametrize("layout", AFTER)
def test_a_list_after_the_text(layout: str) -> None:
    box, wanted = AFTER[layout]
    assert related(f"<div class=article-content>{''.join(PARTS)}</div>{box}") == wanted


@pytest.mark.parametrize("layout", WITHIN)
def test_a_pointer_within_the_text(layout: str) -> None:
    form, wanted = WITHIN[layout]
    first, *rest = PARTS
    assert related(f"<div class=article-content>{first}{items(form, A)}{''.join(rest)}</div>") == wanted


def test_pointers_of_two_kinds_are_one_list() -> None:
    one, other = WITHIN["a pointer with a list of one"][0], WITHIN["a pointer in bold"][0]
    found = related(f"<div>{PARTS[0]}{items(one, A)}{PARTS[1]}{items(other, ALL[1])}{PARTS[2]}</div>")
    assert [title for title, _, _ in found] == [title for title, _ in ALL[:2]]


def test_pointers_within_a_text_of_lines() -> None:
    lines = [part.removeprefix("<p>").removesuffix("</p>") for part in PARTS]
    pointer = items("<b>Baca juga: <a href=@>%</a></b>", A)
    assert related(f"<div>{lines[0]}<br><br>{pointer}<br><br>{lines[1]}<br><br>{lines[2]}</div>") == [
        (A[0], None, False)
    ]


@pytest.mark.parametrize("words", WORDS)
def test_words_that_announce_articles(words: str) -> None:
    found = related(f"<div>{''.join(PARTS)}</div><div><h3>{words}</h3>{listed()}</div>")
    assert [title for title, _, _ in found] == [title for title, _ in ALL]


@pytest.mark.parametrize("words", OTHER_WORDS)
def test_words_that_announce_something_else(words: str) -> None:
    assert related(f"<div>{''.join(PARTS)}</div><div><h3>{words}</h3>{listed()}</div>") == []
