"""The API's application on a store in memory; every answer is held against its own OpenAPI document."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jsonschema

from services.recommender.api.answers import Found, FoundArticle
from services.recommender.api.app import application
from services.recommender.api.settings import ApiSettings
from services.recommender.api.store import Search
from services.recommender.stored import HOT, Heat, StoredList
from shared.documents import ArticleDocument
from shared.events import RelatedComputed, RelatedMode
from tests.support.events import RELATED

NOW = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
ID, REMOVED_ID, UNKNOWN_ID = "a" * 32, "b" * 32, "c" * 32


def listed(article_id: str = ID, *, at: datetime = NOW, size: int = 10, **changes: Any) -> RelatedComputed:
    fields: dict[str, Any] = {"mode": "fresh", "items": (RELATED,), "shortfall": "no_more_candidates", **changes}
    return RelatedComputed(
        article_id=article_id, size=size, computed_at=at, valid_until=at + timedelta(minutes=15),
        content_hash="0" * 32, **fields,
    )  # fmt: skip


def article(article_id: str = ID, **changes: Any) -> ArticleDocument:
    fields: dict[str, Any] = {
        "status": "published", "url": "https://contoh.id/baca/1", "site": "contoh.id", "title": "Judul",
        "body": ("Satu.",), "topic_terms": ("rahasia",), "signature": ("rahasia",), "published_at": NOW,
    }  # fmt: skip
    return ArticleDocument(article_id=article_id, version=1, indexed_at=NOW, **fields | changes)


class MemoryStore:
    """What is stored, what was asked for; `error` is raised instead, and `gate` waited for, where set.

    Every search finds the first of `hits`, whatever it leaves out.
    """

    def __init__(self) -> None:
        self.lists: dict[str, RelatedComputed] = {}
        self.heat = Heat(hot_until=NOW + 2 * HOT)
        self.articles = {
            ID: article(),
            REMOVED_ID: ArticleDocument(
                article_id=REMOVED_ID, version=2, status="removed", url="u", site="s", indexed_at=NOW
            ),
        }
        self.computed: list[dict[str, Any]] = []
        self.searches: list[Search] = []
        self.hits: tuple[FoundArticle, ...] = (
            FoundArticle(article_id=ID, title="Judul", url="https://contoh.id/baca/1", site="contoh.id", score=1.5),
        )
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def stored(self, article_id: str) -> StoredList | None:
        self._fail()
        found = self.lists.get(article_id)
        return StoredList(computed=found, heat=self.heat) if found else None

    async def compute(
        self, article_id: str, *, now: datetime, mode: RelatedMode, size: int, sites: Collection[str]
    ) -> RelatedComputed | None:
        self.computed.append({"now": now, "mode": mode, "size": size, "sites": sites})
        if self.gate:
            await self.gate.wait()
        self._fail()
        known = article_id in self.articles and self.articles[article_id].status == "published"
        return listed(article_id, at=now, size=size, mode=mode) if known else None

    async def article(self, article_id: str) -> ArticleDocument | None:
        self._fail()
        return self.articles.get(article_id)

    async def search(self, wanted: Search) -> Found:
        self.searches.append(wanted)
        self._fail()
        return Found(total=len(self.hits), exact=True, items=self.hits[: wanted.size])

    def _fail(self) -> None:
        if self.error:
            raise self.error


class Api:
    """A client of the application; `asked` are the articles whose lists were asked for, `now` is its clock."""

    def __init__(self, **settings: Any) -> None:
        self.store = MemoryStore()
        self.asked: list[str] = []
        self.now = NOW
        app = application(self.store, ApiSettings(**settings), size=10, clock=lambda: self.now, ask=self.asked.append)
        self._described: dict[str, Any] = {}
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")

    async def request(self, method: str, path: str, **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self._client.request(method, path, headers=sent)
        self._described = self._described or (await self._client.get("/openapi.json")).json()
        conform(self._described, answer)
        return answer

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.request("GET", path, **headers)


def conform(described: dict[str, Any], answer: httpx.Response) -> None:
    """Raise unless the answer is one that the document describes for its path."""
    parts = answer.url.path.strip("/").split("/")
    path = "/" + "/".join("{article_id}" if n == 1 and parts[0] == "articles" else one for n, one in enumerate(parts))
    if path not in described["paths"] or answer.request.method != "GET":
        return
    assert answer.headers["x-content-type-options"] == "nosniff"
    response = described["paths"][path]["get"]["responses"][str(answer.status_code)]
    if "content" not in response:
        assert answer.content == b""
        return
    kind = answer.headers["content-type"]
    schema = response["content"][kind]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())
