import pytest

from services.parser.boilerplate import is_boilerplate


@pytest.mark.parametrize(
    "line",
    ["Iklan", "Baca juga: Harga beras naik", "Lupa Kata Sandi?", "Klik di sini untuk atur ulang sandi Anda", "Share",
     "Kami sudah mengirim tautan aktivasi ke alamat itu", "The minister speaks | Back to video",
     "Konten ini adalah iklan. Tidak ada aktivitas jurnalistik dalam pembuatan konten ini."],
)  # fmt: skip
def test_the_sites_own_lines(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    ["Polisi memecahkan sandi yang dipakai jaringan itu.", "Aktivasi kartu dimulai Senin.", "Iklan rokok dilarang.",
     "They went back to video calls.", "Lupa kata sandi. " * 30],
)  # fmt: skip
def test_the_articles_lines(line: str) -> None:
    assert not is_boilerplate(line)
