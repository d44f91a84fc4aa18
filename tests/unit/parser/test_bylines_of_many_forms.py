"""Who wrote it, in the forms that sites write it: several roles on a line, degrees, posts, and names like labels."""

import json

import pytest

from tests.unit.parser.pages import parse_html

_TITLE = "Warga lembah perbaiki irigasi"
_TEXT = "<p>Warga desa itu memperbaiki saluran irigasi yang rusak setelah hujan deras turun selama tiga hari.</p>"


def people(author: object = None, byline: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    node = {"@type": "NewsArticle", "headline": _TITLE} | ({} if author is None else {"author": author})
    article = parse_html(
        f"<script type='application/ld+json'>{json.dumps(node)}</script>",
        f"<article><h1>{_TITLE}</h1>{byline}<div>{_TEXT}</div></article>",
    ).article
    return article.authors, article.editors


@pytest.mark.parametrize("tag", ["p", "div class='author'"])
@pytest.mark.parametrize(
    "line",
    ["Penulis: Ayu Lestari Editor: Budi Santoso", "Penulis: Ayu Lestari | Editor: Budi Santoso",
     "Reporter : Ayu Lestari, Editor : Budi Santoso", "Oleh: Ayu Lestari / Penyunting: Budi Santoso",
     "Penulis: Ayu Lestari<br>Editor: Budi Santoso", "Rep: Ayu Lestari/ Red: Budi Santoso",
     "Editor: Budi Santoso - Penulis: Ayu Lestari, S.Sos"],
)  # fmt: skip
def test_roles_on_one_line(line: str, tag: str) -> None:
    assert people(byline=f"<{tag}>{line}</{tag.split(maxsplit=1)[0]}>") == (("Ayu Lestari",), ("Budi Santoso",))


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"name": "Ayu Lestari, S.H., M.H."}, ("Ayu Lestari",)),
        ({"name": "Dr. Ayu Lestari, M.Si dan Budi Santoso, Ph.D."}, ("Dr. Ayu Lestari", "Budi Santoso")),
        ({"name": "Ayu Lestari, Staff Writer"}, ("Ayu Lestari",)),
        ("By Ayu Lestari and M. Iqbal", ("Ayu Lestari", "M. Iqbal")),
        ({"name": "Ayu Lestari | Example"}, ("Ayu Lestari",)),
        ({"name": "Ayu Lestari - Kabar.com"}, ("Ayu Lestari",)),
        ({"name": "Di Maria"}, ("Di Maria",)),
        ({"name": "Von der Leyen"}, ("Von der Leyen",)),
        ({"name": "Door Bakker"}, ("Door Bakker",)),
        ("Von Anna Keller", ("Anna Keller",)),
        ("por Ana Souza", ("Ana Souza",)),
        ([{"@type": "Person", "name": "Ayu Lestari"}, {"@type": "Person", "name": "Redaksi"}], ("Ayu Lestari",)),
        ({"@type": "Organization", "name": "Tim Redaksi"}, ()),
    ],
)
def test_names_that_are_told(author: object, names: tuple[str, ...]) -> None:
    assert people(author)[0] == names


@pytest.mark.parametrize(
    "line",
    ["<p>Ayu Lestari - detikNews</p>", "<p>Ayu Lestari, Kabar.com</p>", "<p>Ayu Lestari, Jurnalis</p>",
     "<p><a href='/penulis/ayu'>Ayu Lestari</a></p>", "<p>Laporan Wartawan Kabarnews.com, Ayu Lestari</p>",
     "<p>Laporan Reporter Ayu Lestari</p>"],
)  # fmt: skip
def test_names_beside_an_outlet_or_in_a_link_to_an_author(line: str) -> None:
    assert people(byline=line)[0] == ("Ayu Lestari",)


@pytest.mark.parametrize("line", ["<p>Jakarta Selatan | 7 Oktober 2024</p>", "<p>Berita Utama - 7 Oktober 2024</p>"])
def test_places_and_sections_beside_a_date_are_no_names(line: str) -> None:
    assert people(byline=line)[0] == ()


def test_a_post_after_a_shown_name_is_no_name() -> None:
    assert people(byline="<p>By AYU LESTARI, Staff Writer</p>")[0] == ("AYU LESTARI",)


def test_authors_by_microdata_but_not_those_of_pictures() -> None:
    picture = (
        "<figure><span itemprop='author'>Citra Dewi</span></figure>"
        "<div itemprop='image'><i itemprop='author'>Dian Sari</i></div>"
    )
    own = "<div itemprop='author'><b><span itemprop='name'>Ayu Lestari</span></b></div>"
    assert people(byline=picture + own)[0] == ("Ayu Lestari",)
