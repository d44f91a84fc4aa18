"""A news site on loopback with as many generated articles as are wanted, all in one sitemap."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

WORDS = (
    "pemerintah", "menteri", "kota", "warga", "banjir", "sungai", "harga", "beras", "pasar", "ekonomi", "pemilu",
    "partai", "sidang", "hakim", "polisi", "sekolah", "guru", "dokter", "vaksin", "jalan", "kereta", "bandara", "laut",
    "nelayan", "hutan", "kebakaran", "gempa", "bantuan", "anggaran", "pajak", "ekspor", "impor",
)  # fmt: skip


class BigSite:
    """`size` articles of about `page_bytes` each; every one has its own words. `asked` counts requests for articles."""

    def __init__(self, size: int, page_bytes: int) -> None:
        self.size = size
        self.asked = 0
        self.url = ""
        self._page_bytes = page_bytes
        self._now = datetime.now(UTC).replace(microsecond=0)

    def crawl_settings(self, folder: Path) -> dict[str, str]:
        """The crawler's settings that have it crawl this site; its site file goes into `folder`."""
        sites = folder / "sites.toml"
        sites.write_text(f'[besar]\nhosts = ["127.0.0.1"]\nsitemaps = ["{self.url}/peta.xml"]\n')
        return {
            "WARTA_CRAWLER_SITES": str(sites),
            "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": self.url.removeprefix("http://"),
        }

    def article(self, number: int) -> str:
        words = random.Random(number)
        title = " ".join(words.choices(WORDS, k=7)).capitalize()
        published = (self._now - timedelta(minutes=number % 10_000)).isoformat()
        paragraphs: list[str] = []
        while sum(len(paragraph) for paragraph in paragraphs) < self._page_bytes:
            sentences = (" ".join(words.choices(WORDS, k=12)).capitalize() + "." for _ in range(5))
            paragraphs.append(f"<p>{' '.join(sentences)}</p>")
        return (
            f'<!DOCTYPE html><html lang="id"><head><title>{title}</title><link rel="canonical" href="'
            f'{self.url}/artikel/{number}"><meta property="og:type" content="article"><meta property="article:'
            f'published_time" content="{published}"></head><body><article><h1>{title}</h1>{"".join(paragraphs)}'
            "</article></body></html>"
        )

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/peta.xml":
            urls = "".join(f"<url><loc>{self.url}/artikel/{number}</loc></url>" for number in range(self.size))
            text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
            return web.Response(text=text, content_type="application/xml")
        if request.path.startswith("/artikel/"):
            self.asked += 1
            return web.Response(text=self.article(int(request.path.rpartition("/")[2])), content_type="text/html")
        return web.Response(status=404)


@asynccontextmanager
async def big_site(size: int, *, page_bytes: int = 30_000) -> AsyncIterator[BigSite]:
    """Serve until the end of the block."""
    site = BigSite(size, page_bytes)
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()
