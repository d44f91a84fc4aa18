"""What a picture shows, and who made it."""

import pytest

from services.parser.photo_credits import split_credit
from shared.articles import Image
from tests.unit.parser.pages import parse_html

TITLE = "Warga Lembah Perbaiki Saluran Irigasi"
TEXT = "".join(
    f"<p>Air dari waduk mengalir ke sawah di hilir lebih awal pada musim tanam ke-{n} ini.</p>" for n in range(6)
)
ADDRESS = "https://kabar.example.id/gambar/saluran-irigasi"
SHARED = f"<meta property='og:image' content='{ADDRESS}.jpg'>"


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("Petani menanam padi. ANTARA FOTO/Budi/foc.", "Petani menanam padi.", "ANTARA FOTO/Budi/foc"),
        ("Sidang di Jakarta (Foto: Budi/Kabar)", "Sidang di Jakarta", "Foto: Budi/Kabar"),
        ("The valley at dusk. | A. Smith/PA Images via Getty Images", "The valley at dusk.",
         "A. Smith/PA Images via Getty Images"),
        ("The valley at dusk Getty Images", "The valley at dusk", "Getty Images"),
        ("Das Tal am Abend © Wire / Bildbüro", "Das Tal am Abend", "© Wire / Bildbüro"),
        ("谷の夕暮れ（潟沼撮影）", "谷の夕暮れ", "潟沼撮影"),
        ("谷の夕暮れ＝ＡＰ", "谷の夕暮れ", "ＡＰ"),
        ("Das Tal am Abend, Foto: LAT Bilder", "Das Tal am Abend", "Foto: LAT Bilder"),
        ("The valley. Image: A. Smith", "The valley.", "Image: A. Smith"),
        ("Foto: Budi", "", "Foto: Budi"),
        ("Ilustrasi (Dok. Desa)", "Ilustrasi", "Dok. Desa"),
    ],
)  # fmt: skip
def test_credits_behind_a_caption(text: str, caption: str, credit: str) -> None:
    assert split_credit(text) == (caption, credit)


@pytest.mark.parametrize(
    "text",
    ["A farmer takes a photo by the river.", "Source of the river", "Smoke rises. The picture was taken by AFP",
     "Menteri berkunjung, Jumat (12/2).", "Warga (kiri/kanan)", "Foto bersama warga desa", ""],
)  # fmt: skip
def test_captions_without_credits(text: str) -> None:
    assert split_credit(text) == (text, None)


def _lead(body: str, head: str = SHARED) -> Image:
    return parse_html(head, body).article.images[0]


@pytest.mark.parametrize(
    "picture",
    [
        """<figure><img src='/gambar/saluran-irigasi-800x450.jpg'><figcaption>Saluran yang rusak.
        <span class='credit'>Sri Rahayu</span></figcaption></figure>""",
        """<div class='box'><a class='image'><img src='/gambar/saluran-irigasi.jpg'></a><div class='image-text'>
        <span class='description'>Saluran yang rusak.</span> <span class='copyright'>Sri Rahayu</span></div></div>""",
    ],
)  # fmt: skip
def test_captions_at_the_picture(picture: str) -> None:
    body = f"<main><h1>{TITLE}</h1>{TEXT[:80]}</p>{picture}{TEXT}</main>"
    lead = _lead(body)
    assert (lead.url, lead.caption) == (f"{ADDRESS}.jpg", "Saluran yang rusak.")


def test_a_credit_in_an_element_of_its_own() -> None:
    figure = (
        "<figure><img src='/a.jpg'><figcaption>Saluran <i class='photo-credit'>Sri Rahayu</i></figcaption></figure>"
    )
    assert _lead(f"<article><h1>{TITLE}</h1>{figure}{TEXT}</article>", "") == Image(
        url="https://kabar.example.id/a.jpg", caption="Saluran", credit="Sri Rahayu"
    )


def test_a_picture_for_sharing_that_isnt_shown_gives_way_to_the_figure() -> None:
    figure = "<figure><img src='/gambar/warga.jpg'><figcaption>Warga bekerja bersama.</figcaption></figure>"
    page = f"<article><h1>{TITLE}</h1>{figure}{TEXT}</article>"
    article = parse_html(SHARED, page).article
    assert [image.url for image in article.images] == ["https://kabar.example.id/gambar/warga.jpg", f"{ADDRESS}.jpg"]
    assert article.provenance["images"].source == "figure"
    shown = page.replace("<h1>", "<img src='/gambar/saluran-irigasi-1200.jpg'><h1>")
    assert _lead(shown).url == f"{ADDRESS}.jpg"


def test_the_caption_with_its_credit_is_no_paragraph() -> None:
    figure = "<figure><img src='/a.jpg'><figcaption>Saluran yang rusak. (Foto: Sri/Kabar)</figcaption></figure>"
    again = "<p>Saluran yang rusak. (Foto: Sri/Kabar)</p>"
    article = parse_html("", f"<article><h1>{TITLE}</h1>{figure}{again}{TEXT}</article>").article
    assert article.images[0].credit == "Foto: Sri/Kabar"
    assert all("rusak" not in paragraph for paragraph in article.body)
