import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Skip
from shared.not_found import says_not_found
from tests.unit.parser.pages import parse_html

SAID = """Halaman Tidak Ditemukan
404 - Halaman tidak ditemukan | Kabar.id
Maaf, halaman yang Anda cari tidak ditemukan
Mohon maaf, halaman yang kamu cari tidak ada
Ups! Artikel tidak ditemukan
Berita telah dihapus
Konten tidak tersedia
Laman tidak dijumpai
404
404 Not Found
Page not found - The Daily
Oops! That page can’t be found.
Sorry, the page you are looking for doesn't exist
The page you requested could not be found
We can't find that page
This page is no longer available
Fehler 404: Seite nicht gefunden
Die Seite wurde leider nicht gefunden
Cette page n'existe pas
Page introuvable
Página no encontrada
Página não encontrada
Pagina non trovata
Pagina niet gevonden
Sayfa bulunamadı
Nie znaleziono strony
Sidan kunde inte hittas
Sivua ei löydy
Страница не найдена
Ошибка 404
Сторінку не знайдено
お探しのページは見つかりませんでした。
页面不存在
找不到页面
페이지를 찾을 수 없습니다
الصفحة غير موجودة
पृष्ठ नहीं मिला
ไม่พบหน้าที่คุณต้องการ
Không tìm thấy trang""".splitlines()
NEWS = """404 warga mengungsi akibat banjir
Pesawat MH370 tidak ditemukan
Korban hanyut belum ditemukan - Kabar
Halaman rumah warga digenangi air
Berita hoaks telah dihapus polisi
Dokumen kasus korupsi tidak ditemukan KPK
Vaksin tidak tersedia di puskesmas
Polisi: Data korban tidak ditemukan di lokasi
Why "page not found" became a meme
Page not found: how link rot eats the web
Peugeot - 404""".splitlines()
SORRY = "<p>Halaman yang Anda tuju mungkin telah dipindahkan atau alamatnya salah.</p>"
LATEST = "".join(
    f'<li><a href="/read/{n}2345/berita-terbaru-nomor-{n}">Berita terbaru nomor {n}</a></li>' for n in range(9)
)


@pytest.mark.parametrize("title", SAID)
def test_a_title_that_says_so(title: str) -> None:
    assert says_not_found(title)


@pytest.mark.parametrize("title", NEWS)
def test_news_about_what_is_not_found(title: str) -> None:
    assert not says_not_found(title)


@pytest.mark.parametrize(
    ("head", "heading"),
    [
        ("<title>Halaman tidak ditemukan - Kabar</title>", "<h1>Waduh!</h1>"),
        ("<title>Kabar</title>", "<h1>Halaman tidak ditemukan</h1>"),
        (
            "<title>404 | Kabar</title><meta property='og:type' content='article'>",
            "<h1>Maaf, halaman tidak ditemukan</h1>",
        ),
    ],
)
def test_a_page_that_says_that_nothing_is_there_is_skipped_and_leads_nowhere(head: str, heading: str) -> None:
    with pytest.raises(Skip) as skip:
        parse_html(head, f"{heading}{SORRY}<ul>{LATEST}</ul>")
    assert (skip.value.reason, skip.value.links) == ("soft_404", ())


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:published_time' content='2024-10-07T09:00:00+07:00'>",
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-10-07T09:00:00Z"}</script>',
    ],
)
def test_a_dated_article_of_that_title_stays_one(head: str) -> None:
    title = "Halaman tidak ditemukan"
    assert parse_html(f"<title>{title}</title>{head}", f"<h1>{title}</h1>{SORRY}").article.title == title


def test_so_does_a_long_one() -> None:
    text = "".join(
        f"<p>Pembaca ke-{number} melihat pesan itu dan bertanya dari mana asalnya.</p>" for number in range(50)
    )
    assert parse_html("<title>Page not found</title>", f"<h1>Page not found</h1><article>{text}</article>").article


@given(st.text(max_size=200))
def test_nothing_raises(text: str) -> None:
    says_not_found(text)
