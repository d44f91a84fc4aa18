"""Articles that a site's own mistakes, or a rule meant for listings, must not lose; and rules that must be heard."""

import pytest

from shared.errors import Skip
from tests.unit.parser.pages import URL, parse_html

_OG = "<meta property='og:type' content='article'>"
_TEXT = "".join(
    f"<p>{text}</p>"
    for text in (
        "Warga desa itu memperbaiki saluran irigasi yang rusak setelah hujan deras turun selama tiga hari.",
        "Kepala desa mengatakan bahwa pekerjaan itu akan selesai dalam dua pekan bila cuaca tetap cerah.",
    )
)


def page_of(title: str) -> str:
    return f"<article><h1>{title}</h1>{_TEXT}</article>"


@pytest.mark.parametrize(
    "canonical",
    ["/", "https://kabar.example.id", "https://kabar.example.id/index.php", "/id/", "/beranda",
     "read/12345/warga-lembah-perbaiki-irigasi", "#", "", "javascript:void(0)"],
)  # fmt: skip
def test_a_canonical_address_that_is_a_mistake_leaves_the_page_its_own(canonical: str) -> None:
    head = f"{_OG}<link rel='canonical' href='{canonical}'>"
    assert parse_html(head, page_of("Warga lembah perbaiki irigasi")).article.canonical_url == URL


def test_a_canonical_address_of_another_page_still_leads_there() -> None:
    head = f"{_OG}<link rel='canonical' href='/berita/read/12345/warga-lembah-perbaiki-irigasi'>"
    with pytest.raises(Skip, match="not_canonical"):
        parse_html(head, page_of("Warga lembah perbaiki irigasi"))


@pytest.mark.parametrize(
    "rule",
    ["noindex, unavailable_after: 25 Jun 2030 15:00:00 GMT", "max-image-preview:large, noindex", "WartaBot: noindex",
     "otherbot: nofollow, warta: noindex"],
)  # fmt: skip
def test_a_header_that_forbids_the_index_is_heard_beside_other_rules(rule: str) -> None:
    with pytest.raises(Skip, match="noindex"):
        parse_html(_OG, page_of("Warga lembah perbaiki irigasi"), headers={"X-Robots-Tag": rule})


@pytest.mark.parametrize("rule", ["otherbot: noindex", "max-snippet:20, unavailable_after: 25 Jun 2030 15:00:00 GMT"])
def test_a_header_for_others_is_not(rule: str) -> None:
    assert parse_html(_OG, page_of("Warga lembah perbaiki irigasi"), headers={"X-Robots-Tag": rule})


@pytest.mark.parametrize("name", ["robots", "warta", "wartabot"])
def test_directives_may_stand_apart_by_blanks(name: str) -> None:
    with pytest.raises(Skip, match="noindex"):
        parse_html(f"{_OG}<meta name='{name}' content='noindex nofollow'>", page_of("Warga lembah perbaiki irigasi"))


def test_a_title_that_begins_like_a_listings_may_be_an_articles() -> None:
    url = "https://kabar.example.id/ekonomi/12345/indeks-harga-konsumen-naik-pada-oktober"
    title = "Indeks harga konsumen naik pada Oktober"
    assert parse_html(f"<title>{title}</title>{_OG}", page_of(title), url=url).article.title == title
    with pytest.raises(Skip, match="listing"):
        parse_html("<title>Indeks berita</title>" + _OG, page_of("Indeks berita"), url="https://kabar.example.id/x")


def test_an_articles_address_may_have_a_topics_folder() -> None:
    url = "https://kabar.example.id/topic/gempa/gempa-mengguncang-pesisir-selatan-jawa"
    dated = f"{_OG}<meta property='article:published_time' content='2024-10-08T09:00:00+07:00'>"
    assert parse_html(dated, page_of("Gempa mengguncang pesisir selatan Jawa"), url=url).article.canonical_url == url
    with pytest.raises(Skip, match="listing"):
        parse_html(_OG, page_of("Gempa mengguncang pesisir selatan Jawa"), url=url)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (("The villagers repaired the irrigation canal that had been damaged by the rain, and it is expected to be "
         "finished within two weeks if the weather stays clear, officials of the district said on Tuesday."), "en"),
        ("村民们修复了因大雨而损坏的灌溉渠道，官员表示工程将在两周内完成，大约四十户家庭参加了这项工作。" * 2, "zh"),
        ("Warga desa itu memperbaiki saluran irigasi yang rusak setelah hujan deras turun selama tiga hari.", "id"),
        ("Persija vs Persib 2-1, Persebaya vs Arema 0-0, Bali United vs PSM Makassar 3-2, PSIS vs Borneo 1-1.", "id"),
    ],
)  # fmt: skip
def test_a_short_text_that_is_plainly_in_another_language_than_declared(text: str, language: str) -> None:
    assert parse_html(_OG, f"<h1>Gempa</h1><p>{text}</p>").article.language == language


@pytest.mark.parametrize("escaped", ["&amp;amp;", "&amp;#38;", "&amp;#x26;", "&amp;"])
def test_a_title_that_was_escaped_twice_is_what_readers_see(escaped: str) -> None:
    head = f"{_OG}<title>Warga {escaped} petani perbaiki irigasi</title>"
    head += f"<meta property='og:title' content='Warga {escaped} petani perbaiki irigasi'>"
    head += f"<meta property='article:section' content='Desa {escaped} Kota'>"
    article = parse_html(head, page_of("Warga &amp; petani perbaiki irigasi")).article
    assert (article.title, article.section) == ("Warga & petani perbaiki irigasi", "Desa & Kota")
    assert article.provenance["title"].source == "heading"
