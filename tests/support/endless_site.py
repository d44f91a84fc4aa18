"""A news site on loopback with a few articles and no end: calendars both ways, facets, paths that grow, soft 404s.

What it answers is a function of the path alone. Every page links to the next steps of every trap, and to some articles.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Literal

from aiohttp import web

Missing = Literal["same page", "own page", "front page"]
COLOURS = ("merah", "biru", "hijau", "kuning")


class EndlessSite:
    """`articles` pages, each linked from the front page or from an article that is; `today` is where calendars begin.

    `missing` says what a path gets that isn't there: the same page always, one that names the path, or the front page.
    """

    def __init__(self, articles: int, missing: Missing, today: date) -> None:
        self.port = 0
        self.asked: list[str] = []
        self._missing = missing
        self._today = today
        self._articles = [
            f"/read/{today - timedelta(days=37 * number):%Y/%m/%d}/warga-perbaiki-jalan-nomor-{number}"
            for number in range(articles)
        ]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def articles(self) -> set[str]:
        """All of them, as paths."""
        return set(self._articles)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path_qs
        self.asked.append(path)
        if path == "/robots.txt":
            return web.Response(status=404)
        if path == "/":
            half = (len(self._articles) + 1) // 2
            return self._page("Kabar Hari Ini", self._articles[:half], path)
        if path in self.articles:
            number = self._articles.index(path)
            # The other half is linked from one article of the first each.
            onward = self._articles[(len(self._articles) + 1) // 2 + number :][:1]
            return self._page(f"Warga perbaiki jalan nomor {number}", onward, path, text=_prose(number))
        if path.startswith(("/arsip/", "/kanal/", "/pilihan-", "/jalan/")):
            return self._page(f"Indeks {path}", [], path)
        if self._missing == "front page":
            return web.Response(status=302, headers={"Location": "/"})
        name = "" if self._missing == "same page" else f"<p>{path}</p>"
        return web.Response(text=f"<h1>Halaman tidak ditemukan</h1>{name}{self._traps('/')}", content_type="text/html")

    def _page(self, title: str, articles: list[str], path: str, *, text: str = "") -> web.Response:
        links = "".join(f'<p><a href="{one}">Warga perbaiki jalan</a></p>' for one in articles)
        kind = "article" if text else "website"
        head = f'<title>{title}</title><meta property="og:type" content="{kind}">'
        body = f"<h1>{title}</h1>{text}{links}{self._traps(path)}"
        return web.Response(
            text=f'<html lang="id"><head>{head}</head><body>{body}</body></html>', content_type="text/html"
        )

    def _traps(self, path: str) -> str:
        digest = hashlib.sha256(path.encode()).digest()
        day = self._today
        if path.startswith("/arsip/"):
            day = date(*map(int, path.removeprefix("/arsip/").split("/")[:3]))
        here = path.partition("?")[0].rstrip("/")
        hrefs = [
            *(f"/arsip/{day + timedelta(days=step):%Y/%m/%d}" for step in (-1, 1, -30, 365)),
            *(f"/pilihan-berita-kita-semua?warna={COLOURS[one % 4]}&urut={one}" for one in digest[:3]),
            f"{here or '/jalan'}/lagi-dan-lagi-tanpa-ujung",
            f"/read/2025/01/01/tidak-pernah-ada-{digest[3]}-{digest[4]}",
        ]
        return "".join(f'<li><a href="{href}">lagi</a></li>' for href in hrefs)


def _prose(number: int) -> str:
    return "".join(
        f"<p>Warga desa ke-{number} memperbaiki jalan sepanjang {number + part} kilometer pada akhir pekan lalu, kata"
        " kepala desa kepada wartawan di balai pertemuan.</p>"
        for part in range(6)
    )


@asynccontextmanager
async def endless_site(articles: int, missing: Missing, today: date) -> AsyncIterator[EndlessSite]:
    """Serve until the end of the block."""
    site = EndlessSite(articles, missing, today)
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    try:
        yield site
    finally:
        await runner.cleanup()
