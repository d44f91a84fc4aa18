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
