"""What the API reads, from Elasticsearch."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import msgspec
from elasticsearch import ApiError, AsyncElasticsearch

from services.recommender.api.answers import Found, FoundArticle
from services.recommender.lists import compute_list
from services.recommender.recommend import Weights
from services.recommender.sample import Sample
from services.recommender.stored import StoredList, from_document
from shared.documents import ARTICLES_READ, RELATED_READ, ArticleDocument
from shared.events import RelatedComputed, RelatedMode

MOST_COUNTED = 1000
SEARCHED = ["title^4", "title.plain^2", "lead^2", "topics^3", "body", "body.plain"]
SHOWN = ["article_id", "title", "url", "site", "teaser", "published_at", "section", "topics", "images"]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One search; without a `text`, of all articles that are dated and out."""

    text: str | None
    sites: frozenset[str] = frozenset()
    sort: Literal["score", "newest"] = "score"
    skip: int = 0
    size: int = 10


class Store(Protocol):
    """What the API asks for. All raise the client's errors, and `msgspec.ValidationError` for what isn't ours."""

    async def stored(self, article_id: str) -> StoredList | None:
        """The stored list, however old."""

    async def compute(
        self, article_id: str, *, now: datetime, mode: RelatedMode, size: int, sites: Collection[str]
    ) -> RelatedComputed | None:
        """The list at `now`; None for an unknown or removed article."""

    async def article(self, article_id: str) -> ArticleDocument | None:
        """The document as a search finds it, or the stub of a removed one."""

    async def search(self, wanted: Search) -> Found:
        """What a search finds."""


class ElasticStore:
    """The store on the indices `articles` and `related`."""

    def __init__(self, client: AsyncElasticsearch, *, valid_for: timedelta, weights: Weights) -> None:
        self._client = client
        self._lenient = client.options(ignore_status=404)  # made once: it costs as much as half a GET
        self._valid_for = valid_for
        self._weights = weights
        self._sample = Sample(client)

    async def stored(self, article_id: str) -> StoredList | None:
        """One GET by id."""
        source = await self._get(RELATED_READ, article_id, realtime=True)
        return source and from_document(source)

    async def compute(
        self, article_id: str, *, now: datetime, mode: RelatedMode, size: int, sites: Collection[str]
    ) -> RelatedComputed | None:
        """As the recommender computes it."""
        return await compute_list(
            self._client, article_id, now=now, mode=mode, size=size, sites=sites, weights=self._weights,
            valid_for=self._valid_for, sample=self._sample,
        )  # fmt: skip

    async def article(self, article_id: str) -> ArticleDocument | None:
        """Not before it is searchable: until then it has no list."""
        source = await self._get(ARTICLES_READ, article_id, realtime=False)
        return source and msgspec.convert(source, ArticleDocument)

    async def _get(self, index: str, document_id: str, *, realtime: bool) -> Any:
        answer = await self._lenient.get(index=index, id=document_id, realtime=realtime)
        if "error" in answer:  # no such index
            raise ApiError(answer["error"].get("type", ""), answer.meta, answer.body)
        return answer["_source"] if answer.get("found") else None

    async def search(self, wanted: Search) -> Found:
        """As `warta search` does it, where there is a text."""
        words: dict[str, Any] = {"range": {"published_at": {"lte": "now"}}}
        if wanted.text is not None:
            words = {"multi_match": {"query": wanted.text, "type": "most_fields", "fields": SEARCHED}}
        filters = [{"terms": {"site": sorted(wanted.sites)}}] if wanted.sites else []
        newest: list[Any] = [{"published_at": {"order": "desc", "missing": "_last"}}]
        answer = await self._client.search(
            index=ARTICLES_READ, query={"bool": {"must": words, "filter": filters}}, source_includes=SHOWN,
            from_=wanted.skip, size=wanted.size, track_total_hits=MOST_COUNTED, track_scores=True,
            sort=[*(newest if wanted.sort == "newest" else []), "_score", {"article_id": "asc"}],
            allow_partial_search_results=False,
        )  # fmt: skip
        total = answer["hits"]["total"]
        return Found(
            total=total["value"], exact=total["relation"] == "eq", items=tuple(map(_shown, answer["hits"]["hits"]))
        )


def _shown(hit: dict[str, Any]) -> FoundArticle:
    source = dict(hit["_source"])
    image = next((one["url"] for one in source.pop("images", ()) if one.get("url")), None)
    return msgspec.convert({**source, "image_url": image, "score": hit["_score"]}, FoundArticle)
