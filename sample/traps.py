"""Pages that a crawler and a parser must survive: what isn't an article, what is broken, what is hostile."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from sample.articles_data import Article
from sample.hostile import hostile_page
from sample.page import Head, Page, frame
from sample.trap_pages import (
    broken_page,
    latin1_page,
    long_page,
    noindex_page,
    paywall_page,
    photo_page,
    undated_page,
    video_page,
    wrong_charset_page,
)

_LATIN1 = "text/html; charset=iso-8859-1"
_MIB = 1024 * 1024

_PATHS: Mapping[str, str] = {
    "listing": "/indeks",
    "video": "/video/4101/cara-merawat-aki-motor-di-musim-hujan",
    "photo": "/foto/5201/pasar-terapung-di-pagi-hari",
    "paywall": "/read/1699001/di-balik-meja-perundingan-tarif-angkutan-sungai",
    "undated": "/read/1699002/panduan-memilih-pelampung-untuk-perahu-kecil",
    "broken": "/read/1699003/gerobak-kopi-keliling-di-stasiun",
    "hostile": "/read/1699004/pelatihan-penulisan-judul-untuk-relawan",
    "long": "/read/1699005/catatan-lengkap-musyawarah-warga-lembah",
    "noindex": "/read/1699006/uji-tayang-halaman-sementara",
    "latin1": "/read/1699007/kafe-baca-di-kota-tua-ajarkan-kosakata-prancis",
    "wrong_charset": "/read/1699008/perajin-tenun-pulau-sabu-pakai-pewarna-daun",
    "too_large": "/read/1699009/arsip-mentah-papan-pengumuman",
    "gzip_bomb": "/read/1699010/berkas-padat",
    "missing": "/read/1699011/halaman-yang-tidak-pernah-ada",
    "gone": "/read/1699012/berita-yang-sudah-ditarik",
    "error": "/read/1699013/peladen-sedang-sakit",
    "redirect": "/berita/alamat-lama",
    "loop": "/lingkar/a",
    "disallowed": "/admin/ringkasan-redaksi",
}


def trap_paths(example: Article) -> dict[str, str]:
    """Give each kind of trap its path; `amp`, `tracking` and `redirect` lead to `example`'s own page."""
    tracking = f"{example.path}?utm_source=rss&utm_medium=umpan&fbclid=x1"
    return {**_PATHS, "amp": f"/amp{example.path}", "tracking": tracking}


def trap_pages(example: Article, *, base: str, now: datetime) -> Iterator[tuple[str, Page]]:
    """Give the path and page of each trap that isn't one of the site's ordinary pages."""
    html: dict[str, Callable[..., str]] = {
        "video": video_page,
        "photo": photo_page,
        "paywall": paywall_page,
        "undated": undated_page,
        "hostile": hostile_page,
        "long": long_page,
        "noindex": noindex_page,
    }
    for kind, build in html.items():
        body = build(_PATHS[kind], base=base, now=now).encode()
        yield _PATHS[kind], Page(body=body, last_modified=now - timedelta(days=1))
    latin1 = latin1_page(_PATHS["latin1"], base=base, now=now).encode("iso-8859-1")
    yield _PATHS["latin1"], Page(body=latin1, content_type=_LATIN1)
    utf8 = wrong_charset_page(_PATHS["wrong_charset"], base=base, now=now).encode()
    yield _PATHS["wrong_charset"], Page(body=utf8, content_type=_LATIN1)
    yield _PATHS["broken"], Page(body=broken_page(now))
    yield _PATHS["too_large"], Page(stream=_too_large)
    yield _PATHS["gzip_bomb"], Page(stream=_gzip_bomb, headers={"Content-Encoding": "gzip"})
    yield _PATHS["gone"], gone_page(base)
    yield _PATHS["error"], Page(body=b"<h1>500</h1>", status=500)
    yield _PATHS["redirect"], _redirect(example.path, status=301)
    yield _PATHS["loop"], _redirect("/lingkar/b", status=302)
    yield "/lingkar/b", _redirect(_PATHS["loop"], status=302)
    yield _PATHS["disallowed"], Page(body=b"<h1>Hanya untuk redaksi</h1>")
    yield "/cari", Page(body=b"<h1>Hasil pencarian</h1>")


def gone_page(base: str) -> Page:
    return _notice("Berita ini sudah ditarik", base=base, status=410)


def missing_page(base: str) -> Page:
    return _notice("Halaman tidak ditemukan", base=base, status=404)


def _notice(title: str, *, base: str, status: int) -> Page:
    head = Head(title=title, description=title, url=base, canonical=None, kind="website")
    return Page(body=frame(head, f"<h1>{title}</h1>", base=base).encode(), status=status)


def _redirect(to: str, *, status: int) -> Page:
    return Page(status=status, headers={"Location": to})


def _too_large() -> Iterator[bytes]:
    """Stream a page of 5 MiB, over the cap of 4 MiB, without a Content-Length."""
    yield b"<!DOCTYPE html><title>Arsip Mentah Papan Pengumuman</title><body>"
    chunk = b"<p>Pengumuman lama tanpa judul.</p>\n" * 1000
    for _ in range(5 * _MIB // len(chunk) + 1):
        yield chunk


def _gzip_bomb() -> Iterator[bytes]:
    """Stream some 80 KiB that decode to 80 MiB."""
    packer = zlib.compressobj(level=9, wbits=31)
    yield packer.compress(b"<!DOCTYPE html><title>Berkas Padat</title><body>")
    for _ in range(80):
        yield packer.compress(b" " * _MIB)
    yield packer.flush()
