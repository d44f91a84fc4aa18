"""What is paid for is known by what the page declares, and not by what its text is about."""

import json

import msgspec
import pytest
from msgspec import structs

from services.parser.parse import parse
from services.parser.sponsored import sponsored_by_address
from shared.articles import content_hash
from tests.unit.parser.pages import URL, page, parse_html

TITLE = "Tabungan Baru untuk Warga Lembah"
TEXT = "Bank Lembah membuka tabungan baru untuk warga pada akhir pekan lalu, kata direkturnya di kantor pusat."
ARTICLE = f"<h1>{TITLE}</h1><p>{TEXT}</p>"
OPEN_GRAPH = "<meta property='og:type' content='article'>"


def ld(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"headline": TITLE, **facts})}</script>'


def meta(name: str, content: str) -> str:
    return f"{OPEN_GRAPH}<meta property='{name}' content='{content}'>"


@pytest.mark.parametrize(
    ("head", "source"),
    [
        (ld(**{"@type": "AdvertiserContentArticle"}), "json-ld"),
        (ld(**{"@type": ["NewsArticle", "http://schema.org/AdvertiserContentArticle"]}), "json-ld"),
        (ld(**{"@type": "NewsArticle", "sponsor": {"@type": "Organization", "name": "Bank Lembah"}}), "json-ld"),
        (ld(**{"@type": "NewsArticle", "articleSection": "Advertorial"}), "section"),
        (ld(**{"@type": "NewsArticle", "keywords": "Bank, Konten Bersponsor"}), "topics"),
        (meta("article:section", "Sponsored Content"), "meta"),
        (meta("article:section", "PARIWARA"), "meta"),
        (meta("article:content_tier", "sponsored"), "meta"),
        (meta("article:tag", "Advertorial"), "topics"),
        (f"{OPEN_GRAPH}<link rel='canonical sponsored' href='{URL}'>", "links"),
    ],
)
def test_a_page_that_declares_it_is_sponsored(head: str, source: str) -> None:
    article = parse_html(f"<title>{TITLE}</title>{head}", ARTICLE).article
    assert article.sponsored
    assert article.provenance["sponsored"].source == source


@pytest.mark.parametrize(
    "head",
    [
        OPEN_GRAPH,
        ld(**{"@type": "NewsArticle", "sponsor": ""}),
        ld(**{"@type": "NewsArticle", "articleSection": "Advertorial dan Etika"}),
        ld(**{"@type": "NewsArticle", "keywords": "sponsor, iklan, advertorialisme"}),
        meta("article:section", "Ekonomi"),
        meta("article:content_tier", "metered"),
        meta("article:section", "Konten Berbayar"),
    ],
)
def test_other_pages_are_not(head: str) -> None:
    article = parse_html(f"<title>{TITLE}</title>{head}", ARTICLE).article
    assert not article.sponsored
    assert "sponsored" not in article.provenance


def test_an_article_about_advertorials_is_none() -> None:
    title = "Dewan Pers Tegur Media soal Advertorial"
    text = "Dewan Pers menegur lima media karena advertorial dan sponsored content tidak diberi tanda, kata ketuanya."
    head = f"<title>{title}</title>{meta('article:tag', 'Advertorial')}{meta('article:tag', 'Dewan Pers')}"
    assert not parse_html(head, f"<h1>{title}</h1><p>{text}</p>").article.sponsored


@pytest.mark.parametrize(
    ("url", "paid"),
    [
        ("https://contoh.id/advertorial/bank-lembah", "url"),
        ("https://contoh.id/sponsored-content/2024/bank-lembah", "url"),
        ("https://adv.contoh.id/read/bank-lembah", "url"),
        ("https://contoh.id/nasional/advertorial", ""),
        ("https://contoh.id/nasional/media-ditegur-soal-advertorial", ""),
        ("https://contoh.id/", ""),
    ],
)
def test_an_address_in_a_paid_section(url: str, paid: str) -> None:
    assert sponsored_by_address(url) == paid


def test_a_site_s_own_name_for_it_is_in_its_profile() -> None:
    def tempo(section: str) -> bool:
        html = (
            f"<html><head><title>{TITLE}</title></head><body><ul class='breadcrumb'><li>Beranda</li>"
            f"<li>{section}</li></ul><div class='detail-title'><h1>{TITLE}</h1></div>"
            f"<div class='detail-in' id='isi'><p>{TEXT}</p></div></body></html>"
        )
        return parse(page(html, url="https://info.tempo.co/read/1/tabungan")).article.sponsored

    assert tempo("Info Tempo")
    assert not tempo("Ekonomi")


def test_the_hash_of_what_is_not_sponsored_stays() -> None:
    article = parse_html(f"<title>{TITLE}</title>{OPEN_GRAPH}", ARTICLE).article
    assert "sponsored" not in msgspec.to_builtins(article)
    assert content_hash(structs.replace(article, sponsored=True)) != content_hash(article)
