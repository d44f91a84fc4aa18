"""The recommender: articles.indexed -> related.requests -> the index `related` and articles.related."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import msgspec
from elasticsearch import AsyncElasticsearch

from services.recommender.fanout import affected
from services.recommender.lists import compute_list, removed_list
from services.recommender.settings import RecommenderSettings
from shared import search, service, settings
from shared.clock import utcnow
from shared.coalesce import Coalescer
from shared.codec import Envelope
from shared.delivery import LogFields, Outgoing
from shared.documents import RELATED_WRITE
from shared.errors import DeadLetter, Instruction, WartaError
from shared.events import ArticleIndexed, RelatedComputed, RelatedRequested
from shared.service import Context
from shared.streams import Streams
from shared.topics import ARTICLES_INDEXED, ARTICLES_RELATED, RELATED_REQUESTS

AT_ONCE = 4
FANNED_OUT_AT_ONCE = 50
# Records of both topics are small, and the more requests wait together, the more of them are answered by one list.
BUFFER = 4096


async def run(context: Context) -> None:
    """Keep the lists until told to stop."""
    own = settings.load(RecommenderSettings)
    async with search.client(context.elasticsearch) as client:

        async def tell(computed: RelatedComputed, cause: Envelope[Any]) -> None:
            told = Outgoing(topic=ARTICLES_RELATED, key=computed.article_id, event=computed)
            await context.publisher.publish(told, cause=cause)

        lists = ListWriter(client, tell, size=own.size)

        async def fan_out(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            event: ArticleIndexed = envelope.event
            fields |= {"labels.article_id": event.article_id, "labels.result": event.result}
            neighbours: Sequence[str] = ()
            if event.result != "superseded":
                try:
                    neighbours = await affected(client, event.article_id, limit=own.fanout)
                except Exception as error:
                    raise of_one_article(error) from error
            fields["labels.fanout"] = len(neighbours)
            return [
                Outgoing(
                    topic=RELATED_REQUESTS, key=article_id, ordinal=ordinal,
                    event=RelatedRequested(article_id=article_id, because_of=event.article_id),
                )
                for ordinal, article_id in enumerate(dict.fromkeys([event.article_id, *neighbours]))
            ]  # fmt: skip

        async def compute(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            event: RelatedRequested = envelope.event
            fields["labels.article_id"] = event.article_id
            fields["labels.result"] = await lists.write(envelope)
            return []

        streams = Streams("recommender", context.kafka, context.publisher, context.health, buffer=BUFFER)
        streams.agent(ARTICLES_INDEXED, fan_out, action="article.fanned_out", batch=FANNED_OUT_AT_ONCE, within=0.1)
        streams.agent(RELATED_REQUESTS, compute, action="related.computed", batch=own.batch, within=own.gather_seconds)
        await streams.start()
        await context.stopping.wait()
        await streams.stop(context.delivery.stop_seconds)


ListResult = Literal["changed", "unchanged", "no_such_article"]
Tell = Callable[[RelatedComputed, Envelope[Any]], Awaitable[None]]


class ListWriter:
    """The only writer of its partition's lists: what is asked for at once is computed once.

    The clock is read before the candidates are, and is the stored version: a late, slow writer can't overwrite a newer
    list. A changed list is told before it is stored: a crash between the two tells it again, and none is missed.
    """

    def __init__(self, client: AsyncElasticsearch, tell: Tell, *, size: int) -> None:
        self._client = client
        self._tell = tell
        self._size = size
        self._slots = asyncio.Semaphore(AT_ONCE)
        self.write = Coalescer[Envelope[Any], ListResult](self._write, most=1000)

    async def _write(self, requests: Sequence[Envelope[Any]]) -> list[ListResult | Exception]:
        last = {request.event.article_id: request for request in requests}
        results = dict(zip(last, await asyncio.gather(*map(self._one, last.values())), strict=True))
        return [results[request.event.article_id] for request in requests]

    async def _one(self, request: Envelope[Any]) -> ListResult | Exception:
        article_id = request.event.article_id
        async with self._slots:
            now = utcnow()
            try:
                found = await compute_list(self._client, article_id, now=now, mode="fresh", size=self._size)
            except Exception as error:  # noqa: BLE001 - it is raised to those who asked for this list
                return of_one_article(error)
            try:
                stored = await self._client.options(ignore_status=404).get(
                    index=RELATED_WRITE, id=article_id, source_includes=["content_hash"]
                )
                known = stored.get("found", False)
                if found is None and not known:
                    return "no_such_article"
                computed = found or removed_list(article_id, now=now, size=self._size)
                same = known and stored["_source"]["content_hash"] == computed.content_hash
                if not same:
                    await self._tell(computed, request)
                await self._client.options(ignore_status=409).index(
                    index=RELATED_WRITE, id=article_id, document=msgspec.to_builtins(computed),
                    version=int(now.timestamp() * 1000), version_type="external_gte",
                )  # fmt: skip
            except search.CLIENT_ERRORS as error:
                return search.instruction(error)
            except Instruction as instruction:
                return instruction
            return "unchanged" if same else "changed"


def of_one_article(error: Exception) -> Exception:
    """What to do about an error of computing on one article: what isn't the client's is the article's own."""
    if isinstance(error, search.CLIENT_ERRORS):
        return search.instruction(error)
    if isinstance(error, WartaError):
        return error
    return DeadLetter("processing_failed", type(error).__name__)


def main() -> None:
    """Run the recommender as this process."""
    service.main("recommender", run, own_settings=[RecommenderSettings])
