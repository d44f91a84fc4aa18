"""Documents into the standby, patiently."""

import asyncio
import time
from collections.abc import Sequence

from elasticsearch import AsyncElasticsearch

from operations.reindex.pace import Report
from services.indexer.bulk import send
from shared import search
from shared.documents import ArticleDocument
from shared.errors import DeadLetter, Retry, WartaError

PATIENCE_SECONDS = 300.0


async def write(
    client: AsyncElasticsearch, documents: Sequence[ArticleDocument], alias: str, report: Report
) -> dict[str, str]:
    """Write all, where nothing newer is, to the index behind `alias`; why by id what its mapping refuses.

    Waits out an outage of some minutes. Raises `WartaError` after that, or when the index is gone.
    """
    refused: dict[str, str] = {}
    began = time.monotonic()
    while documents:
        again = []
        wait: Retry | None = None
        for document, (verdict,) in zip(documents, await send(client, documents, (alias,)), strict=True):
            if isinstance(verdict, Retry):
                wait = verdict
                again.append(document)
            elif isinstance(verdict, DeadLetter):
                refused[document.article_id] = verdict.detail
            elif isinstance(verdict, Exception):
                raise verdict
        documents = again
        if wait is None:
            break
        if wait.dependency == search.NO_INDEX_DEPENDENCY:
            raise WartaError(f"the index behind {alias} is gone: was the reindex aborted or finished meanwhile?")
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise WartaError(
                f"Elasticsearch hasn't taken a write for {PATIENCE_SECONDS:.0f} s; nothing is swapped: "
                "run the same command again once it is well"
            )
        report(f"waiting for {wait.dependency}")
        await asyncio.sleep(wait.after)
    return refused
