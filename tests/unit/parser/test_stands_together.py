"""What is told from the text itself: that it is one piece, and which names stand for something else."""

import pytest

from services.parser.blocks import read_blocks
from services.parser.choice import choose_blocks
from services.parser.marks import APART, TEASER, mark_of
from services.parser.text import letters
from services.parser.tree import parse_tree

SENTENCE = "Petani di lembah itu menanam padi lebih awal karena air dari waduk baru sudah mengalir ke sawah mereka."


@pytest.mark.parametrize(
    ("names", "mark"),
    [("comments", APART), ("teaser-text", TEASER), ("o-section--has-ads", 0), ("article-body", 1),
     ("teaser related", APART), ("et_pb_section_parallax", 0)],
)  # fmt: skip
def test_marks(names: str, mark: int) -> None:
    assert mark_of(names) == mark


@pytest.mark.parametrize(("between", "pieces"), [("", 6), ("<div><a href='/lain'>Berita lain</a></div>", 3)])
def test_links_between_paragraphs_end_a_stretch(between: str, pieces: int) -> None:
    half = f"<p>{SENTENCE}</p>" * 3
    body = parse_tree(f"<body><article>{half}{between}{half}</article></body>").body
    assert body is not None
    assert choose_blocks(read_blocks(body)).stretch == pieces * letters(SENTENCE)


@pytest.mark.parametrize(("link", "is_kept"), [("", True), ("<a href='/x'>Selengkapnya di sini</a>", False)])
def test_a_teaser_without_links_is_the_articles_own(link: str, is_kept: bool) -> None:
    intro = "Air dari waduk baru mengubah musim tanam di lembah itu, dan panen pun datang sebulan lebih cepat."
    html = f"<body><main><div class='teaser-text'><p>{intro} {link}</p></div>{f'<p>{SENTENCE}</p>' * 6}</main></body>"
    body = parse_tree(html).body
    assert body is not None
    assert any(intro in block.text for block in choose_blocks(read_blocks(body)).blocks) == is_kept


def test_a_headings_id_is_no_mark() -> None:
    html = f"<body><article><p>{SENTENCE}</p><h3 id='nav_air'>Air</h3>{f'<p>{SENTENCE}</p>' * 3}</article></body>"
    body = parse_tree(html).body
    assert body is not None
    assert "Air" in [block.text for block in choose_blocks(read_blocks(body)).blocks]


def test_a_line_that_begins_with_a_date_is_no_paragraph() -> None:
    line = "<p>05/10/2025 - Diterbitkan oleh: Redaksi - Kategori: Desa - Topik: air, waduk, sawah dan panen raya</p>"
    body = parse_tree(f"<body><article>{line}{f'<p>{SENTENCE}</p>' * 3}</article></body>").body
    assert body is not None
    assert choose_blocks(read_blocks(body)).blocks[0].text == SENTENCE
