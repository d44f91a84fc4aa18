"""An index of a labelled set's articles, made for one evaluation and deleted after it."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from elasticsearch import AsyncElasticsearch

from operations.evaluate.documents import sources
from operations.evaluate.labels import LabelledArticle, latest
from operations.indices import ARTICLES, template
from shared.errors import WartaError
from shared.settings import ElasticsearchSettings

PREFIX = "warta-evaluate-"  # matches no template of ours and no alias
CHUNK = 100
AHEAD = 4
Report = Callable[[str], None]


@asynccontextmanager
async def scratch_index(client: AsyncElasticsearch) -> AsyncIterator[str]:
    """The name of an empty index with the mappings of the code at hand. It is deleted at the end of the block."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    body = template(ARTICLES, ElasticsearchSettings.model_construct(shards=1, replicas=0))["template"]
    settings = body["settings"]
    settings["index"] |= {"refresh_interval": "-1"}
    try:
        await client.indices.create(index=name, mappings=body["mappings"], settings=settings)
        yield name
    finally:
        await client.options(ignore_status=404).indices.delete(index=name)


async def fill(
    client: AsyncElasticsearch, index: str, articles: Sequence[LabelledArticle], pool: ProcessPoolExecutor,
    report: Report,
) -> None:  # fmt: skip
    """Load the articles' documents and make them searchable, in one segment.

    Raises the client's errors, and `WartaError` for an article that the index refuses.
    """
    end = latest(articles)
    chunks = [articles[at : at + CHUNK] for at in range(0, len(articles), CHUNK)]
    turns = asyncio.Semaphore(AHEAD)
    loaded = 0

    async def load(chunk: Sequence[LabelledArticle]) -> None:
        nonlocal loaded
        async with turns:
            made = await asyncio.get_running_loop().run_in_executor(pool, sources, chunk, end)
            await _write(client, index, [article.id for article in chunk], made)
        loaded += len(chunk)
        report(f"{loaded} of {len(articles)} articles loaded")

    try:
        async with asyncio.TaskGroup() as group:
            for chunk in chunks:
                group.create_task(load(chunk))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    await client.indices.forcemerge(index=index, max_num_segments=1)
    await client.indices.refresh(index=index)


async def _write(client: AsyncElasticsearch, index: str, ids: Sequence[str], made: Sequence[bytes]) -> None:
    operations: list[Any] = []
    for id_, one in zip(ids, made, strict=True):
        operations += [{"index": {"_id": id_}}, one]
    answer = await client.bulk(index=index, operations=operations)
    if answer["errors"]:
        refused = [item["index"] for item in answer["items"] if item["index"]["status"] >= 300]
        why = refused[0]["error"]["type"]
        raise WartaError(f"Elasticsearch refuses {len(refused)} articles; the first is {refused[0]['_id']!r}: {why}")
