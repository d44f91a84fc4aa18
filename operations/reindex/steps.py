"""The steps of a reindex, each of which can be run again."""

import asyncio

from elasticsearch import AsyncElasticsearch

from operations.reindex.backfill import Backfilled, backfill
from operations.reindex.indices import Indices, create_standby, is_current, look
from operations.reindex.pace import Report
from operations.reindex.reconcile import Comparison, Reconciliation
from operations.reindex.swap import drop_standby, swap
from services.indexer.fed import FED_SECONDS
from shared.documents import ARTICLES_STANDBY, ARTICLES_WRITE
from shared.errors import WartaError
from shared.settings import ElasticsearchSettings, KafkaSettings


async def build(
    client: AsyncElasticsearch, elasticsearch: ElasticsearchSettings, kafka: KafkaSettings, report: Report, *,
    workers: int,
) -> Backfilled:  # fmt: skip
    """Create the next index, or go on with it: have it fed, and fill in the topic with `workers` processes."""
    indices = await look(client)
    if indices.previous:
        raise WartaError(
            f"{indices.live} has been swapped in, and {indices.previous} is kept: `./warta reindex finish` deletes it, "
            "`./warta reindex rollback` goes back to it; then there can be a new one"
        )
    if indices.next is None:
        await create_standby(client, elasticsearch, indices)
        indices = await look(client)
        report(f"created {indices.next}")
    elif await is_current(client, indices.next, elasticsearch):
        report(f"going on with {indices.next}")
    else:
        raise WartaError(
            f"{indices.next} was begun with other mappings or settings than the present ones: "
            "`./warta reindex abort`, then `./warta reindex`"
        )
    report(f"waiting {2 * FED_SECONDS:.0f} s, until every indexer feeds it")
    await asyncio.sleep(2 * FED_SECONDS)
    return await backfill(client, kafka, report, workers=workers)


async def compare(client: AsyncElasticsearch, report: Report) -> tuple[Indices, Comparison]:
    """Bring the next index what only the live one has, and compare. Raises `WartaError` when there is no next one."""
    indices = await look(client)
    if indices.next is None:
        raise WartaError(f"no new index is under way beside {indices.live}: `./warta reindex` builds one")
    reconciliation = Reconciliation(
        client, source=indices.live, target=indices.next, alias=ARTICLES_STANDBY, report=report
    )
    return indices, await reconciliation.run()


async def swap_in(client: AsyncElasticsearch) -> Indices:
    """Make the next index the live one; the old one is fed as before. What is there then."""
    indices = await look(client)
    if indices.next is None:
        raise WartaError(f"no new index is under way beside {indices.live}: `./warta reindex` builds one")
    await swap(client, indices)
    return await look(client)


async def roll_back(client: AsyncElasticsearch) -> Indices:
    """Make the index live again that was swapped out; what is there then. `catch_up` comes after it."""
    indices = await look(client)
    if indices.previous is None:
        raise WartaError(f"there is no index to go back to: {indices.live} is live, and no older one is kept")
    await swap(client, indices)
    return await look(client)


async def catch_up(client: AsyncElasticsearch, indices: Indices, report: Report) -> Comparison:
    """After a rollback: bring the live index what only the other one took, and compare."""
    assert indices.standby is not None
    return await Reconciliation(
        client, source=indices.standby, target=indices.live, alias=ARTICLES_WRITE, report=report
    ).run()  # fmt: skip


async def abort(client: AsyncElasticsearch) -> Indices:
    """Delete the next index. What was there."""
    indices = await look(client)
    if indices.next is None:
        raise WartaError(f"no new index is under way beside {indices.live}: there is nothing to abort")
    await drop_standby(client, indices)
    return indices


async def deletable(client: AsyncElasticsearch) -> Indices:
    """What `finish` may delete: the previous index and unused ones. Raises `WartaError` when there is nothing."""
    indices = await look(client)
    if indices.next:
        raise WartaError(
            f"{indices.next} hasn't been swapped in: `./warta reindex swap` does it, `./warta reindex abort` deletes it"
        )
    if not indices.previous and not indices.unused:
        raise WartaError(f"there is nothing to finish: {indices.live} is the only index")
    return indices


async def finish(client: AsyncElasticsearch, indices: Indices) -> None:
    """Delete the previous index and unused ones: there is no way back."""
    await drop_standby(client, indices)
