"""The trap pages that are HTML of some kind; their prose is in `traps.toml`."""

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from sample.articles_data import Article
from sample.dates import day_and_time, iso
from sample.page import Head, frame
from sample.structured_data import json_ld_script

_TEXTS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "traps.toml").read_text("utf-8"))


def amp_page(article: Article, *, base: str) -> str:
    """Render the article's AMP twin, whose canonical link leads to the article."""
    text = "\n".join(f"<p>{escape(block)}</p>" for block in article.body)
    return f"""<!doctype html>
<html amp lang="id">
<head>
<meta charset="utf-8">
<title>{escape(article.title)}</title>
<link rel="canonical" href="{base}{article.path}">
<script async src="{base}/amp.js"></script>
</head>
<body>
<h1>{escape(article.title)}</h1>
<p class="date">{day_and_time(article.published_at)}</p>
{text}
</body>
</html>
"""


def video_page(path: str, *, base: str, now: datetime) -> str:
    title = "Cara Merawat Aki Motor di Musim Hujan"
    data = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": title,
        "uploadDate": iso(now - timedelta(days=2)),
        "duration": "PT3M12S",
        "contentUrl": f"{base}/video/4101.mp4",
    }
    main = f"""<h1 class="title">{title}</h1>
<video controls src="/video/4101.mp4"></video>
<p>Durasi 3 menit 12 detik.</p>"""
    return frame(_head(path, base, title, kind="video.other", extra=json_ld_script(data)), main, base=base)


def photo_page(path: str, *, base: str, now: datetime) -> str:
    title = "Pasar Terapung di Pagi Hari"
    captions = (
        "Pedagang sayur merapatkan perahu sebelum matahari terbit.",
        "Ikatan rambutan ditimbang di atas jukung.",
        "Seorang pembeli menawar ikan dari titian kayu.",
        "Perahu-perahu pulang saat air mulai surut.",
    )
    data = {
        "@context": "https://schema.org",
        "@type": "ImageGallery",
        "name": title,
        "datePublished": iso(now - timedelta(days=4)),
    }
    figures = "\n".join(
        f'<figure><img src="/img/foto-{number}.svg" alt="">'
        f"<figcaption>{number}/{len(captions)} {caption}</figcaption></figure>"
        for number, caption in enumerate(captions, start=1)
    )
    main = f'<h1 class="title">{title}</h1>\n<div class="galeri-foto">\n{figures}\n</div>'
    return frame(_head(path, base, title, extra=json_ld_script(data)), main, base=base)


def paywall_page(path: str, *, base: str, now: datetime) -> str:
    published_at = _minute(now - timedelta(days=3))
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": _TEXTS["paywall"]["title"],
        "datePublished": iso(published_at),
        "isAccessibleForFree": False,
        "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".konten-premium"},
    }
    wall = "<p>Artikel ini khusus pelanggan. Berlangganan mulai Rp 25 ribu sebulan.</p>"
    return _prose(
        "paywall",
        path,
        base=base,
        published_at=published_at,
        after=f'<div class="konten-premium">{wall}</div>',
        section="bisnis",
        extra=json_ld_script(data),
    )


def undated_page(path: str, *, base: str, now: datetime) -> str:  # noqa: ARG001 - the page says no time at all
    return _prose("undated", path, base=base, published_at=None, section="otomotif")


def noindex_page(path: str, *, base: str, now: datetime) -> str:
    published_at = _minute(now - timedelta(hours=5))
    return _prose("noindex", path, base=base, published_at=published_at, section="tekno", robots="noindex, nofollow")


def latin1_page(path: str, *, base: str, now: datetime) -> str:
    published_at = _minute(now - timedelta(days=5))
    return _prose("latin1", path, base=base, published_at=published_at, charset="iso-8859-1", section="nasional")


def wrong_charset_page(path: str, *, base: str, now: datetime) -> str:
    published_at = _minute(now - timedelta(days=6))
    return _prose("wrong_charset", path, base=base, published_at=published_at, section="bisnis")


def long_page(path: str, *, base: str, now: datetime) -> str:
    """Render some 1.4 MiB of minutes of a meeting."""
    title = "Catatan Lengkap Musyawarah Warga Lembah"
    topics = ("saluran irigasi", "jalan setapak", "balai dusun", "jadwal ronda", "lapangan voli", "kolam ikan")
    paragraphs = [
        f"Butir ke-{number}. Warga membahas {topics[number % len(topics)]} selama {7 + number * 13 % 50} menit; "
        f"{3 + number * 7 % 90} orang setuju, {number * 11 % 17} orang meminta pembahasan diulang, dan notulis "
        f"mencatat {number * 5 % 9} usulan tambahan untuk dibawa ke pertemuan bulan berikutnya."
        for number in range(1, 6001)
    ]
    published_at = _minute(now - timedelta(days=8))
    head = _head(path, base, title, section="nasional", published_at=published_at)
    return frame(head, _detail(title, paragraphs, published_at=published_at), base=base)


def broken_page(now: datetime) -> bytes:
    """Render a page that ends in the middle of a tag, after unclosed elements and bytes that no charset explains."""
    text = f"""<html><head><title>Gerobak Kopi Keliling di Stasiun<meta property="og:title" content="Gerobak Kopi
<body><div class="detail-title"><h1>Gerobak Kopi Keliling di Stasiun</h2><p class=date>{day_and_time(now)}
<div id=isi><p><b>WARTA CONTOH</b>, Bogor - Gerobak kopi keliling mulai <i>mangkal di pintu selatan stasiun
<table><tr><p>Pembeli antre <script>var rusak = "<p>tidak ditutup;"""
    return text.encode() + b"\x00\xff\xfe\xc3\x28 \xf0\x9f\x98 <p>Harga secangkir <a href='/read/"


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _head(path: str, base: str, title: str, **facts: Any) -> Head:
    url = base + path
    return Head(**{"title": title, "description": title, "url": url, "canonical": url, **facts})


def _prose(
    kind: str,
    path: str,
    *,
    base: str,
    published_at: datetime | None,
    charset: str = "utf-8",
    after: str = "",
    **facts: Any,
) -> str:
    text = _TEXTS[kind]
    head = _head(path, base, text["title"], published_at=published_at, **facts)
    main = _detail(text["title"], text["body"], published_at=published_at, after=after)
    return frame(head, main, base=base, charset=charset)


def _detail(title: str, paragraphs: Sequence[str], *, published_at: datetime | None, after: str = "") -> str:
    text = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in paragraphs)
    shown = f'<p class="date">{day_and_time(published_at)}</p>' if published_at else ""
    return f"""<article class="detail">
<div class="detail-title"><h1 class="title">{title}</h1>{shown}</div>
<div class="detail-in" id="isi">
{text}
</div>
{after}
</article>"""
