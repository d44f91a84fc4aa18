# ruff: noqa: E501 - pages stand on one line
"""The picture that leads an article, wherever the page keeps its address, and the caption wherever that stands."""

import json

import pytest

from shared.articles import Image
from tests.unit.parser.pages import parse_html

TITLE = "Warga Lembah Perbaiki Irigasi Bersama-sama"
HEAD = f"<title>{TITLE}</title><meta property='og:type' content='article'>"
PICTURE = "https://cdn.example.id/2024/10/07/irigasi-lembah-8842.jpg"
CAPTION = "Warga memperbaiki saluran irigasi di Lembah, Senin (7/10/2024)"
IMG = f"<img src='{PICTURE}'>"
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
TEXT = "".join(
    f"<p>{text}</p>"
    for text in (
        "Ratusan warga Lembah memperbaiki saluran irigasi pada akhir pekan lalu bersama para petugas desa.",
        "Saluran itu rusak karena hujan deras yang turun selama tiga hari berturut-turut dan membawa lumpur.",
        "Para petani berharap air kembali mengalir ke sawah sebelum masa tanam dimulai pada bulan depan.",
    )
)


def lead(box: str, *, head: str = "", scope: str = "div", after: str = "") -> Image:
    body = f"<header><a href=/><img src=/img/logo.png></a></header><{scope}><h1>{TITLE}</h1>{box}<div>{TEXT}</div></{scope}>{after}"
    return next(iter(parse_html(HEAD + head, body).article.images), Image())


BOXES = (
    f"<figure>{IMG}</figure>", f"<div class=photo>{IMG}</div>", f"<p><img src='{PICTURE}' alt=irigasi width=700></p>",
    f"<a href='{PICTURE}'>{IMG}</a>", f"<img src=/icons/user.png width=20><div class=photo>{IMG}</div>",
    f"<div class=author><img src=/users/budi-santoso.jpg></div>{IMG}",
    f"<div class=ads><img src=https://ads.example.com/besar.jpg></div>{IMG}",
    f"<a href=/read/99/lain><img src=/thumbs/lain.jpg></a>{IMG}",
)  # fmt: skip
SHARED = "<meta property='og:image' content='https://cdn.example.id/share/8a6f.jpg'>"


@pytest.mark.parametrize("scope", ["div", "article"])
@pytest.mark.parametrize("name", ["", "/assets/logo-kabar.png", "/img/og-default.jpg"])
@pytest.mark.parametrize("box", BOXES)
def test_what_is_shown_at_the_title_leads_where_the_head_names_none(box: str, name: str, scope: str) -> None:
    head = f"<meta property='og:image' content='{name}'>" if name else ""
    assert lead(box, head=head, scope=scope).url == PICTURE


@pytest.mark.parametrize("says", ["width=700", "srcset='/a.jpg 1x, /b.jpg 2x'", "itemprop=image", "fetchpriority=high"])
@pytest.mark.parametrize("scope", ["div", "article"])
def test_it_leads_before_a_picture_for_sharing_where_it_says_that_it_is_large(says: str, scope: str) -> None:
    assert lead(f"<div><img src='{PICTURE}' {says}></div>", head=SHARED, scope=scope).url == PICTURE
    assert lead(f"<div>{IMG}</div>", head=SHARED).url != PICTURE


def test_the_same_picture_cut_in_two_ways() -> None:
    head = f"<meta property='og:image' content='{PICTURE.replace('8842', 'kotak')}'>"
    assert lead(f"<div>{IMG}</div>", head=head).url == PICTURE


def test_the_picture_that_the_head_names_leads_where_it_is_shown() -> None:
    other = "https://cdn.example.id/2024/10/07/petugas-desa-9921.jpg"
    head = f"<meta property='og:image' content='{other}'>"
    assert lead(f"<div>{IMG}</div><figure><img src='{other}'></figure>", head=head).url == other


def test_the_picture_that_the_head_names_does_not_lead_from_within_the_text() -> None:
    other = "https://cdn.example.id/2024/10/08/petugas-desa-9921.jpg"
    long = (
        "<p>" + "Petugas desa menjaga pintu air siang dan malam supaya sawah di bawahnya tidak terendam. " * 3 + "</p>"
    )
    body = f"<picture>{IMG}</picture>{long}<p><img src='{other}'></p>"
    assert lead(body, head=f"<meta property='og:image' content='{other}'>").url == PICTURE


def test_pictures_of_other_articles_lead_nothing() -> None:
    card = "<div><h3>Berita Terkait</h3><figure><a href='/read/91/a'><img src=/thumbs/sekolah.jpg></a><figcaption>Sekolah Terapung Dibuka</figcaption></figure></div>"
    assert lead("", after=card) == Image()


@pytest.mark.parametrize(
    "picture",
    [f"<img src='{BLANK}' {name}='{PICTURE}'>" for name in (
        "data-src", "data-original", "data-lazy", "data-url", "data-large-file", "data-cfsrc", "data-img-url", "srcset",
    )] + [
        f"<img src='{BLANK}' data-srcset='{PICTURE} 700w, https://cdn.example.id/x.jpg 1400w'>",
        f"<img src=/img/placeholder.svg srcset='{PICTURE} 700w'>",
        f"<img src='{BLANK}'><noscript>{IMG}</noscript>",
        f"<picture><source srcset='{PICTURE} 1x'><img src='{BLANK}'></picture>",
        f"<picture><source data-srcset='{PICTURE}'><img></picture>",
        f"<amp-img src='{PICTURE}' width=700></amp-img>",
        "<img src='//cdn.example.id/2024/10/07/irigasi-lembah-8842.jpg'>",
    ],
)  # fmt: skip
def test_pictures_that_are_loaded_late(picture: str) -> None:
    found = lead(f"<figure>{picture}<figcaption>{CAPTION}</figcaption></figure>")
    assert (found.url, found.caption) == (PICTURE, CAPTION)


def _json_ld(value: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(value)}</script>"


@pytest.mark.parametrize(
    "head",
    [
        f"<link rel=image_src href='{PICTURE}'>", f"<meta itemprop=image content='{PICTURE}'>",
        f"<meta name=thumbnail content='{PICTURE}'>", f"<meta name='twitter:image' content='{PICTURE}'>",
        _json_ld({"@type": "NewsArticle", "headline": TITLE, "image": {"@list": [PICTURE]}}),
        _json_ld({"@type": "NewsArticle", "headline": TITLE, "image": [{"@type": "ImageObject", "url": [PICTURE]}]}),
        _json_ld({"@graph": [
            {"@type": "WebPage", "primaryImageOfPage": {"@id": "#p"}},
            {"@type": "ImageObject", "@id": "#p", "url": PICTURE}, {"@type": "NewsArticle", "headline": TITLE},
        ]}),
    ],
)  # fmt: skip
def test_places_in_the_head(head: str) -> None:
    assert lead("", head=head).url == PICTURE


@pytest.mark.parametrize(
    "box",
    [
        f"<figure>{IMG}<p>{CAPTION}</p></figure>", f"<div>{IMG}<small>{CAPTION}</small></div>",
        f"<div>{IMG}</div><small>{CAPTION}</small>", f"<p>{IMG}<br><em>{CAPTION}</em></p>", f"{IMG}<i>{CAPTION}</i>",
        f"<div>{IMG}</div><div class=keterangan-foto>{CAPTION}</div>", f"<div>{IMG}</div><div class=img-desc>{CAPTION}</div>",
        f"<p>{IMG}</p><p><font size=1>{CAPTION}</font></p>", f"<img src='{PICTURE}' data-caption='{CAPTION}'>",
        f"<table><tr><td>{IMG}</td></tr><tr><td>{CAPTION}</td></tr></table>",
        f"<figure>{IMG}<figcaption>Perbesar {CAPTION} (Istimewa)</figcaption></figure>",
        f"<figure>{IMG}<figcaption>{CAPTION} (Doc: Istimewa)</figcaption></figure>",
    ],
)  # fmt: skip
def test_where_captions_stand(box: str) -> None:
    found = lead(box, head=f"<meta property='og:image' content='{PICTURE}'>")
    assert (found.url, found.caption) == (PICTURE, CAPTION)


@pytest.mark.parametrize("name", ["alt", "title"])
def test_what_a_picture_is_labelled_is_no_caption(name: str) -> None:
    assert lead(f"<img src='{PICTURE}' {name}='{CAPTION}'>").caption is None


def test_the_first_paragraph_is_no_caption() -> None:
    assert lead(f"<div>{IMG}</div>").caption is None
