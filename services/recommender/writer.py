"""Writes related lists: what is asked for at once is computed once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Literal

import msgspec
from elasticsearch import AsyncElasticsearch

from services.recommender.lists import VALID_FOR, compute_list, removed_list
from services.recommender.recommend import DEFAULT, Weights
from services.recommender.sample import Sample
from shared import search
from shared.clock import utcnow
from shared.coalesce import Coalescer
from shared.codec import Envelope
from shared.documents import RELATED_WRITE
from shared.errors import DeadLetter, Instruction, WartaError
from shared.events import RelatedComputed

AT_ONCE = 4
ListResult = Literal["changed", "unchanged", "no_such_article"]
Tell = Callable[[RelatedComputed, Envelope[Any]], Awaitable[None]]


class ListWriter:
    """The only writer of its partition's lists: what is asked for at once is computed once.

    The clock is read before the candidates are, and is the stored version: a late, slow writer can't overwrite a newer
    list. A changed list is told before it is stored: a crash between the two tells it again, and none is missed.
    `moved` is called after each list: all requests of a batch end together, and a large one takes minutes.
    """

    def __init__(
        self, client: AsyncElasticsearch, tell: Tell, *, size: int, valid_for: timedelta = VALID_FOR,
        weights: Weights = DEFAULT, moved: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._client = client
        self._sample = Sample(client)
        self._tell = tell
        self._size = size
        self._valid_for = valid_for
        self._weights = weights
        self._moved = moved
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
                found = await compute_list(
                    self._client,
                    article_id,
                    now=now,
                    mode="fresh",
                    size=self._size,
                    valid_for=self._valid_for,
                    weights=self._weights,
                    sample=self._sample,
                )
            except Exception as error:  # noqa: BLE001 - it is raised to those who asked for this list
                return of_one_article(error)
            try:
                stored = await self._client.options(ignore_status=404).get(
                    index=RELATED_WRITE, id=article_id, source_includes=["content_hash"]
                )
                known = stored.get("found", False)
                if found is None and not known:
                    return "no_such_article"
                computed = found or removed_list(article_id, now=now, size=self._size, valid_for=self._valid_for)
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
            self._moved()
            return "unchanged" if same else "changed"


def of_one_article(error: Exception) -> Exception:
    """What to do about an error of computing on one article: what isn't the client's is the article's own."""
    if isinstance(error, search.CLIENT_ERRORS):
        return search.instruction(error)
    if isinstance(error, WartaError):
        return error
    return DeadLetter("processing_failed", type(error).__name__)
