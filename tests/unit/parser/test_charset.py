import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.charset import decode
from shared.errors import DeadLetter

TEXT = "Kafé di Kota Tua – “déjà vu” kata perajin; harga €3. " * 5


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("utf-8", "text/html; charset=nonsense"),
        ("utf-8", "text/html; charset=hex"),
        ("utf-8-sig", "text/html"),
        ("utf-16", "text/html"),
        ("cp1252", "text/html; charset=iso-8859-1"),
        ("cp1252", "text/html; charset=utf-8"),
        ("cp1252", "text/html"),
    ],
)
def test_the_bytes_win_over_wrong_labels(encoding: str, content_type: str) -> None:
    assert decode(TEXT.encode(encoding), content_type) == TEXT


def test_the_pages_own_meta_counts_where_the_header_is_silent() -> None:
    html = "<meta charset='shift_jis'><p>日本語のニュース記事です。</p>"
    assert decode(html.encode("shift_jis"), "text/html") == html


def test_a_cut_character_does_not_change_the_encoding() -> None:
    assert decode(TEXT.encode() + b"\xe2\x80", "text/html; charset=iso-8859-1").startswith(TEXT)


def test_text_that_was_decoded_wrongly_once_is_repaired() -> None:
    broken = TEXT.encode().decode("cp1252", "ignore")
    assert decode(broken.encode(), "text/html") == TEXT.replace(
        "”", broken[broken.index("vu") + 2 : broken.index(" kata")]
    )
    assert decode("Kafé â la carte, Âge".encode(), "text/html") == "Kafé â la carte, Âge"


def test_noise_is_a_dead_letter() -> None:
    with pytest.raises(DeadLetter, match="undecodable_page"):
        decode(bytes(range(9)) * 200, "text/html")


@given(
    st.binary(max_size=500),
    st.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=shift_jis", "x; charset=\x00"]),
)
def test_any_bytes_give_text_or_a_dead_letter(body: bytes, content_type: str) -> None:
    try:
        assert isinstance(decode(body, content_type), str)
    except DeadLetter as dead:
        assert dead.reason == "undecodable_page"  # noqa: PT017 - either end is right
