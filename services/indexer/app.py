"""The indexer: articles.parsed -> Elasticsearch -> articles.indexed."""

import asyncio
from typing import Any

import msgspec

from services.indexer.bulk import BulkWriter
from services.indexer.document import document, stub
from services.indexer.edits import told
from services.indexer.reassert import reassertion
from services.indexer.stored import StoredDocuments
from shared import search, service
from shared.clock import utcnow
from shared.codec import Envelope
from shared.consume import consume
from shared.delivery import LogFields, Outgoing, pure
from shared.documents import ArticleDocument
from shared.events import ArticleIndexed, ArticleParsed, ArticleRemoved, IndexResult
from shared.logs import get_logger
from shared.service import Context
from shared.topics import ARTICLES_INDEXED, ARTICLES_PARSED

MAX_RECORDS = 200
log = get_logger()


async def run(context: Context) -> None:
    """Index until told to stop."""
    async with search.client(context.elasticsearch) as client:
        writer = BulkWriter(client)
        stored = StoredDocuments(client)

        async def work(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            event: ArticleParsed | ArticleRemoved = envelope.event
            now = utcnow()
            result: IndexResult
            changed: tuple[str, ...] = ()
            if isinstance(event, ArticleParsed):
                written, before = await asyncio.gather(
                    asyncio.to_thread(pure, document, event, indexed_at=now), _before(stored, event.article_id)
                )
                result, changed = told(event, before, await writer.write(written))
            else:
                result = await writer.write(pure(stub, event, indexed_at=now))
            searchable_at = utcnow()
            fields |= {"url.full": event.url, "labels.article_id": event.article_id, "labels.result": result}
            fields |= {"labels.changed": list(changed)} if changed else {}
            fields["labels.searchable_at"] = searchable_at.isoformat()
            indexed = ArticleIndexed(
                article_id=event.article_id, version=event.version, result=result, searchable_at=searchable_at,
                changed=changed,
            )  # fmt: skip
            news = [Outgoing(topic=ARTICLES_INDEXED, key=event.article_id, event=indexed)]
            return news + await _reasserted(stored, event.article_id, fields) if result == "superseded" else news

        await consume(context, ARTICLES_PARSED, work, action="article.indexed", max_records=MAX_RECORDS)


async def _before(stored: StoredDocuments, article_id: str) -> ArticleDocument | None:
    """The version that is about to be replaced, if it is one of ours."""
    try:
        return await stored.get(article_id)
    except msgspec.ValidationError:
        return None


async def _reasserted(stored: StoredDocuments, article_id: str, fields: LogFields) -> list[Outgoing]:
    """What the index holds instead of a superseded event, to be appended behind it."""
    try:
        newest = await stored.get(article_id)
        outgoing = [reassertion(newest)] if newest else []
    except (ValueError, msgspec.ValidationError) as error:  # not a document of ours: the verdict is right all the same
        log.warning(
            "article.not_reasserted",
            **{"labels.article_id": article_id, "error.type": type(error).__name__},
        )
        return []
    fields["labels.reasserted"] = [one.ordinal for one in outgoing]
    return outgoing


def main() -> None:
    """Run the indexer as this process."""
    service.main("indexer", run, uses_elasticsearch=True)
