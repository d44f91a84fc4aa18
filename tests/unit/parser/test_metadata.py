"""Who, what about, which picture: from JSON-LD, microdata, meta tags and what readers see, in our own pages."""

import json
import time
from datetime import UTC, datetime

import pytest

from shared.articles import Article
from tests.unit.parser.pages import parse_html

TITLE = "Warga Lembah Perbaiki Saluran Irigasi"
TEXT = "Warga bekerja sejak pagi di saluran irigasi yang rusak oleh banjir pekan lalu, kata kepala desa. " * 3
ARTICLE = "<meta property='og:type' content='article'><meta property='og:site_name' content='Kabar Lembah'>"


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def article(head: str = "", *, after_title: str = "", end: str = "", title: str = TITLE) -> Article:
    body = f"<article><h1>{title}</h1>{after_title}<p>{TEXT}</p><p>{TEXT}</p>{end}</article>"
    return parse_html(f"{ARTICLE}<title>{TITLE}</title>{head}", body).article


def news(**facts: object) -> str:
    return ld({"@type": "NewsArticle", "headline": TITLE, **facts})


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Rina Wulandari", ("Rina Wulandari",)),
        ("By Rina Wulandari and Budi Santosa", ("Rina Wulandari", "Budi Santosa")),
        (["Rina Wulandari", {"name": "Budi Santosa"}], ("Rina Wulandari", "Budi Santosa")),
        ({"@type": "Person", "name": ["Rina Wulandari", "Budi Santosa"]}, ("Rina Wulandari", "Budi Santosa")),
        ({"@id": "#rina"}, ("Rina Wulandari",)),
        ([{"@type": "Person", "@id": "#rina"}, {"@type": "Organization", "name": "AFP"}], ("Rina Wulandari", "AFP")),
        ({"givenName": "Rina", "familyName": "Wulandari"}, ("Rina Wulandari",)),
        ("Rina Wulandari, Senior Political Correspondent", ("Rina Wulandari",)),
        ("Rina Wulandari (AFP) / Budi Santosa", ("Rina Wulandari", "Budi Santosa")),
        (
            [{"@type": "Person", "name": "Rina"}, {"@type": "Organization", "name": "Kabar Lembah"}],
            ("Rina", "Kabar Lembah"),
        ),
        ("https://kabar.example.id/penulis/rina", ()),
        ({"@type": "Organization", "name": "Kabar Lembah"}, ("Kabar Lembah",)),
    ],
)
def test_authors_of_json_ld(author: object, expected: tuple[str, ...]) -> None:
    person = {"@type": "Person", "@id": "#rina", "name": "Rina Wulandari"}
    graph = {"@graph": [{"@type": "NewsArticle", "headline": TITLE, "author": author}, person]}
    assert article(ld(graph)).authors == expected


@pytest.mark.parametrize(
    "name", ["author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl", "content_author"]
)
def test_authors_of_meta_tags(name: str) -> None:
    assert article(f"<meta name='{name}' content='By Rina Wulandari &amp; Budi Santosa'>").authors == (
        "Rina Wulandari", "Budi Santosa",
    )  # fmt: skip


@pytest.mark.parametrize(
    "byline",
    [
        "<div>By <a rel='author' href='/a/1'>Rina Wulandari</a> and <a rel='author' href='/a/2'>Budi Santosa</a></div>",
        "<ul class='article__authors'><li class='authors__item'>von Rina Wulandari</li><li>Budi Santosa</li></ul>",
        "<p>Oleh Rina Wulandari dan Budi Santosa</p>",
        "<p>Von: Rina Wulandari, Budi Santosa</p>",
        "<span>Reporter: Rina Wulandari, Budi Santosa</span>",
        "<p itemprop='author'><b itemprop='name'>Rina Wulandari</b>, <b itemprop='name'>Budi Santosa</b></p>",
    ],
)
def test_authors_that_readers_see(byline: str) -> None:
    assert article(after_title=byline).authors == ("Rina Wulandari", "Budi Santosa")


def test_others_names_are_no_authors() -> None:
    beside = (
        "<aside><b class='author'>Sari Dewi</b></aside><div class='comment-list'><b class='author'>Joko Tri</b></div>"
        "<p>By the river the people of the valley meet every morning.</p>"
    )
    assert article(end=beside).authors == ()


@pytest.mark.parametrize(
    ("head", "end", "expected"),
    [
        (news(keywords="irigasi, banjir; desa"), "", ("irigasi", "banjir", "desa")),
        (news(keywords=["Irigasi", "Trump, Donald"]), "", ("Irigasi", "Trump, Donald")),
        (news(about=[{"@type": "Thing", "name": "Irigasi"}]), "", ("Irigasi",)),
        ("<meta property='article:tag' content='Irigasi'><meta property='article:tag' content='Banjir'>", "",
         ("Irigasi", "Banjir")),
        ("<meta property='article:tag' content='Irigasi,Banjir'>", "", ("Irigasi", "Banjir")),
        ("<meta name='news_keywords' content='irigasi, 8ae9ab2d-fe1b-4230-acb8-a59b52877682, editors_pick, 100312362'>",
         "", ("irigasi",)),
        (news(keywords="irigasi") + "<meta name='keywords' content='Irigasi, Banjir'>", "", ("Irigasi", "Banjir")),
        ("<meta name='keywords' content='灌溉 洪水 村庄'>", "", ("灌溉", "洪水", "村庄")),
        ("", "<ul class='post-tags'><li><a href='/x/1'>Irigasi</a></li><li><a href='/x/2'>Banjir</a></li></ul>",
         ("Irigasi", "Banjir")),
        ("", "<div><a href='/tag/irigasi'>#Irigasi</a> <a href='/tag/banjir'>#Banjir</a></div>", ("Irigasi", "Banjir")),
        ("", "<h4>Tags:</h4><div><a href='/x/1'>Irigasi</a> <a href='/x/2'>Banjir</a></div>", ("Irigasi", "Banjir")),
        ("", "<p>Tag: <a href='/x/1'>Irigasi</a>, <a href='/x/2'>Banjir</a></p>", ("Irigasi", "Banjir")),
        ("", "<div>Kata Kunci : <a href='/x/1'>Irigasi</a> <a href='/x/2'>Banjir</a></div>", ("Irigasi", "Banjir")),
        ("", "<div class='popular-tags'><a href='/tag/irigasi'>Irigasi</a> <a href='/tag/b'>Banjir</a></div>", ()),
        ("", "<div class='tags'><a href='/tag/a'>Sepak Bola</a> <a href='/tag/b'>Liga Champions</a></div>", ()),
    ],
)  # fmt: skip
def test_topics(head: str, end: str, expected: tuple[str, ...]) -> None:
    assert article(head, end=end).topics == expected


@pytest.mark.parametrize(
    ("head", "shown", "url", "caption"),
    [
        (ld({"@graph": [{"@type": "NewsArticle", "headline": TITLE, "image": {"@id": "#p"}},
                        {"@type": "ImageObject", "@id": "#p", "url": "/foto-12x80.jpg", "caption": "Saluran baru."}]}),
         "", "/foto-12x80.jpg", "Saluran baru."),
        (news(image="/foto.jpg") + ld({"@type": "ImageObject", "url": "/foto.jpg?w=9", "caption": "Saluran baru."}),
         "", "/foto.jpg", "Saluran baru."),
        (news(image="/logo.png") + "<meta property='og:image' content='/foto.jpg'>", "", "/foto.jpg", None),
        ("<meta property='og:image' content='/foto.jpg'>",
         "<div class='gambar'><img src='/lain/123.webp'><div class='photo-caption'>Saluran baru.</div></div>",
         "/foto.jpg", "Saluran baru."),
        (news(image="/foto.jpg"), "<figure><img src='/x.jpg'><figcaption>8 Okt 2024, 10:30 WIB</figcaption></figure>",
         "/foto.jpg", None),
    ],
)  # fmt: skip
def test_the_lead_picture(head: str, shown: str, url: str, caption: str | None) -> None:
    lead = article(head, after_title=shown).images[0]
    assert (lead.url, lead.caption) == (f"https://kabar.example.id{url}", caption)


def test_two_objects_about_one_article_fill_each_other_in() -> None:
    head = news(author="Rina Wulandari") + ld(
        {"@type": "Article", "headline": TITLE, "author": "Lain", "articleSection": "Daerah &amp; Desa"}
    )
    found = article(head)
    assert (found.authors, found.section) == (("Rina Wulandari",), "Daerah & Desa")


def test_many_and_deep_objects_are_bounded() -> None:
    deep: object = {"@type": "NewsArticle", "headline": "Dalam"}
    for _ in range(50):
        deep = {"@graph": [deep]}
    assert article(ld(deep) + ld([{"@type": "Thing"}] * 5000) + ld({"@type": "Article", "@id": "a", "b": {"@id": "a"}}))


def test_a_heading_whose_parts_are_set_apart_by_style() -> None:
    head = news(headline="Irigasi: warga lembah bekerja sejak pagi")
    found = parse_html(
        f"{ARTICLE}{head}",
        f"<article><h1><b>Irigasi:</b><span>warga lembah bekerja sejak pagi</span></h1><p>{TEXT}</p></article>",
    )
    assert found.article.title == "Irigasi: warga lembah bekerja sejak pagi"


def test_every_field_says_where_it_is_from_and_agreement_makes_surer() -> None:
    alone = article(
        news(author="Rina Wulandari", keywords="irigasi, banjir", datePublished="2024-10-07T09:00:00+07:00")
    )
    both = article(
        news(author="Rina Wulandari", keywords="irigasi, banjir", datePublished="2024-10-07T09:00:00+07:00")
        + "<meta name='author' content='Rina Wulandari'><meta name='news_keywords' content='irigasi, banjir'>"
        "<meta property='article:published_time' content='2024-10-07T02:00:00Z'>"
    )
    for field in ("authors", "topics", "published_at"):
        assert alone.provenance[field].source == both.provenance[field].source == "json-ld"
        assert alone.provenance[field].confidence < both.provenance[field].confidence < 1
    shown = article(after_title="<p>Oleh Rina Wulandari</p>")
    assert shown.provenance["authors"].source == "byline"
    assert shown.provenance["authors"].confidence < alone.provenance["authors"].confidence
    told = {"title", "body", "authors", "topics", "published_at", "language"}
    assert told <= set(alone.provenance)


def test_a_page_of_nothing_but_names_and_tags_costs_no_more_than_it_is_long() -> None:
    many = 5_000
    head = f"<meta name='author' content='{'A B, ' * many}'><meta name='keywords' content='{'a b, ' * many}'>"
    links = "<ul class='tags'>" + "<li><a rel='tag' href='/tag/x'>Irigasi</a></li>" * many + "</ul>"
    nested = "<div class='tag author caption'>" * many
    began = time.process_time()
    assert article(head, after_title="<b class='author'>Rina W</b>" * many, end=links + nested).title == TITLE
    assert time.process_time() - began < 20


def test_a_title_that_is_marked_as_no_heading() -> None:
    found = parse_html(
        f"{ARTICLE}<title>{TITLE} | Kabar Lembah</title>",
        f"<ul><li>{TITLE}</li></ul><h2>Foto</h2><div><div class='jdl'>Dalam Gambar: {TITLE}</div>"
        f"<div>Selasa, 8 Oktober 2024, 10:15 WIB</div><p>{TEXT}</p><p>{TEXT}</p></div>",
    ).article
    assert found.title == f"Dalam Gambar: {TITLE}"
    assert found.published_at == datetime(2024, 10, 8, 3, 15, tzinfo=UTC)
