"""Writes related lists: what is asked for at once is computed once, and no list too often."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from elasticsearch import AsyncElasticsearch

from services.recommender.lists import VALID_FOR, compute_list, removed_list
from services.recommender.pace import Pace
from services.recommender.recommend import DEFAULT, Weights
from services.recommender.sample import Sample
from services.recommender.stored import READER, Heat, heat, to_document
from shared import search
from shared.articles import UtcTime
from shared.clock import utcnow
from shared.coalesce import Coalescer
from shared.codec import Envelope
from shared.documents import ARTICLES_READ, RELATED_WRITE
from shared.errors import DeadLetter, Instruction, Retry, WartaError
from shared.events import RelatedComputed, RelatedRequested

AT_ONCE = 4
AHEAD_AT_ONCE = 2
# So long does each other list make way for those of new articles: so these are soon there, and no flood stops the rest.
MAKE_WAY_SECONDS = 0.5
MOST = 4000
MOST_SERVED = 10_000
# With nothing else to do, so long do we wait for a list's time, before we look what else is asked for.
PATIENCE_SECONDS = 0.5
ListResult = Literal["changed", "unchanged", "no_such_article", "deferred", "coalesced", "served"]
Tell = Callable[[RelatedComputed, Envelope[Any]], Awaitable[None]]


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a list before it is written: the stored one's hash and heat, and its article's times."""

    content_hash: str | None = None
    asked_at: UtcTime | None = None
    published_at: UtcTime | None = None
    indexed_at: UtcTime | None = None


class ListWriter:
    """The only writer of its partition's lists: what is asked for at once is computed once.

    Of the requests for one list, one tells what became of it, the others are `coalesced` with it; a list that `pace`
    holds back is `deferred`, and that one request has to be made again. The clock is read before the candidates are,
    and is the stored version: a late, slow writer can't overwrite a newer list. A changed list is told before it is
    stored: a crash between the two tells it again, and none is missed. `moved` is called after each list: all requests
    of a batch end together, and a large one takes minutes.
    """

    def __init__(
        self, client: AsyncElasticsearch, tell: Tell, *, size: int, valid_for: timedelta = VALID_FOR,
        weights: Weights = DEFAULT, sample: Sample | None = None, pace: Pace | None = None,
        moved: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._client = client
        self._sample = sample or Sample(client)
        self._tell = tell
        self._size = size
        self._valid_for = valid_for
        self._weights = weights
        self._pace = pace or Pace()
        self._moved = moved
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._ahead = asyncio.Semaphore(AHEAD_AT_ONCE)
        self._hurried = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._working: set[str] = set()
        self._served: OrderedDict[str, ListResult] = OrderedDict()
        self.write = Coalescer[Envelope[Any], ListResult](self._write, most=MOST)

    async def write_ahead(self, indexed: Envelope[Any]) -> ListResult | None:
        """Write an article's own list beside all that is asked for: a new one waits for nobody else's list.

        The request that `indexed` leads to is then answered already (`served`). None where it has to do it after all.
        """
        article_id = indexed.event.article_id
        self._hurried += 1
        self._quiet.clear()
        try:
            async with self._ahead:
                if article_id in self._working or self._pace.plan([article_id], now=time.monotonic()).early:
                    return None
                result = await self._one(article_id, indexed)
        finally:
            self._hurried -= 1
            if not self._hurried:
                self._quiet.set()
        if isinstance(result, Exception):
            return None
        self._served[indexed.id] = result
        if len(self._served) > MOST_SERVED:
            self._served.popitem(last=False)
        return result

    async def _write(self, requests: Sequence[Envelope[Any]]) -> list[ListResult | Exception]:
        served = {request.id for request in requests if self._is_served(request)}
        wanted: dict[str, Envelope[Any]] = {}
        for request in requests:
            known = wanted.get(request.event.article_id)
            if request.id not in served and (known is None or known.event.because_of != READER):
                wanted[request.event.article_id] = request
        new = [article_id for article_id, one in wanted.items() if one.event.because_of == article_id]
        plan = self._pace.plan(wanted, first=new, now=time.monotonic())
        if not plan.ready and plan.early:
            await asyncio.sleep(min(plan.wait, PATIENCE_SECONDS))
            plan = self._pace.plan(wanted, first=new, now=time.monotonic())
        ready = [article_id for article_id in plan.ready if article_id not in self._working]

        async def in_turn(article_id: str) -> ListResult | Exception:
            async with self._slots:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._quiet.wait(), MAKE_WAY_SECONDS)
                if article_id in self._working:
                    return "deferred"
                return await self._one(article_id, wanted[article_id])

        results = dict(zip(ready, await asyncio.gather(*map(in_turn, ready)), strict=True))

        def of(request: Envelope[Any]) -> ListResult | Exception:
            if request.id in served:
                return "served"
            result = results.get(request.event.article_id, "deferred")
            own = isinstance(result, Exception) or request is wanted[request.event.article_id]
            return result if own else "coalesced"

        return [of(request) for request in requests]

    def _is_served(self, request: Envelope[Any]) -> bool:
        return request.cause in self._served and request.event.because_of == request.event.article_id

    async def _one(self, article_id: str, cause: Envelope[Any]) -> ListResult | Exception:
        self._working.add(article_id)
        try:
            if (wait := self._pace.begin(article_id, now=time.monotonic())) > 0:
                await asyncio.sleep(wait)
            return await self._computed(article_id, cause)
        except search.CLIENT_ERRORS as error:
            return search.instruction(error)
        except Instruction as instruction:
            return instruction
        finally:
            self._working.discard(article_id)

    async def _computed(self, article_id: str, cause: Envelope[Any]) -> ListResult | Exception:
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
        known = await self._known(article_id)
        if found is None and known.content_hash is None:
            return "no_such_article"
        computed = found or removed_list(article_id, now=now, size=self._size, valid_for=self._valid_for)
        same = known.content_hash == computed.content_hash
        if not same:
            await self._tell(computed, cause)
        document = to_document(computed, _heat(cause, known, now=now) if found else Heat())
        await self._client.options(ignore_status=409).index(
            index=RELATED_WRITE, id=article_id, document=document, version=int(now.timestamp() * 1000),
            version_type="external_gte",
        )  # fmt: skip
        self._moved()
        return "unchanged" if same else "changed"

    async def _known(self, article_id: str) -> _Known:
        """In one round trip, the newest writes too. Raises the client's errors, and `Retry`."""
        answer = await self._client.mget(docs=[
            {"_index": RELATED_WRITE, "_id": article_id, "_source": ["content_hash", "asked_at"]},
            {"_index": ARTICLES_READ, "_id": article_id, "_source": ["published_at", "indexed_at"]},
        ])  # fmt: skip
        found: dict[str, Any] = {}
        for one in answer["docs"]:
            if "error" in one:  # of its shard: the request as a whole is well
                gone = one["error"].get("type") == search.NO_INDEX
                raise Retry(search.NO_INDEX_DEPENDENCY if gone else search.DEPENDENCY, after=2.0)
            found |= one.get("_source", {})
        try:
            return msgspec.convert(found, _Known)
        except msgspec.ValidationError:  # no list of ours: to be written anew
            return _Known()


def _heat(cause: Envelope[Any], known: _Known, *, now: datetime) -> Heat:
    asked_at = known.asked_at
    if isinstance(cause.event, RelatedRequested) and cause.event.because_of == READER:
        at = min(cause.time, now)
        asked_at = max(asked_at, at) if asked_at else at
    return heat(asked_at=asked_at, published_at=known.published_at, indexed_at=known.indexed_at)


def of_one_article(error: Exception) -> Exception:
    """What to do about an error of computing on one article: what isn't the client's is the article's own."""
    if isinstance(error, search.CLIENT_ERRORS):
        return search.instruction(error)
    if isinstance(error, WartaError):
        return error
    return DeadLetter("processing_failed", type(error).__name__)
