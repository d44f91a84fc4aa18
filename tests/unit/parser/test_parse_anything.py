# ruff: noqa: E501 - pages stand on one line
"""Whatever comes in, the parser answers in its own words, and it fails on nothing that a generator thinks of."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.parser.parse import Parsed, parse
from shared.articles import content_hash
from shared.errors import DeadLetter, Skip
from tests.unit.parser.pages import page

_TAGS = (
    "p",
    "div",
    "h1",
    "h2",
    "a",
    "script",
    "title",
    "article",
    "ul",
    "li",
    "time",
    "figure",
    "br",
    "table",
    "b",
    "template",
)
_WORDS = (
    "Korea Utara dan Rusia makin akrab.", "18 jam lalu", "Rabu, 19 Juni 2024 19:05 WIB", "Iklan", "Editor", "Nama Penyunting",
    "TEMPO.CO, Jakarta - ", "Baca juga:", "Rekomendasi Artikel", "Konten sponsor", "99/99/9999", "\ud800".encode("utf-8", "replace").decode(),
    '{"@type":"NewsArticle"}', "Topik:", "image-gnews", "\x00", "é", "漢字",
)  # fmt: skip
_HEADS = st.sampled_from((
    "", "<meta property='og:type' content='article'>", "<link rel=canonical href='/x'>", "<base href='http://[::'>",
    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":[{\"name\":3}],\"datePublished\":{},\"author\":[null,1,{\"name\":[]}]}</script>",
    "<script type='application/ld+json'>{\"@graph\":[{\"@type\":[1],\"itemListElement\":3}],\"@type\":\"BreadcrumbList\"}</script>",
    "<script type='application/ld+json'>{\"@type\":\"Article\",\"headline\":\"\\ud800 judul\",\"keywords\":{\"a\":1},\"image\":[[1]]}</script>",
    "<meta property='article:published_time' content='0000-00-00T99:99'>", "<meta charset='utf-16'>",
))  # fmt: skip
_PIECES = st.lists(
    st.one_of(st.sampled_from(_WORDS), st.sampled_from([f"<{tag}>" for tag in _TAGS] + [f"</{tag}>" for tag in _TAGS]), st.text(max_size=20)),
    max_size=60,
)  # fmt: skip
_TYPES = st.sampled_from(
    ("text/html", "text/html; charset=utf-8", "text/plain", "text/plain; charset=shift_jis", "", "x/y")
)
_URLS = st.sampled_from(
    (
        "https://dunia.tempo.co/read/1/korea-utara",
        "http://127.0.0.1:80/read/1/a",
        "https://x.example/",
        "https://[::1]/a",
    )
)


def check(body: bytes, content_type: str, url: str) -> None:
    try:
        parsed = parse(page(body, url=url, content_type=content_type))
    except Skip:
        return
    except DeadLetter as dead:
        assert dead.reason == "undecodable_page", dead  # noqa: PT017 - either end is right
        return
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(parsed), type=Parsed) == parsed
    assert content_hash(parsed.article)
    assert parsed.article.title
    assert parsed.article.body
    assert all(parsed.article.body)


@given(st.binary(max_size=400), _TYPES, _URLS)
@settings(max_examples=150, deadline=None)
def test_arbitrary_bytes(body: bytes, content_type: str, url: str) -> None:
    check(body, content_type, url)


@given(_HEADS, _PIECES, _URLS)
@settings(max_examples=150, deadline=None)
def test_arbitrary_markup(head: str, pieces: list[str], url: str) -> None:
    check(
        f"<head>{head}<title>Judul yang panjang</title></head><body>{''.join(pieces)}".encode("utf-8", "replace"),
        "text/html",
        url,
    )


@given(_PIECES, st.sampled_from(("\n", "\n\n", " ")), _URLS)
@settings(max_examples=150, deadline=None)
def test_arbitrary_dumps(pieces: list[str], gap: str, url: str) -> None:
    check(gap.join(pieces).encode("utf-8", "replace"), "text/plain; charset=utf-8", url)


@pytest.mark.parametrize(
    "unit", ["<div>", "<b>", "<p><a href='/read/12345/x-y-z'>", "<table><tr><td>", "<article><h2>"]
)
def test_deep_nesting(unit: str) -> None:
    head = "<title>Judul yang dalam sekali</title><meta property='og:type' content='article'>"
    check(
        f"{head}<h1>Judul yang dalam sekali</h1>{unit * 3000}Teks yang cukup panjang untuk sebuah paragraf.".encode(),
        "text/html",
        "https://x.example/a",
    )


def test_deep_json_ld() -> None:
    for script in ("[" * 100_000, '{"@graph":' * 50_000, '{"@type":"NewsArticle","headline":"' + "\\" * 100_001):
        check(
            f"<script type='application/ld+json'>{script}</script><h1>Judul</h1><p>Isi.</p>".encode(),
            "text/html",
            "https://x.example/a",
        )
