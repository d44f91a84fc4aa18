import pytest

from services.parser.text import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Dua\t baris\n teks ", "Dua baris teks"),
        ("be\u00adri\u200bta\u202e", "berita"),
        ("\u200dbe\u200crita", "berita"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("\ud800a", "a"),
    ],
)
def test_what_nobody_sees_is_gone_but_for_what_shapes_letters(text: str, expected: str) -> None:
    assert clean(text) == expected
