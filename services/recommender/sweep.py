"""Keeps lists fresh: those of hot articles that are past their time, or missing, are asked for again."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from services.recommender.fanout import hot
from shared.articles import UtcTime
from shared.documents import ARTICLES_READ, RELATED_WRITE
from shared.partitions import partition_of
from shared.topics import RELATED_REQUESTS

BECAUSE = "sweep"
PAGE = 1000
MOST_PAGES = 10


class Sweep:
    """Walks the hot articles round and round, some of them a tick, and asks for the lists that are due.

    It looks after the keys of the partitions of related.requests that `owned` returns, so that replicas don't repeat
    each other, and asks for nothing while `busy` says that requests wait already.
    """

    def __init__(
        self,
        client: AsyncElasticsearch,
        *,
        owned: Callable[[], Collection[int]],
        busy: Callable[[], Awaitable[bool]],
        ask: Callable[[Sequence[str]], Awaitable[None]],
    ) -> None:
        self._client = client
        self._owned = owned
        self._busy = busy
        self._ask = ask
        self._after: str | None = None

    async def tick(self, *, now: datetime, most: int) -> int:
        """Ask for at most `most` lists; returns for how many. Raises the client's errors and those of the calls."""
        found: list[str] = []
        after = self._after
        for _ in range(MOST_PAGES):
            page = await self._page(now, after)
            found += await self._due(page, now)
            after = page[-1] if len(page) == PAGE else None
            if len(found) >= most or after is None:
                break
        if len(found) > most:
            found = found[:most]
            after = found[-1]
        if found:
            if await self._busy():
                return 0
            await self._ask(found)
        self._after = after
        return len(found)

    async def _page(self, now: datetime, after: str | None) -> list[str]:
        answer = await self._client.search(
            index=ARTICLES_READ, query={"bool": {"filter": hot(now)}}, size=PAGE, sort=[{"article_id": "asc"}],
            search_after=[after] if after else None, source=False, track_total_hits=False,
            allow_partial_search_results=False,
        )  # fmt: skip
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    async def _due(self, page: Sequence[str], now: datetime) -> list[str]:
        owned = self._owned()
        own = [article_id for article_id in page if partition_of(article_id, RELATED_REQUESTS) in owned]
        if not own:
            return []
        answer = await self._client.mget(index=RELATED_WRITE, ids=own, source_includes=["valid_until"])
        return [document["_id"] for document in answer["docs"] if is_due(document, now)]


def is_due(document: Mapping[str, Any], now: datetime) -> bool:
    """Whether the list that a get returned is missing, or past its time."""
    try:
        return not document.get("found") or msgspec.convert(document["_source"]["valid_until"], UtcTime) <= now
    except (KeyError, msgspec.ValidationError):  # no list of ours: to be written anew
        return True
