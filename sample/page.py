"""A served page as a value, and the frame (head, menu, login form, footer) around every HTML page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from sample.articles_data import BRAND, Article, slugify
from sample.dates import iso

HTML = "text/html; charset=utf-8"
SITE = "Warta Contoh"
ABOUT = "/tentang"
SECTIONS = {
    "nasional": "Nasional",
    "dunia": "Dunia",
    "bisnis": "Bisnis",
    "olahraga": "Olahraga",
    "tekno": "Tekno",
    "kesehatan": "Kesehatan",
    "lingkungan": "Lingkungan",
    "otomotif": "Otomotif",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What a path answers: a ready body, or a stream for bodies that no one should hold in memory."""

    body: bytes = b""
    status: int = 200
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    last_modified: datetime | None = None
    stream: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The facts that a page's head states; what is None is left out."""

    title: str
    description: str
    url: str
    canonical: str | None
    kind: str = "article"
    section: str | None = None
    image: str | None = None
    keywords: tuple[str, ...] = ()
    author: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    robots: str = "index, follow, max-image-preview:large"
    amp_url: str | None = None
    extra: str = ""


def meta_tags(head: Head) -> str:
    """Render the head's meta, link and title tags, one a line."""
    named = {
        "description": head.description,
        "keywords": ", ".join(head.keywords) or None,
        "news_keywords": ", ".join(head.keywords) or None,
        "author": head.author,
        "robots": head.robots,
        "twitter:card": "summary_large_image",
        "twitter:title": head.title,
    }
    properties = {
        "og:type": head.kind,
        "og:site_name": SITE,
        "og:locale": "id_ID",
        "og:title": head.title,
        "og:description": head.description,
        "og:url": head.canonical or head.url,
        "og:image": head.image,
        "article:section": head.section and SECTIONS[head.section],
        "article:published_time": head.published_at and iso(head.published_at),
        "article:modified_time": head.modified_at and iso(head.modified_at),
    }
    suffix = f" - {SECTIONS[head.section]} {SITE}" if head.section else f" | {SITE}"
    lines = [f"<title>{escape(head.title)}{suffix}</title>"]
    lines += [f'<meta name="{name}" content="{escape(value)}">' for name, value in named.items() if value]
    lines += [f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items() if value]
    if head.canonical:
        lines.append(f'<link rel="canonical" href="{escape(head.canonical)}">')
    if head.amp_url:
        lines.append(f'<link rel="amphtml" href="{escape(head.amp_url)}">')
    return "\n".join(lines)


def frame(head: Head, main: str, *, base: str, charset: str = "utf-8") -> str:
    """Put a page's main part between the site's head, menu, login form and footer."""
    menu = "\n".join(f'<li><a href="/{key}" title="{name}">{name}</a></li>' for key, name in SECTIONS.items())
    return f"""<!DOCTYPE html>
<html lang="id">
<head>
<meta charset="{charset}">
<meta name="viewport" content="width=device-width, initial-scale=1">
{meta_tags(head)}
<link rel="alternate" type="application/rss+xml" title="{SITE}" href="{base}/rss">
<style>.popup{{display:none}}</style>
<script>window.dataLayer = window.dataLayer || []; dataLayer.push({{"kanal": "berita"}});</script>
{head.extra}
</head>
<body>
{_LOGIN}
<header class="header">
<a class="logo" href="/"><img src="/img/logo.svg" alt="{SITE}"></a>
<nav class="menu"><ul>
{menu}
<li><a href="/indeks">Indeks</a></li>
<li><a href="/cari?q=">Cari</a></li>
</ul></nav>
</header>
<main class="wrapper">
{main}
</main>
{_FOOTER}
</body>
</html>
"""


def about_page(*, base: str) -> str:
    url = base + ABOUT
    head = Head(title="Tentang Kami", description=f"Tentang {SITE}", url=url, canonical=url, kind="website")
    main = f"<h1>Tentang Kami</h1>\n<p>{SITE} dibuat untuk menguji peramban, perayap, dan pengurai halaman berita.</p>"
    return frame(head, main, base=base)


def figure_image(article: Article) -> str:
    return f'<img src="{article.image_path}" alt="{escape(article.caption or "")}" width="720" height="405">'


def tag_link(tag: str) -> str:
    return f'<a href="/tag/{slugify(tag)}">{escape(tag)}</a>'


_LOGIN = """<div class="popup" id="popup-login">
<form action="/admin/masuk" method="post">
<p class="title">Masuk ke akun pembaca</p>
<input type="email" name="email" placeholder="Alamat email">
<input type="password" name="sandi" placeholder="Kata sandi">
<p>Lupa sandi? <a href="/admin/sandi">Atur ulang di sini</a></p>
<p>atau masuk dengan akun media sosial</p>
<p>Belum terdaftar? <a href="/admin/daftar">Buat akun di sini</a></p>
</form>
</div>
<div class="popup" id="popup-konfirmasi">
<p class="title">Periksa kotak masuk email</p>
<p>Tautan aktivasi sudah kami kirim ke alamat email yang didaftarkan. Buka tautan itu untuk mulai membaca.</p>
<p>Email tidak kunjung tiba? <a href="/admin/kirim-ulang">Kirim ulang tautan</a></p>
</div>"""

_FOOTER = f"""<footer class="footer">
<p>{BRAND} adalah situs contoh: semua peristiwa dan nama narasumber di dalamnya rekaan.</p>
<ul><li><a href="{ABOUT}">Tentang kami</a></li><li><a href="{ABOUT}">Pedoman media siber</a></li></ul>
<p>Hak cipta pada penulisnya</p>
</footer>
<script>document.querySelectorAll(".popup").forEach(function (el) {{ el.hidden = true; }});</script>"""
