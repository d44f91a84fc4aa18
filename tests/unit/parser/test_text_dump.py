# ruff: noqa: E501, W293 - pages stand on one line
from datetime import UTC, datetime

import pytest

from services.parser.parse import parse
from shared.articles import Article, Image
from shared.errors import Skip
from tests.unit.parser.pages import page

LOGIN = """Lupa Kata Sandi? Klik di Sini

atau Masuk melalui

Belum Memiliki Akun Daftar di Sini

Konfirmasi Email

"""
FULL = (
    LOGIN
    + """Petani Garam Rembang Panen Lebih Awal, Harga Justru Naik

Reporter

Sinta Maharani

Editor

Budi Riza Putra

Dewi Lestari

Rabu, 19 Juni 2024 19:05 WIB

image-gnews
Petani garam di Rembang, Jawa Tengah. TEMPO/Arsip
Petani garam di Rembang, Jawa Tengah. TEMPO/Arsip
Iklan

TEMPO.CO, Rembang - Petani garam di pesisir Rembang memulai panen tiga pekan lebih awal tahun ini. Kemarau datang lebih cepat.

Harga di tingkat petani naik menjadi Rp 1.500 per kilogram.

Baca juga: Harga Beras Turun di Pasar Induk

Panen raya

"Biasanya harga jatuh saat panen," kata seorang petani pada Rabu, 19 Juni 2024.

Tambak milik warga sudah dilapisi terpal.
Tambak milik warga sudah dilapisi terpal.

Iklan

Scroll Untuk Melanjutkan

Pemerintah kabupaten berjanji membeli sisa panen.

SINTA MAHARANI | ANTARA

Pilihan Editor: Nelayan Rembang Kembali Melaut

Garam

Rembang

Petani

Iklan

Rekomendasi Artikel

Konten sponsor pada widget ini merupakan konten yang dibuat dan ditampilkan pihak ketiga, bukan redaksi Tempo. Tidak ada aktivitas jurnalistik dalam pembuatan konten ini.

Video Pilihan

Impor Garam Industri Dibatasi Mulai Tahun Depan

3 jam lalu

Gudang garam. TEMPO/Arsip
Impor Garam Industri Dibatasi Mulai Tahun Depan

Kementerian membatasi impor garam untuk industri aneka pangan.

Cara Menabung untuk Liburan Keluarga

Konten Sponsor

Cara Menabung untuk Liburan Keluarga

Tabungan berjangka dengan hadiah langsung.

Tanpa Teaser Pun Tetap Terbaca

1 hari lalu

Tanpa Teaser Pun Tetap Terbaca

Cuaca Pekan Ini di Pantura

12 Juni 2024

Awan di atas Rembang.
Cuaca Pekan Ini di Pantura

Hujan ringan diperkirakan turun pada akhir pekan.
"""
)
BARE = (
    LOGIN
    + """Jembatan Baru di Sungai Musi Mulai Diuji Coba

Editor

Ahmad Faiz

image-gnews
Iklan

TEMPO.CO, Palembang - Jembatan baru di Sungai Musi mulai diuji coba dengan dua puluh truk bermuatan.

Uji coba berlangsung tiga hari.

Iklan



Rekomendasi Artikel

Konten sponsor pada widget ini merupakan konten yang dibuat dan ditampilkan pihak ketiga, bukan redaksi Tempo. Tidak ada aktivitas jurnalistik dalam pembuatan konten ini.

 

Video Pilihan

"""
)
ELSEWHERE = """Warga Lembah Gotong Royong Perbaiki Irigasi - Kabar Desa
Beranda
Nasional
Ekonomi
Olahraga
Indeks
Home
Nasional
Warga Lembah Gotong Royong Perbaiki Irigasi
Kabar Desa - 08/10/2024, 10:30 WIB
Penulis: Rina Wulandari
Editor: Hasan Basri
Warga bergotong royong di saluran irigasi.
KENDAL, KabarDesa.com - Ratusan warga Lembah memperbaiki saluran irigasi sepanjang dua kilometer pada akhir pekan lalu.
Mereka membawa cangkul dan karung pasir dari rumah masing-masing, lalu bekerja bergiliran sampai sore hari.
Baca juga: Petani Menanti Pupuk
Kepala desa berharap aliran air kembali lancar sebelum musim tanam dimulai bulan depan.
TAG:
Irigasi
Kendal
Berita Terkait
Petani Menanti Pupuk
Sumur Bor Baru Diresmikan
Panen Raya Ditunda
Terpopuler
Harga Cabai Naik
Copyright 2024 Kabar Desa
"""


def read(text: str, url: str) -> Article:
    return parse(page(text, url=url, content_type="text/plain; charset=utf-8")).article


@pytest.mark.parametrize("text", [FULL, "\ufeff" + FULL.replace("\n", "\r\n"), FULL.replace("\n\n", "\n \n\t\n")])
@pytest.mark.parametrize("path", ["read/1/petani-garam-rembang-panen-lebih-awal", "read/1"])
def test_a_dump_with_everything(text: str, path: str) -> None:
    article = read(text, f"https://bisnis.tempo.co/{path}")
    assert article.title == "Petani Garam Rembang Panen Lebih Awal, Harga Justru Naik"
    assert article.authors == ("Sinta Maharani",)
    assert article.editors == ("Budi Riza Putra", "Dewi Lestari")
    assert article.published_at == datetime(2024, 6, 19, 12, 5, tzinfo=UTC)
    assert article.provenance["published_at"].zone == "WIB"
    assert article.dateline == "TEMPO.CO, Rembang"
    assert article.topics == ("Garam", "Rembang", "Petani")
    assert article.images == (
        Image(caption="Petani garam di Rembang, Jawa Tengah. TEMPO/Arsip"),
        Image(caption="Tambak milik warga sudah dilapisi terpal."),
    )
    assert article.body == (
        "Petani garam di pesisir Rembang memulai panen tiga pekan lebih awal tahun ini. Kemarau datang lebih cepat.",
        "Harga di tingkat petani naik menjadi Rp 1.500 per kilogram.",
        "Panen raya",
        '"Biasanya harga jatuh saat panen," kata seorang petani pada Rabu, 19 Juni 2024.',
        "Pemerintah kabupaten berjanji membeli sisa panen.",
        "SINTA MAHARANI | ANTARA",
    )


def test_a_related_list_with_paid_items_and_without_teasers() -> None:
    related = read(FULL, "https://bisnis.tempo.co/read/1").related
    assert [(item.title, item.published_at, item.teaser, item.sponsored) for item in related] == [
        (
            "Impor Garam Industri Dibatasi Mulai Tahun Depan",
            datetime(2024, 10, 8, 7, 30, tzinfo=UTC),
            "Kementerian membatasi impor garam untuk industri aneka pangan.",
            False,
        ),
        ("Cara Menabung untuk Liburan Keluarga", None, "Tabungan berjangka dengan hadiah langsung.", True),
        ("Tanpa Teaser Pun Tetap Terbaca", datetime(2024, 10, 7, 10, 30, tzinfo=UTC), None, False),
        (
            "Cuaca Pekan Ini di Pantura",
            datetime(2024, 6, 11, 17, tzinfo=UTC),
            "Hujan ringan diperkirakan turun pada akhir pekan.",
            False,
        ),
    ]


def test_a_dump_with_little() -> None:
    article = read(BARE, "https://nasional.tempo.co/read/2/jembatan-baru-di-sungai-musi")
    assert article.title == "Jembatan Baru di Sungai Musi Mulai Diuji Coba"
    assert article.editors == ("Ahmad Faiz",)
    assert article.body == (
        "Jembatan baru di Sungai Musi mulai diuji coba dengan dua puluh truk bermuatan.",
        "Uji coba berlangsung tiga hari.",
    )
    assert (article.published_at, article.images, article.topics, article.related) == (None, (), (), ())


@pytest.mark.parametrize("path", ["2024/10/08/warga-lembah-gotong-royong", "1234"])
def test_a_dump_of_another_site_without_blank_lines(path: str) -> None:
    article = read(ELSEWHERE, f"https://kabardesa.example/{path}")
    assert article.title == "Warga Lembah Gotong Royong Perbaiki Irigasi"
    assert article.authors == ("Rina Wulandari",)
    assert article.editors == ("Hasan Basri",)
    assert article.published_at == datetime(2024, 10, 8, 3, 30, tzinfo=UTC)
    assert article.dateline == "KENDAL, KabarDesa.com"
    assert [text[:14] for text in article.body] == ["Ratusan warga ", "Mereka membawa", "Kepala desa be"]
    assert article.topics == ("Irigasi", "Kendal")


def test_hard_wrapped_text_is_joined() -> None:
    text = (
        "Panen Padi Dimulai Lebih Awal\n\n"
        "Petani di lereng gunung memulai panen lebih awal karena hujan\nterakhir turun pada bulan Mei dan sawah mereka"
        " mengering\nlebih cepat daripada tahun lalu.\n\n"
        "Harga gabah naik di tingkat penggilingan, dan pedagang dari\nkota mulai berdatangan untuk membeli langsung di"
        " pematang\nsawah sebelum padi dijemur.\n"
    )
    assert [len(part.split()) for part in read(text, "https://x.example/1/panen-padi-dimulai-lebih").body] == [24, 21]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n \n", "empty"),
        ("\n\n".join(f"Judul Berita Nomor {n} Tentang Hal Lain\n\n{n} jam lalu" for n in range(1, 20)), "listing"),
    ],
)
def test_dumps_without_an_article(text: str, reason: str) -> None:
    with pytest.raises(Skip) as skip:
        read(text, "https://x.example/satu")
    assert skip.value.reason == reason


def test_people_on_one_line_a_caption_without_a_mark_and_a_signature() -> None:
    text = (
        "Harga Cabai Naik Tajam di Pasar Minggu\n\nReporter: Sinta Maharani | Editor: Budi Riza\n\n"
        "Rabu, 19 Juni 2024 | 19.05 WIB\n\nPedagang cabai di Pasar Minggu. TEMPO/Arsip\n\n"
        "TEMPO.CO, Jakarta -- Harga cabai naik tajam dalam dua hari terakhir.\n\nBaca juga:\n\nHarga Bawang Ikut Naik\n\n"
        "Pedagang berharap pasokan pulih pekan depan.\n\nREUTERS\n\nTopik\n\ncabai\n\npasar minggu\n\nIklan\n"
    )
    article = read(text, "https://bisnis.tempo.co/read/1")
    assert (article.authors, article.editors) == (("Sinta Maharani",), ("Budi Riza",))
    assert article.images == (Image(caption="Pedagang cabai di Pasar Minggu. TEMPO/Arsip"),)
    assert article.body[1:] == ("Pedagang berharap pasokan pulih pekan depan.", "REUTERS")
    assert article.topics == ("cabai", "pasar minggu")


def test_a_short_title_before_a_related_list_with_longer_ones() -> None:
    text = (
        "Hujan Turun\n\nEditor\n\nSita P.\n\nimage-gnews\nIklan\n\nTEMPO.CO, Jakarta- Hujan turun deras pada Rabu sore.\n\n"
        "Rekomendasi Artikel\n\nSenin Depan Libur Nasional\n\n1 jam lalu\n\nSenin Depan Libur Nasional\n\nLibur sehari.\n"
    )
    article = read(text, "https://bisnis.tempo.co/read/1")
    assert (article.title, article.editors, article.dateline) == ("Hujan Turun", ("Sita P.",), "TEMPO.CO, Jakarta")
    assert article.body == ("Hujan turun deras pada Rabu sore.",)


def test_a_list_of_short_lines_inside_the_text_stays() -> None:
    names = "Ruteng\n\nBajawa\n\nEnde\n\nMaumere\n\nLarantuka\n\nKupang"
    text = (
        "Kota dengan Udara Terbersih\n\nEditor\n\nLaili Ira\n\nIklan\n\nPeneliti merilis daftar kota dengan udara bersih.\n\n"
        f"{names}\n\nKabut turun hampir setiap pagi di semua kota itu.\n\nIklan\n\nRekomendasi Artikel\n\nVideo Pilihan\n"
    )
    assert len(read(text, "https://tekno.tempo.co/read/1").body) == 8
