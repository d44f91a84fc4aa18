"""Looking at the bytes first, whether there is anything to repair, changes no page's text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.parser.charset import _CP1252, _decode, _repair, decode, readable
from shared.errors import DeadLetter

TYPES = st.sampled_from(
    ["", "text/html"]
    + [f"text/html; charset={name}" for name in ("utf-8", "iso-8859-1", "utf-16", "iso-2022-jp", "cp037", "utf-7")]
)


def _read_wrongly_once(text: str) -> str:
    return "".join(
        chr(byte) if byte < 0x80 else bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode()
    )


PIECES = (
    st.text(max_size=20)
    | st.text(max_size=20).map(_read_wrongly_once)
    | st.text(alphabet=sorted(_CP1252), max_size=6)
    | st.sampled_from(["\x00", "\x01", "\ufffd", "Ã\x00©", "â\x00€™", "Ã©", "â€œkata”", "Ä±", "ðŸ˜€", "\ufeff"])
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)
BODIES = (
    TEXTS.map(lambda text: text.encode("utf-8", "replace"))
    | TEXTS.map(lambda text: text.encode("utf-8-sig", "replace"))
    | TEXTS.map(lambda text: text.encode("utf-16", "replace"))
    | TEXTS.map(lambda text: text.encode("cp1252", "replace"))
    | TEXTS.map(lambda text: _read_wrongly_once(_read_wrongly_once(text)).encode())
    | st.binary(max_size=60)
    | st.builds(lambda text, more: text.encode() + more, TEXTS, st.binary(max_size=3))
)


def _always_repaired(body: bytes, content_type: str) -> str | None:
    text, _ = _decode(body, content_type)
    bad = text.count("\ufffd") + sum(text.count(chr(code)) for code in range(9))
    return None if bad > max(20, len(text) // 10) else _repair(text.replace("\x00", ""))


def _decoded(body: bytes, content_type: str) -> str | None:
    try:
        return decode(body, content_type)
    except DeadLetter:
        return None


@settings(max_examples=400, deadline=None)
@given(BODIES, TYPES)
@example("Ã\x00©".encode(), "")
@example(30 * b"\x2f\x16\xe9", "text/html; charset=cp037")
def test_the_short_cut_changes_nothing(body: bytes, content_type: str) -> None:
    assert _decoded(body, content_type) == _always_repaired(body, content_type)


@settings(max_examples=400, deadline=None)
@given(BODIES.map(lambda body: body + "é".encode()) | BODIES, TYPES)
@example("\ufffdé".encode(), "text/html; charset=cp1252")
@example(21 * b"\x01" + "é".encode(), "text/html")
def test_bytes_that_stay_as_they_came_are_the_text(body: bytes, content_type: str) -> None:
    try:
        came = readable(body, content_type)
    except DeadLetter:
        came = None
    assert (came.decode() if isinstance(came, bytes) else came) == _decoded(body, content_type)


@pytest.mark.parametrize("lead", range(0xC2, 0xF5))
def test_every_pair_that_could_be_repaired_is_looked_at(lead: int) -> None:
    for char, byte in _CP1252.items():
        if byte < 0xC0:
            body = f"<p>{chr(lead)}{char}\u20ac\u2122</p>".encode()
            assert decode(body, "text/html") == _always_repaired(body, "text/html")
