"""Times of pages that state none in JSON-LD or meta tags: forms of many countries, places, changes, ages."""

from datetime import UTC, datetime, timedelta

import pytest

from services.parser.ages import read_age
from shared.articles import Article
from tests.unit.parser.pages import NOW, URL, parse_html

TITLE = "Warga Lembah Perbaiki Irigasi Bersama-sama"
TEXTS = {
    "id": (
        "Ratusan warga Lembah memperbaiki saluran irigasi pada akhir pekan lalu bersama para petugas desa.",
        "Acara itu akan digelar pada 12 November 2024 dan pernah diadakan pada 3 Mei 2019, kata panitia desa.",
        "Para petani berharap air kembali mengalir ke sawah sebelum masa tanam dimulai pada bulan depan.",
    ),
    "en": (
        "The villagers repaired the canal that had been damaged by the heavy rain, said the head of the village.",
        "The fair will be held on November 12, 2024 and was last held on May 3, 2019, said those who organise it.",
        "The farmers hope that the water will run again before they begin to plant their fields next month.",
    ),
}
SEVENTH = datetime(2024, 10, 7, 3, 30, tzinfo=UTC)  # 10:30 in Jakarta
EIGHTH = datetime(2024, 10, 8, tzinfo=UTC)  # 07:00 in Jakarta


def article(
    after: str = "", *, before: str = "", head: str = "", url: str = URL, language: str = "id", tail: str = ""
) -> Article:
    text = "".join(f"<p>{part}</p>" for part in TEXTS[language])
    head = f"<title>{TITLE}</title><meta property='og:type' content='article'>{head}"
    body = f"<div>{before}<div><h1>{TITLE}</h1>{after}<div class=content>{text}</div>{tail}</div></div>"
    return parse_html(head, body, url=url).article


@pytest.mark.parametrize(
    "line",
    [
        "Senin, 7 Oktober 2024 | 10:30 WIB", "07/10/2024, 10:30 WIB", "Kabar.com - 07/10/2024, 10:30 WIB",
        "Jakarta, 7 Oktober 2024 10:30 WIB", "Ditayangkan 07/10/2024, 10:30", "Senin, 7 Okt '24 10:30 WIB",
        "Senin 7/10/24 10:30 WIB", "Publikasi: 7 Oktober 2024 10:30 WIB", "Rilis: 7 Oktober 2024 10:30 WIB",
        "Budi Santoso, Kabar Lembah - Senin, 7 Oktober 2024 10:30 WIB", "Senin, 7/Oktober/2024 10:30 WIB",
        "Penulis: Budi Santoso | Editor: Siti Aminah | 7 Oktober 2024 10:30 WIB",
        "Senin Wage, 7 Oktober 2024 10:30 WIB",
        "Diperbarui 8 Oktober 2024 07:00 WIB | Diterbitkan 7 Oktober 2024 10:30 WIB", "Senin, 7 Oktober 2024 (10:30)",
        "Updated: 8 Okt 2024 07:00 WIB. Published: 7 Okt 2024 10:30 WIB", "Senin, 7 Oktober 2024 pk. 10:30",
        "Nasional | Senin, 7 Oktober 2024 10:30 WIB", "Senin, 7 Oktober 2024 11:30 WITA", "Kemarin, 10:30 WIB",
    ],
)  # fmt: skip
def test_lines_of_indonesian_sites(line: str) -> None:
    assert article(f"<div>{line}</div>").published_at == SEVENTH


@pytest.mark.parametrize(
    ("country", "line"),
    [
        ("de", "Von Max Mustermann 07.10.2024, 10:30 Uhr"), ("de", "07.10.24, 10:30 Uhr"),
        ("de", "Erstellt: 07.10.2024, 10:30 Uhr"), ("de", "Lesezeit: 3 Min. 07.10.2024, 10:30 Uhr"),
        ("de", "Gestern, 10:30 Uhr"), ("fr", "Par Jean Dupont, publié le 7 octobre 2024 à 10h30"),
        ("fr", "Publié le lundi 07 octobre 2024 à 10h30, mis à jour le 8 octobre 2024 à 08h00"),
        ("es", "07/10/2024 a las 10:30h"), ("es", "07·10·24 | 10:30"), ("it", "Lunedì 7 Ottobre 2024, 10:30"),
        ("nl", "maandag 7 oktober 2024 10:30"), ("pl", "poniedziałek, 7 października 2024 10:30"),
        ("tr", "7 Ekim 2024 Pazartesi 10:30"), ("tr", "Giriş: 07.10.2024 - 10:30"), ("by", "7 октября 2024 в 10:30"),
        ("jp", "公開日：2024年10月7日 10:30"), ("jp", "2024年10月07日（月） 10時30分"),
        ("kr", "입력 2024.10.07. 오전 10:30"), ("cn", "2024年10月07日 10:30 来源：新华网"),
    ],
)  # fmt: skip
def test_lines_of_other_countries(country: str, line: str) -> None:
    hours = {"tr": 3, "by": 3, "jp": 9, "kr": 9, "cn": 8}.get(country, 2)
    url = f"https://news.example.{country}/read/12345/villagers-repair-the-canal"
    wanted = datetime(2024, 10, 7, 10, 30, tzinfo=UTC) - timedelta(hours=hours)
    assert article(f"<div>{line}</div>", url=url, language="en").published_at == wanted


@pytest.mark.parametrize(
    "place",
    [
        "<div><span>Senin, 7 Oktober 2024</span><span>10:30 WIB</span></div>",
        "<time datetime=1728271800>kemarin</time>",
        "<time title='7 Oktober 2024 10:30 WIB'>1 hari lalu</time>",
        "<abbr class=published title='2024-10-07T10:30:00+07:00'>kemarin</abbr>",
        "<span data-timestamp=1728271800></span>",
        "<span data-time=1728271800000>kemarin</span>",
        "<span data-date='2024-10-07T10:30:00+07:00'>kemarin</span>",
        "<meta itemprop=dateCreated content='2024-10-07T10:30:00+07:00'>",
        "<span itemprop=datePublished>7 Oktober 2024 10:30 WIB</span>",
        "<div>Kejadian: 3 Mei 2019</div><div>7 Oktober 2024 10:30 WIB</div>",
    ],
)
def test_places(place: str) -> None:
    assert article(place).published_at == SEVENTH


@pytest.mark.parametrize(
    "head",
    [
        "<meta name=publication_date content='2024-10-07T10:30:00+07:00'>",
        "<meta name=published_at content=1728271800>",
        "<meta property='article:published_time' content=1728271800.0>",
        '<script type=\'application/ld+json\'>{"@type": "WebPage", "datePublished": "2024-10-07 10:30"}</script>',
    ],
)
def test_places_in_the_head(head: str) -> None:
    assert article(head=head).published_at == SEVENTH


@pytest.mark.parametrize(
    "lines",
    [
        "<div>Diperbarui: 8 Oktober 2024, 07:00 WIB</div><div>Diterbitkan: 7 Oktober 2024, 10:30 WIB</div>",
        "<div>Terbit: 7 Oktober 2024, 10:30 WIB | Diperbarui: 8 Oktober 2024, 07:00 WIB</div>",
        (
            "<time class=updated datetime='2024-10-08T07:00:00+07:00'>Diperbarui 8 Oktober 2024, 07:00 WIB</time>"
            "<time class='entry-date published' datetime='2024-10-07T10:30:00+07:00'>7 Oktober</time>"
        ),
        (
            "<div>Diperbarui <time datetime='2024-10-08T07:00:00+07:00'>8 Oktober 2024 07:00 WIB</time></div>"
            "<div>Terbit <time datetime='2024-10-07T10:30:00+07:00'>7 Oktober</time></div>"
        ),
    ],
)
def test_a_change_is_not_the_publication(lines: str) -> None:
    found = article(lines)
    assert (found.published_at, found.modified_at) == (SEVENTH, EIGHTH)


@pytest.mark.parametrize(
    ("line", "hours"),
    [("2 jam lalu", 2), ("Diterbitkan 30 menit yang lalu", 0.5), ("Kemarin", 24), ("Published 3 hours ago", 3),
     ("vor 2 Std.", 2)],
)  # fmt: skip
def test_an_age_near_the_title_is_better_than_nothing(line: str, hours: float) -> None:
    found = article(f"<div><span>{line}</span></div>")
    assert found.published_at == NOW - timedelta(hours=hours)
    assert found.provenance["published_at"].source == "age"
    assert found.provenance["published_at"].confidence < 0.4
    assert article(f"<span>{line}</span><div>7 Oktober 2024 10:30 WIB</div>").published_at == SEVENTH


def test_the_address_is_better_than_nothing() -> None:
    found = article(url="https://kabar.example.id/2024/10/07/warga-lembah-perbaiki-irigasi")
    assert found.published_at == datetime(2024, 10, 6, 17, tzinfo=UTC)
    assert found.provenance["published_at"].source == "url"


@pytest.mark.parametrize(
    "other",
    [
        "<p>Festival digelar pada 12 November 2024 di lapangan desa itu.</p>",
        "<div>Jadwal acara: Sabtu, 5 Oktober 2024 19:00 WIB</div>",
        "<a href=/read/99/lain><h3>Berita yang lain lagi di sini</h3><span>2 jam lalu</span></a>",
        "<div>Diperbarui: 7 Oktober 2024, 10:30 WIB</div>",
    ],
)
def test_times_of_something_else(other: str) -> None:
    assert article(other).published_at is None


def test_an_age_after_the_text_is_another_articles() -> None:
    card = "<div><h3><a href='/read/99/berita-yang-lain'>Berita yang lain lagi</a></h3><span>2 jam lalu</span></div>"
    assert article(tail=card).published_at is None


@pytest.mark.parametrize(
    "text",
    ["2 jam lepas", "2h ago", "2 hrs ago", "vor 2 Stunden", "il y a 2 heures", "hace 2 h", "2 ore fa", "2 uur geleden",
     "há 2 horas", "for 2 timer siden", "för 2 timmar sedan", "2 godziny temu", "2 saat önce", "2 часа назад",
     "2 tuntia sitten", "2時間前", "2小时前", "2시간 전"],
)  # fmt: skip
def test_ages_in_many_languages(text: str) -> None:
    age = read_age(text)
    assert age is not None
    assert age.exact == timedelta(hours=2)


@pytest.mark.parametrize("text", ["2 jam", "2h", "3 min read", "5 Stunden", "vor 2", "2日", "temu 2"])
def test_a_duration_is_no_age(text: str) -> None:
    assert read_age(text) is None
