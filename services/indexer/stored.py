"""The documents behind the write alias, as last written: a GET by id doesn't wait for a refresh."""

from collections.abc import Sequence
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from shared import search
from shared.coalesce import Coalescer
from shared.documents import ARTICLES_WRITE, ArticleDocument
from shared.errors import Retry

MOST_ITEMS = 50


class StoredDocuments:
    """`await get(article_id)`: the stored document, or None when there is none. Raises `Retry` in an outage."""

    def __init__(self, client: AsyncElasticsearch) -> None:
        self._client = client
        self.get = Coalescer[str, ArticleDocument | None](self._get, most=MOST_ITEMS)

    async def _get(self, ids: Sequence[str]) -> Sequence[ArticleDocument | Exception | None]:
        try:
            answer = await self._client.mget(index=ARTICLES_WRITE, ids=list(ids))
        except search.CLIENT_ERRORS as error:
            return [search.instruction(error)] * len(ids)
        return [_document(found) for found in answer["docs"]]


def _document(found: dict[str, Any]) -> ArticleDocument | Exception | None:
    if "error" in found:
        is_missing = found["error"].get("type") == search.NO_INDEX
        return Retry(search.NO_INDEX_DEPENDENCY, after=2.0) if is_missing else Retry(search.DEPENDENCY, after=1.0)
    try:
        return msgspec.convert(found["_source"], ArticleDocument) if found["found"] else None
    except msgspec.ValidationError as error:
        return error
