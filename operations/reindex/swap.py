"""The aliases, changed in one step; and indices that are done with, deleted."""

import asyncio
from typing import Any

from elasticsearch import ApiError, AsyncElasticsearch

from operations.indices import ARTICLES
from operations.reindex.indices import Indices
from shared.documents import ARTICLES_STANDBY
from shared.errors import WartaError

# Longer than one bulk's writes to two indices lie apart.
SETTLE_SECONDS = 1.0
_INTERVAL = "index.refresh_interval"
_DEFAULT_INTERVAL = "1s"


async def swap(client: AsyncElasticsearch, indices: Indices) -> None:
    """Let live and standby change places, atomically. Raises `WartaError` when the aliases have changed meanwhile.

    An article that a reader has seen stays seen. So the old index shows nothing new by itself in that moment: only the
    indexer's own refreshes, which come to the standby first, and the standby is refreshed before it is read.
    """
    live, standby = indices.live, indices.standby
    assert standby is not None
    interval = await _quiet(client, live)
    try:
        await asyncio.sleep(SETTLE_SECONDS)
        await client.indices.refresh(index=standby)
        removals: list[dict[str, Any]] = [
            *({"remove": {"index": live, "alias": alias, "must_exist": True}} for alias in ARTICLES.aliases),
            {"remove": {"index": standby, "alias": ARTICLES_STANDBY, "must_exist": True}},
        ]
        additions: list[dict[str, Any]] = [
            *({"add": {"index": standby, "alias": alias, **how}} for alias, how in ARTICLES.aliases.items()),
            {"add": {"index": live, "alias": ARTICLES_STANDBY, "is_write_index": True}},
        ]
        await _change(client, removals + additions)
    finally:
        await client.indices.put_settings(index=live, settings={_INTERVAL: interval})


async def drop_standby(client: AsyncElasticsearch, indices: Indices) -> None:
    """Feed the standby no more, then delete it and what a crash left. Raises `WartaError` as `swap` does."""
    doomed = list(indices.unused)
    if indices.standby:
        doomed.append(indices.standby)
        await _change(
            client, [{"remove": {"index": indices.standby, "alias": ARTICLES_STANDBY, "must_exist": True}}]
        )  # from here on no swap can make it live
    for index in doomed:
        await client.indices.delete(index=index, ignore_unavailable=True)


async def _quiet(client: AsyncElasticsearch, index: str) -> str:
    """Stop the periodic refresh; what it was. A crash leaves it off, which the indexer's own refreshes make good."""
    found = (await client.indices.get_settings(index=index, name=_INTERVAL, flat_settings=True))[index]["settings"]
    interval = str(found.get(_INTERVAL, _DEFAULT_INTERVAL))
    await client.indices.put_settings(index=index, settings={_INTERVAL: "-1"})
    return _DEFAULT_INTERVAL if interval == "-1" else interval


async def _change(client: AsyncElasticsearch, actions: list[dict[str, Any]]) -> None:
    try:
        await client.indices.update_aliases(actions=actions)
    except ApiError as error:
        if error.status_code != 404:
            raise
        raise WartaError("the aliases have changed meanwhile: look at `./warta reindex status`") from None
