"""The indexer: articles.parsed -> Elasticsearch -> articles.indexed."""

import asyncio
from typing import Any

from services.indexer.bulk import BulkWriter
from services.indexer.document import document, stub
from shared import search, service
from shared.clock import utcnow
from shared.codec import Envelope
from shared.consume import consume
from shared.delivery import LogFields, Outgoing, pure
from shared.events import ArticleIndexed, ArticleParsed, ArticleRemoved
from shared.service import Context
from shared.topics import ARTICLES_INDEXED, ARTICLES_PARSED

MAX_RECORDS = 200


async def run(context: Context) -> None:
    """Index until told to stop."""
    async with search.client(context.elasticsearch) as client:
        writer = BulkWriter(client)

        async def work(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            event: ArticleParsed | ArticleRemoved = envelope.event
            now = utcnow()
            if isinstance(event, ArticleParsed):
                written = await asyncio.to_thread(pure, document, event, indexed_at=now)
            else:
                written = pure(stub, event, indexed_at=now)
            result = await writer.write(written)
            searchable_at = utcnow()
            fields |= {"url.full": event.url, "labels.article_id": event.article_id, "labels.result": result}
            fields["labels.searchable_at"] = searchable_at.isoformat()
            indexed = ArticleIndexed(
                article_id=event.article_id, version=event.version, result=result, searchable_at=searchable_at
            )
            return [Outgoing(topic=ARTICLES_INDEXED, key=event.article_id, event=indexed)]

        await consume(context, ARTICLES_PARSED, work, action="article.indexed", max_records=MAX_RECORDS)


def main() -> None:
    """Run the indexer as this process."""
    service.main("indexer", run, uses_elasticsearch=True)
