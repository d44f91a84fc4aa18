"""A path put behind the base's root is the link that joining both gives; an article's look is found by its signs."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from services.parser.links import _is_article, _root_of
from services.parser.tree import web_url
from shared.urls import is_plain

PARTS = st.sampled_from(["baca", "a-b-c-d", "..", ".", "a..", "12345", "", "?a", "#a", ";a", "a b", "%2e", "\\\\", "A"])
BASES = st.sampled_from(
    ["https://contoh.id", "https://contoh.id/", "http://www.contoh.id/a/b?c=//d/e", "https://contoh.id?a=/b",
     "https://contoh.id#/a", "https://contoh.id:8080/a", "https://u@contoh.id/a", "HTTPS://Contoh.id/a",
     "//contoh.id/a", "contoh.id/a", "", "https:///a", "https://contoh.id;a/b"]
)  # fmt: skip


@given(BASES, st.lists(PARTS, min_size=1, max_size=5))
@example("https://contoh.id", ["", "lain.id", "a"])
def test_the_short_cut_changes_nothing(base: str, parts: list[str]) -> None:
    href = "".join(f"/{part}" for part in parts)
    joined = _root_of(base) + href
    if is_plain(joined):
        assert joined == web_url(href, base=base)


_NAMED = re.compile(r"/\d{4}/\d{1,2}/|/(?:read|berita|artikel|article|news|story)/|\d{5}", re.IGNORECASE)
_WORDY = re.compile(r"[a-z0-9](?:-[a-z0-9]+){3}", re.IGNORECASE)
_SIGNS = st.sampled_from(["/", "-", "2024", "1", "12345", "a", "B", "ı", "ſ", "\u212a", "é", "_", "read", "News", "?"])


@given(st.lists(_SIGNS, max_size=12).map("".join))
@example("/a-b-c-d")
@example("a-b-c")
@example("/NEWS/")
def test_what_looks_like_an_article(path: str) -> None:
    assert _is_article(path) == bool(_NAMED.search(path) or _WORDY.search(path))
