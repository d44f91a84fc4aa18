"""A path put behind the base's root is the link that joining both gives."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.parser.links import _root_of
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
