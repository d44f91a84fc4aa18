# ruff: noqa: E501 - pages stand on one line
import json
from datetime import UTC, datetime

import pytest

from services.parser.parse import parse
from shared.errors import DeadLetter, Skip
from shared.events import FoundBy
from tests.unit.parser.pages import URL, page, parse_html

TITLE = "Warga Lembah Perbaiki Irigasi Bersama-sama"
TEASER = "Ratusan warga Lembah memperbaiki saluran irigasi pada akhir pekan lalu."
MENU = (
    "<nav><ul>"
    + "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in "abcdefghijklmnopqrstuvwxyz")
    + "</ul></nav>"
)


def ld(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(facts)}</script>'


def reason_of(*, head: str, body: str, url: str = URL) -> str:
    with pytest.raises(Skip) as skip:
        parse_html(head, body, url=url)
    return skip.value.reason


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='og:type' content='article'>",
        "<meta property='article:published_time' content='2024-10-07T09:00:00+07:00'>",
        ld(**{"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE}),
        ld(**{"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"]}]}),
    ],
)
@pytest.mark.parametrize("menu", ["", MENU])
def test_a_short_article_is_an_article(head: str, menu: str) -> None:
    article = parse_html(f"<title>{TITLE} - Kabar</title>{head}", f"{menu}<h1>{TITLE}</h1><p>{TEASER}</p>").article
    assert article.title == TITLE
    assert article.body == (TEASER,)
    assert article.site == "example.id"
    assert article.canonical_url == URL


def test_what_the_page_does_not_say_is_absent() -> None:
    head = (
        f"<title>{TITLE}</title><meta property='og:type' content='article'><meta name='description' content='Ringkas'>"
    )
    article = parse_html(head, f"<p>{TEASER}</p>").article
    empty = (article.published_at, article.modified_at, article.lead, article.access, article.section, article.dateline)
    assert empty == (None, None, None, None, None, None)
    assert (article.authors, article.editors, article.topics, article.images, article.related) == ((), (), (), (), ())


def test_a_paywalled_page_keeps_what_it_shows() -> None:
    facts = {
        "@type": "NewsArticle",
        "headline": TITLE,
        "isAccessibleForFree": "False",
        "articleBody": "Semua isi. " * 99,
    }
    article = parse_html(ld(**facts), f"<h1>{TITLE}</h1><p>{TEASER}</p>").article
    assert article.access == "paid"
    assert article.body == (TEASER,)


def test_all_fields_of_json_ld() -> None:
    facts = {
        "@type": "NewsArticle",
        "headline": TITLE,
        "datePublished": "2024-10-07T09:00:00+07:00",
        "dateModified": "2024-10-07T12:00:00+07:00",
        "author": [{"@type": "Person", "name": "Rina Wulandari"}, {"@type": "Person", "name": "Budi Santosa"}],
        "editor": {"@type": "Person", "name": "Hasan Basri"},
        "publisher": {"@type": "Organization", "name": "Kabar"},
        "articleSection": "Daerah",
        "keywords": "irigasi, Topic: Kendal, berita terkini, Editor: Hasan",
        "isAccessibleForFree": True,
        "image": {"url": "/a.jpg", "caption": "Saluran irigasi."},
    }
    article = parse_html(ld(**facts), f"<h1>{TITLE}</h1><p>{TEASER}</p>").article
    assert article.published_at == datetime(2024, 10, 7, 2, tzinfo=UTC)
    assert article.modified_at == datetime(2024, 10, 7, 5, tzinfo=UTC)
    assert article.authors == ("Rina Wulandari", "Budi Santosa")
    assert article.editors == ("Hasan Basri",)
    assert article.section == "Daerah"
    assert article.topics == ("irigasi", "Kendal")
    assert article.access == "free"
    assert [(image.url, image.caption) for image in article.images] == [
        ("https://kabar.example.id/a.jpg", "Saluran irigasi.")
    ]


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","headline":"%s","datePublished":"2024-10-07T09:00:00+07:00",}',
        '<!-- {"@type":"NewsArticle","headline":"%s","datePublished":"2024-10-07T09:00:00+07:00"} -->',
        '{"@type":"NewsArticle","description":"baris\nbaru\tdan \\s","headline":"%s","datePublished":"2024-10-07T09:00+07:00"};',
        '[[{"@type":"http://schema.org/NewsArticle","headline":"%s","datePublished":"2024-10-07T09:00:00+07:00"}]]',
    ],
)
def test_broken_json_ld_is_repaired(script: str) -> None:
    head = f'<script type="application/ld+json">{script % TITLE}</script>'
    article = parse_html(head, f"<p>{TEASER}</p>").article
    assert article.title == TITLE
    assert article.published_at == datetime(2024, 10, 7, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("/read/12345/warga-lembah-perbaiki-irigasi?utm_source=x", URL),
        ("http://kabar.example.id/read/12345/warga-lembah-perbaiki-irigasi", URL.replace("https", "http")),
        ("https://lain.example.org/salinan", URL),
        ("https://kabar.example.id/", URL),
        ("javascript:alert(1)", URL),
    ],
)
def test_canonical_links_that_stay_here(canonical: str, expected: str) -> None:
    head = f"<meta property='og:type' content='article'><link rel='canonical' href='{canonical}'><title>{TITLE}</title>"
    assert parse_html(head, f"<p>{TEASER}</p>").article.canonical_url == expected


AMP = [
    URL + "?amp=1",
    URL + "/amp",
    URL + "/amp/",
    URL.replace("/read", "/amp/read"),
    URL + ".amp.html",
    URL.replace("kabar.", "amp.kabar."),
    URL.replace("kabar.", "amp."),
]


@pytest.mark.parametrize("found_by", ["link", "import"])
@pytest.mark.parametrize("url", AMP)
def test_an_amp_page_leads_to_its_canonical_page_also_by_hand(url: str, found_by: FoundBy) -> None:
    head = f"<meta property='og:type' content='article'><link rel='canonical' href='{URL}'><title>{TITLE}</title>"
    with pytest.raises(Skip) as skip:
        parse_html(head, f"<p>{TEASER}</p>", url=url, found_by=found_by)
    assert (skip.value.reason, skip.value.canonical_url) == ("not_canonical", URL)


def test_an_amp_page_that_is_its_own_canonical_is_the_article() -> None:
    url = URL + "?amp=1"
    head = f"<meta property='og:type' content='article'><link rel='canonical' href='{url}'><title>{TITLE}</title>"
    assert parse_html(head, f"<p>{TEASER}</p>", url=url).article.canonical_url == url


def test_a_page_with_an_amp_form_is_the_article() -> None:
    head = f"<meta property='og:type' content='article'><link rel='canonical' href='{URL}'><link rel='amphtml' href='{URL}/amp'><title>{TITLE}</title>"
    assert parse_html(head, f"<p>{TEASER}</p>").article.canonical_url == URL


@pytest.mark.parametrize("url", [URL + "?page=2", URL.replace("/read", "/amp/read"), URL.replace("kabar.", "m.kabar.")])
def test_a_page_whose_canonical_is_elsewhere_leads_there(url: str) -> None:
    head = f"<meta property='og:type' content='article'><link rel='canonical' href='{URL}'><title>{TITLE}</title>"
    with pytest.raises(Skip) as skip:
        parse_html(head, f"<p>{TEASER}</p>", url=url)
    assert (skip.value.reason, skip.value.canonical_url) == ("not_canonical", URL)


@pytest.mark.parametrize(
    ("url", "stands"),
    [
        (URL + "?kanal=9", True),
        (URL + "-lama", True),
        (URL + "?page=2", False),
        (URL.replace("/read", "/amp/read"), False),
        (URL + "/amp", False),
    ],
)
def test_a_page_that_came_by_hand_stands_for_its_canonical(url: str, stands: bool) -> None:
    head = f"<meta property='og:type' content='article'><link rel='canonical' href='{URL}'><title>{TITLE}</title>"
    if stands:
        assert parse_html(head, f"<p>{TEASER}</p>", url=url, found_by="import").article.canonical_url == URL
        return
    with pytest.raises(Skip):
        parse_html(head, f"<p>{TEASER}</p>", url=url, found_by="import")


ARTICLE = f"<title>{TITLE}</title><meta property='og:type' content='article'>"
CARDS = "".join(
    f"<article><h2><a href='/read/{n}/judul-berita-ke-{n}'>Judul berita ke-{n}</a></h2><p>{TEASER}</p></article>"
    for n in range(12)
)


@pytest.mark.parametrize(
    ("reason", "arguments"),
    [
        ("noindex", {"head": ARTICLE + "<meta name='robots' content='NOINDEX, follow'>", "body": f"<p>{TEASER}</p>"}),
        ("listing", {"head": ARTICLE, "body": f"<p>{TEASER}</p>", "url": "https://kabar.example.id/"}),
        ("listing", {"head": ARTICLE, "body": f"<p>{TEASER}</p>", "url": "https://kabar.example.id/tag/irigasi"}),
        ("listing", {"head": ARTICLE, "body": f"<p>{TEASER}</p>", "url": "https://kabar.example.id/search?q=irigasi"}),
        ("listing", {"head": "<title>Berita Daerah</title><meta property='og:type' content='website'>", "body": MENU + CARDS}),
        ("listing", {"head": ld(**{"@type": "CollectionPage", "name": "Daerah"}) + "<title>Daerah</title>", "body": CARDS}),
        ("video", {"head": f"<title>{TITLE}</title><meta property='og:type' content='video.other'>", "body": f"<p>{TEASER}</p>"}),
        ("video", {"head": ld(**{"@type": "VideoObject", "name": TITLE}) + f"<title>{TITLE}</title>", "body": f"<h1>{TITLE}</h1>"}),
        ("gallery", {"head": ld(**{"@type": "ImageGallery"}) + f"<title>{TITLE}</title>", "body": f"<h1>{TITLE}</h1><p>Satu.</p>"}),
        ("live_blog", {"head": ld(**{"@type": "LiveBlogPosting", "headline": TITLE}), "body": f"<p>{TEASER}</p>"}),
        ("empty", {"head": ARTICLE, "body": f"<h1>{TITLE}</h1>"}),
        ("empty", {"head": "", "body": ""}),
        ("not_an_article", {"head": "<title>Tentang kami</title>", "body": "<h1>Tentang kami</h1><p>Kami ada.</p>"}),
    ],
)  # fmt: skip
def test_what_is_no_article(reason: str, arguments: dict[str, str]) -> None:
    assert reason_of(**arguments) == reason


def test_the_noindex_header_counts_as_the_meta_tag() -> None:
    with pytest.raises(Skip, match="noindex"):
        parse_html(ARTICLE, f"<p>{TEASER}</p>", headers={"X-Robots-Tag": "noindex"})


@pytest.mark.parametrize("content_type", ["image/png", "application/pdf", "application/json", ""])
def test_other_content_types(content_type: str) -> None:
    with pytest.raises(Skip) as skip:
        parse(page(b"\x89PNG", content_type=content_type))
    assert skip.value.reason == "unsupported_type"


def test_a_feed_is_a_listing_whatever_it_is_called() -> None:
    with pytest.raises(Skip) as skip:
        parse(page('<?xml version="1.0"?>\n<rss version="2.0"><channel></channel></rss>'))
    assert skip.value.reason == "listing"


def test_an_unusable_address_is_a_dead_letter() -> None:
    with pytest.raises(DeadLetter, match="parser_failed: the page's URL"):
        parse(page(TEASER, url="ftp://kabar.example.id/x"))


def test_a_time_to_come_is_left_out_with_a_flag() -> None:
    head = ARTICLE + "<meta property='article:published_time' content='2031-01-01T00:00:00Z'>"
    article = parse_html(head, f"<p>{TEASER}</p>").article
    assert article.published_at is None
    assert article.provenance["published_at"].confidence == 0


def test_the_dates_of_other_articles_are_not_this_ones() -> None:
    widget = "<section><h2>Berita Terkait</h2><ul><li><a href='/read/9/berita-lain-di-desa'>Berita Lain di Desa</a> 3 Juni 2024</li></ul></section>"
    article = parse_html(ARTICLE, f"<main><h1>{TITLE}</h1><p>{TEASER}</p>{widget}</main>").article
    assert article.published_at is None
    assert [item.title for item in article.related] == ["Berita Lain di Desa"]


def test_related_lists_of_unknown_sites() -> None:
    items = "".join(
        f"<li{cls}><a href='/read/{n}/berita-ke-{n}'>Berita {name} di Desa</a><span>{age}</span><p>Isi singkat berita {name} itu.</p></li>"
        for n, (name, age, cls) in enumerate([("Satu", "2 jam lalu", ""), ("Dua", "1 hari lalu", " class='advertorial'")])
    )  # fmt: skip
    related = parse_html(
        ARTICLE, f"<h1>{TITLE}</h1><p>{TEASER}</p><div><h3>Artikel Terkait</h3><ul>{items}</ul></div>"
    ).article.related
    assert [(item.title, item.url, item.teaser, item.sponsored) for item in related] == [
        ("Berita Satu di Desa", "https://kabar.example.id/read/0/berita-ke-0", "Isi singkat berita Satu itu.", False),
        ("Berita Dua di Desa", "https://kabar.example.id/read/1/berita-ke-1", "Isi singkat berita Dua itu.", True),
    ]
    assert related[0].published_at == datetime(2024, 10, 8, 8, 30, tzinfo=UTC)


def test_boilerplate_and_pointers_leave_the_body() -> None:
    parts = [
        TEASER,
        "Iklan",
        "Baca juga: Petani Menanti Pupuk",
        "ADVERTISEMENT",
        "SCROLL TO CONTINUE WITH CONTENT",
        "Air mengalir lagi ke sawah.",
    ]
    body = "".join(f"<p>{part}</p>" for part in parts)
    assert parse_html(ARTICLE, f"<h1>{TITLE}</h1><div>{body}</div>").article.body == (
        TEASER,
        "Air mengalir lagi ke sawah.",
    )


def test_injections_are_text_and_only_web_addresses_are_links() -> None:
    head = (
        "<title>Judul &lt;script&gt;alert(1)&lt;/script&gt; panjang</title><meta property='og:type' content='article'>"
        "<meta property='og:image' content='javascript:alert(2)'><base href='javascript:/a/'>"
    )
    body = f"<p>{TEASER}</p><a href='javascript:alert(3)'>x</a><a href='data:text/html,x'>y</a><p>Tutup \u202etxet\u202c.</p>"
    parsed = parse_html(head, body)
    assert parsed.article.title == "Judul <script>alert(1)</script> panjang"
    assert parsed.article.images == ()
    assert parsed.links == ()
    assert "\u202e" not in "".join(parsed.article.body)


def test_links_are_the_sites_own_articles() -> None:
    links = (
        "<a href='/read/2/berita-kedua-dari-desa?utm_source=x#atas'>a</a><a href='/read/2/berita-kedua-dari-desa'>again</a>"
        "<a href='/read/3/berita-ketiga' rel='nofollow'>b</a><a href='https://lain.example.org/read/4/berita'>c</a>"
        f"<a href='/tag/desa'>d</a><a href='/login'>e</a><a href='{URL}'>self</a><a href='//dunia.example.id/read/5/berita-kelima'>f</a>"
    )
    parsed = parse_html(ARTICLE, f"<p>{TEASER}</p>{links}")
    assert parsed.links == (
        "https://kabar.example.id/read/2/berita-kedua-dari-desa", "https://dunia.example.id/read/5/berita-kelima",
    )  # fmt: skip
    assert parse_html(ARTICLE + "<meta name='robots' content='nofollow'>", f"<p>{TEASER}</p>{links}").links == ()
    many = "".join(f"<a href='/read/{n}/berita'>x</a>" for n in range(10, 99))
    assert len(parse_html(ARTICLE, f"<p>{TEASER}</p>{many}").links) == 50


def test_a_listing_leads_to_its_articles_by_the_same_rules() -> None:
    cards = "".join(
        f"<article><h2><a href='/read/{n}/berita-desa-{n}'>Berita {n}</a></h2></article>" for n in range(10, 99)
    )
    for head, url in (
        ("", "https://kabar.example.id/"),
        ("<title>Indeks Berita</title>", "https://kabar.example.id/indeks/2024"),
    ):
        with pytest.raises(Skip) as skip:
            parse_html(head, cards, url=url)
        assert skip.value.reason == "listing"
        assert skip.value.links == tuple(f"https://kabar.example.id/read/{n}/berita-desa-{n}" for n in range(10, 60))
        with pytest.raises(Skip) as skip:
            parse_html(head + "<meta name='robots' content='nofollow'>", cards, url=url)
        assert skip.value.links == ()


def test_a_video_leads_nowhere() -> None:
    with pytest.raises(Skip) as skip:
        parse_html(
            f"<meta property='og:type' content='video.other'><title>{TITLE}</title>",
            f"<h1>{TITLE}</h1><p>{TEASER}</p><a href='/read/2/berita-kedua-dari-desa'>x</a>",
        )
    assert (skip.value.reason, skip.value.links) == ("video", ())
