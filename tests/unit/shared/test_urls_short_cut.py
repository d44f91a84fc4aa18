"""The short cut for plain URLs gives exactly what the long way gives: article ids are frozen."""

from urllib.parse import urljoin

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.parser.tree import web_url
from shared.urls import _PLAIN, BadUrlError, _long_way, canonical_url, is_plain

HOSTS = st.sampled_from(
    ["contoh.id", "www.contoh.co.id", "m.contoh.com", "amp.contoh.id", "contoh.takada", "127.0.0.1", "1.2.3.id",
     "0x7f.1", "xn--exmple-cua.id", "a.xn--p1ai", "xn-a.id", "a--b.id", "-a.id", "a-.id", "a..id", "contoh.id.",
     "contoh", "localhost", "Contoh.id", "exämple.id", "contoh.id:80", "contoh.id:443", "contoh.id:8080",
     "contoh.id:", "u@contoh.id", "[::1]", "a_b.id", "1e3.com", "ⅷ.id", "a" * 64 + ".id", "a-" * 40 + "b.id",
     ".".join(["a" * 40] * 5) + ".id"]
) | st.from_regex(r"(?:[a-z0-9]{1,10}[.-]){1,5}[a-z]{2,8}", fullmatch=True)  # fmt: skip
PARTS = st.sampled_from(
    ["baca", "index.html", "index.php", "amp", "amp.html", "utm_source", "fbclid", "ref", "source", "page", "1",
     "2024", "..", ".", "...", ".a", "a..", "a.", "~a", "a~", "~", "-", "_", "-a", "a-b-c", "A", "a%2fb", "%7Ea",
     "%2e%2e", "a;b", "a=b", "utm_source=x", "a&b", "a:b", "a@b", "a+b", "ä", "\u212a", "\u0661", "\\", "", "a b",
     "a,b", ",", "a\n", "\t", "x" * 301, "x" * 302]
) | st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9_.~-]{0,12}", fullmatch=True)  # fmt: skip
TAILS = st.sampled_from(
    ["", "", "", "/", "//", "?", "?a=1", "?utm_source=x", "#a", "#", "/..", "/.", ";", "\n", " ", "\x85"]
)
TRACKED = st.builds(
    lambda url, pairs, fragment: url + "?" * bool(pairs) + "&".join(pairs) + fragment,
    st.from_regex(_PLAIN, fullmatch=True),
    st.lists(
        st.builds(
            lambda key, value: f"{key}={value}",
            st.sampled_from(["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_x", "a"]),
            st.sampled_from(["", "a", "A-b_1", "a b", "a.b", "%20", "ä"]),
        ),
        max_size=4,
    ),
    st.sampled_from(["", "#", "#a", "#a-b_c", "#utm_source", "#utm_source=x", "#/a", "#ä", "#a#b"]),
)
NEAR = st.builds(
    lambda scheme, host, parts, tail: scheme + host + "".join("/" + part for part in parts) + tail,
    st.sampled_from(["http://", "https://", "HTTPS://", " https://", "https:/", "//"]),
    HOSTS,
    st.lists(PARTS, max_size=9),
    TAILS,
)


def _result(canonical: object, url: str) -> str:
    assert callable(canonical)
    try:
        return str(canonical(url))
    except BadUrlError as error:
        return f"BadUrlError: {error}"


@settings(max_examples=500, deadline=None)
@given(NEAR | TRACKED | st.from_regex(_PLAIN, fullmatch=True))
@example("https://contoh.id" + 8 * ("/" + 300 * "x"))
@example("https://contoh.id" + ("/" + 290 * "x") * 7)
def test_the_short_cut_changes_nothing(url: str) -> None:
    assert _result(canonical_url, url) == _result(_long_way, url)


@given(
    st.from_regex(_PLAIN, fullmatch=True), st.sampled_from(["", "http://lain.id/a/b?c=1", "https://contoh.id", "/a"])
)
def test_a_plain_url_is_absolute(url: str, base: str) -> None:
    assert not is_plain(url) or (web_url(url, base=base) == url == urljoin(base, url))


@pytest.mark.parametrize("length", [2047, 2048, 2049])
def test_the_short_cut_keeps_the_limit(length: int) -> None:
    url = ("https://contoh.id" + ("/" + 290 * "x") * 8)[:length]
    assert _PLAIN.fullmatch(url)
    assert _result(canonical_url, url) == _result(_long_way, url)


@pytest.mark.parametrize(
    "rest",
    ["contoh.id/a/../b", "contoh.id/.a", "Contoh.id/a", "contoh.id", "contoh.id/", "contoh.id/a?b=1", "contoh.id:80/a",
     "127.0.0.1/a", "contoh.id/a\n", "a--b.id/a"],
)  # fmt: skip
def test_what_is_not_plain_goes_the_long_way(rest: str) -> None:
    assert _PLAIN.fullmatch(f"https://{rest}") is None


def test_an_ordinary_article_is_plain() -> None:
    assert _PLAIN.fullmatch("https://nasional.contoh.co.id/read/2024/05/01/123/harga-beras_naik,a1.html")
