"""The site as one object: start, ask where it is, change an article, look at who came."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sample.articles_data import DEMO_SLUG, Article, load_articles
from sample.render import render_site
from sample.server import Request, Server
from sample.traps import missing_page, trap_paths


class SampleSite:
    """The sample news site as it stands at `now`, an aware time from which all its dates follow."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("SampleSite needs an aware time, for instance datetime.now(UTC)")
        self._now = now.astimezone(UTC)
        self._server = Server()
        self._removed: set[str] = set()
        self._url: str | None = None
        self.articles: list[Article] = load_articles(self._now)
        """The articles now served, newest first; traps aren't among them."""
        self._example = self.article(DEMO_SLUG)
        self.traps: dict[str, str] = trap_paths(self._example)
        """The path of each kind of trap."""

    @property
    def url(self) -> str:
        """The site's root without a final slash; raises `RuntimeError` before `start`."""
        if self._url is None:
            raise RuntimeError("the sample site isn't running: await start() first")
        return self._url

    @property
    def requests(self) -> list[Request]:
        """All requests so far, in the order of their arrival."""
        return self._server.requests

    async def start(self, port: int = 0) -> None:
        """Serve on 127.0.0.1; port 0 takes a free one. Raises `OSError` when the port is taken."""
        self._url = f"http://127.0.0.1:{await self._server.start(port)}"
        self._server.pages = {}
        self._render()

    async def stop(self) -> None:
        await self._server.stop()
        self._url = None

    def article(self, slug: str) -> Article:
        """Give the article with this slug; raises `KeyError`."""
        for article in self.articles:
            if article.slug == slug:
                return article
        raise KeyError(slug)

    def update(
        self, slug: str, *, body: Sequence[str] | None = None, title: str | None = None, at: datetime | None = None
    ) -> Article:
        """Publish a new version under the same address, modified `at` (by default now); raises `KeyError`."""
        modified_at = (at or datetime.now(UTC)).replace(microsecond=0)
        old = self.article(slug)
        new = replace(
            old,
            title=title or old.title,
            blocks=tuple(body) if body is not None else old.blocks,
            modified_at=modified_at,
        )
        self.articles[self.articles.index(old)] = new
        self._render(changed_at=modified_at)
        return new

    def remove(self, slug: str, *, at: datetime | None = None) -> None:
        """Take an article down: its page answers 410 and no listing, feed or sitemap names it; raises `KeyError`."""
        article = self.article(slug)
        self.articles.remove(article)
        self._removed |= {article.path, f"/amp{article.path}"}
        self._render(changed_at=(at or datetime.now(UTC)).replace(microsecond=0))

    def _render(self, *, changed_at: datetime | None = None) -> None:
        if self._url is None:
            return
        before = self._server.pages
        after = render_site(self.articles, self._removed, self.traps, self._example, base=self._url, now=self._now)
        for path, page in after.items():
            old = before.get(path)
            if old is not None:
                after[path] = replace(page, last_modified=old.last_modified if old.body == page.body else changed_at)
        self._server.pages = after
        self._server.missing = missing_page(self._url)
