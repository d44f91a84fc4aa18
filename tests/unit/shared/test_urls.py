"""Canonical URLs v1: article ids are made of them, so the vectors are frozen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.articles import article_id
from shared.urls import BadUrlError, canonical_url, host_of, site_of

GOLDEN_V1 = {
    "HTTP://WWW.Contoh.CO.ID:80/Baca/1?utm_source=x&b=2&a=1#komentar": "http://www.contoh.co.id/Baca/1?a=1&b=2",
    "https://contoh.id": "https://contoh.id/",
    "https://contoh.id:443/": "https://contoh.id/",
    "https://contoh.id:8443/x": "https://contoh.id:8443/x",
    "https://contoh.id//a//b/../c/": "https://contoh.id/a/c/",
    "https://exämple.id/ä b?q=Ä": "https://xn--exmple-cua.id/%C3%A4%20b?q=%C3%84",
    "https://contoh.id/a?page=all&fbclid=1": "https://contoh.id/a?page=all",
    "  https://contoh.id/spasi  ": "https://contoh.id/spasi",
    "https://contoh.id/a?b=%2F&c=+": "https://contoh.id/a?b=%2F&c=+",
    "https://contoh.id/?gclid=2&id=5": "https://contoh.id/?id=5",
}


@pytest.mark.parametrize(("url", "canonical"), GOLDEN_V1.items())
def test_the_form_is_frozen(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_ids_are_frozen() -> None:
    assert article_id("https://contoh.id/") == "5d5ddbb0cfa0930f025dddd2ae5dfbdb"


@given(
    st.from_regex(r"https?://[a-z]{1,8}\.(com|id|co\.id)(:[0-9]{2,4})?/[ -~]{0,40}", fullmatch=True)
    | st.text(max_size=60).map(lambda text: "https://contoh.id/" + text)
)
def test_it_is_idempotent(url: str) -> None:
    try:
        once = canonical_url(url)
    except BadUrlError:
        return
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    "url", ["", "/a", "ftp://a.id/", "javascript:alert(1)", "http://", "http://a.id:99999/", "http://[::1", "//a.id/",
            "https://a.id/" + 2100 * "x"]
)  # fmt: skip
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(BadUrlError):
        canonical_url(url)


@given(st.text(max_size=200))
def test_nothing_but_its_own_error_is_raised(text: str) -> None:
    try:
        canonical_url(text)
    except BadUrlError:
        return


def test_sites_and_hosts() -> None:
    assert site_of("https://dunia.contoh.co.id/x") == "contoh.co.id"
    assert site_of("http://127.0.0.1:8000/x") == "127.0.0.1"
    assert host_of("https://Dunia.Contoh.id:8443/x") == "dunia.contoh.id"
