"""Sections, topics, access and pictures in the forms that templates leave behind."""

import json

import pytest

from shared.articles import Article
from tests.unit.parser.pages import parse_html

_TITLE = "Warga lembah perbaiki irigasi"
_TEXT = "<p>Warga desa itu memperbaiki saluran irigasi yang rusak setelah hujan deras turun selama tiga hari.</p>"


def article(body: str = "", **told: object) -> Article:
    node = {"@type": "NewsArticle", "headline": _TITLE} | told
    script = f"<script type='application/ld+json'>{json.dumps(node)}</script>"
    return parse_html(script, f"<article><h1>{_TITLE}</h1>{body}{_TEXT}</article>").article


@pytest.mark.parametrize(
    ("keywords", "topics"),
    [('["irigasi","desa"]', ("irigasi", "desa")), ("#irigasi #desa lembah", ("irigasi", "desa lembah")),
     (["null"], ()), ("undefined, irigasi", ("irigasi",))],
)  # fmt: skip
def test_topics(keywords: object, topics: tuple[str, ...]) -> None:
    assert article(keywords=keywords).topics == topics


@pytest.mark.parametrize("section", ["undefined", "null", "Uncategorized", "Tak Berkategori"])
def test_a_section_that_is_none(section: str) -> None:
    assert article(articleSection=section).section is None


@pytest.mark.parametrize("said", [False, "False", ["False"], {"@value": False}, "http://schema.org/False"])
def test_paid_in_all_its_forms(said: object) -> None:
    assert article(isAccessibleForFree=said).access == "paid"
    assert article(hasPart={"@type": "WebPageElement", "isAccessibleForFree": said}).access == "paid"


def test_another_article_that_is_paid_is_not_this_one() -> None:
    parts = [{"@type": "NewsArticle", "headline": "Berita lain", "isAccessibleForFree": False}]
    assert article(hasPart=parts).access is None
    assert article(hasPart=parts, isAccessibleForFree=True).access == "free"


@pytest.mark.parametrize(
    "addresses",
    [("/a/1.jpg", "/b/1.jpg"), ("/image.php?id=1", "/image.php?id=2"), ("/1/image.jpg", "/2/image.jpg")],
)  # fmt: skip
def test_pictures_whose_names_are_everybodys_stay_apart(addresses: tuple[str, str]) -> None:
    figures = "".join(
        f"<figure><img src='{address}'><figcaption>Irigasi nomor {n} di desa itu.</figcaption></figure>"
        for n, address in enumerate(addresses)
    )
    assert [image.url for image in article(figures).images] == [f"https://kabar.example.id{one}" for one in addresses]


def test_sizes_of_one_picture_are_one() -> None:
    picture = "<img src='/crop/750x500/irigasi-300x200.jpg?q=1'>"
    figure = f"<figure>{picture}<figcaption>Irigasi di desa itu.</figcaption></figure>"
    assert len(article(figure, image="https://kabar.example.id/irigasi.jpg").images) == 1


@pytest.mark.parametrize(
    ("source", "url"),
    [("src='/foto irigasi.jpg'", "/foto%20irigasi.jpg"),
     ("src='data:image/gif;base64,R0' srcset='/a,b.jpg 1x, /c.jpg 2x'", "/a,b.jpg"),
     ("src='data:,' data-srcset='/irigasi.jpg, /besar.jpg 2x'", "/irigasi.jpg"),
     ("src='blob:x' data-src='/a.jpg'", "/a.jpg")],
)  # fmt: skip
def test_where_a_picture_is(source: str, url: str) -> None:
    figure = f"<figure><img {source}><figcaption>Irigasi di desa itu.</figcaption></figure>"
    assert [image.url for image in article(figure).images] == [f"https://kabar.example.id{url}"]


def test_a_picture_with_blanks_in_its_name_that_is_told() -> None:
    assert article(image="/foto irigasi.jpg").images[0].url == "https://kabar.example.id/foto%20irigasi.jpg"
