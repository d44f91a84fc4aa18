"""All documents of an index at one moment, a page of them in memory."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from elasticsearch import AsyncElasticsearch

from shared import search

_KEEP_ALIVE = "10m"
_IN_NO_ORDER = ("_shard_doc",)


async def pages(
    client: AsyncElasticsearch, index: str, *, size: int, sort: tuple[Any, ...] = _IN_NO_ORDER, **wanted: Any
) -> AsyncIterator[list[Mapping[str, Any]]]:
    """The hits of `index`, `size` at once; `wanted` goes to the search (`query`, `source`, `docvalue_fields`, ...).

    Raises the client's errors, also for a shard that is away: its documents aren't left out in silence.
    """
    point = (await client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE))["id"]
    after: list[Any] | None = None
    try:
        while True:
            answer = await client.search(
                pit={"id": point, "keep_alive": _KEEP_ALIVE}, size=size, sort=list(sort), search_after=after,
                track_total_hits=False, allow_partial_search_results=False, **wanted,
            )  # fmt: skip
            point = answer["pit_id"]
            hits: list[Mapping[str, Any]] = answer["hits"]["hits"]
            if not hits:
                return
            after = hits[-1]["sort"]
            yield hits
    finally:
        with suppress(*search.CLIENT_ERRORS):
            await client.options(ignore_status=404).close_point_in_time(id=point)
