from datetime import UTC, datetime
from typing import Literal

import pytest

from services.parser.parse import parse
from shared.events import PageFetched

BODY = "<p>" + "Kalimat contoh yang cukup panjang untuk sebuah paragraf berita di halaman ini. " * 6


def opt_outs(meta: str = "", ai: Literal["robots.txt"] | None = None, **headers: str) -> tuple[str, ...]:
    html = f"""<html lang=id><head><title>Judul</title>{meta}<meta property="og:type" content="article"></head>
<body><article><h1>Warga desa membangun jembatan baru</h1>{BODY}{BODY}</article></body></html>"""
    page = PageFetched(
        url="https://contoh.example/read/1/warga-desa-membangun-jembatan-baru", fetched_at=datetime.now(UTC),
        content_type="text/html", body=html.encode(), ai_opt_out=ai,
        http_headers={name.replace("_", "-"): value for name, value in headers.items()},
    )  # fmt: skip
    return parse(page).article.opt_outs


def test_a_page_that_asks_for_nothing_has_none() -> None:
    assert opt_outs('<meta name="robots" content="index, follow, max-image-preview:large">') == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("noarchive", ("noarchive",)), ("NoAI, NoImageAI", ("noai", "noimageai")), ("nosnippet", ("nosnippet",)),
        ("max-snippet:0", ("nosnippet",)), ("nocache noimageindex", ("noarchive", "noimageindex")), ("ai_crawlers", ()),
    ],
)  # fmt: skip
def test_meta_robots(content: str, expected: tuple[str, ...]) -> None:
    assert opt_outs(f'<meta name="robots" content="{content}">') == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("noarchive, noai", ("noai", "noarchive")), ("otherbot: noai, noarchive", ()), ("WartaBot: noai", ("noai",)),
        ("otherbot: noarchive, wartabot: nosnippet", ("nosnippet",)), ("max-snippet: 0, noai", ("noai", "nosnippet")),
    ],
)  # fmt: skip
def test_the_header_counts_where_it_speaks_to_us(header: str, expected: tuple[str, ...]) -> None:
    assert opt_outs(x_robots_tag=header) == expected


def test_reservations_of_text_mining_and_of_robots_txt() -> None:
    assert opt_outs('<meta name="tdm-reservation" content="1">') == ("tdm",)
    assert opt_outs(tdm_reservation="1") == ("tdm",)
    assert opt_outs('<meta name="tdm-reservation" content="0">', tdm_reservation="0") == ()
    assert opt_outs(ai="robots.txt") == ("ai_crawlers",)
