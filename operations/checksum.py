"""What the index holds, as hashes: equal content, equal hash, whatever the order and however it came about."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from operations import scan
from operations.multiset import Multiset
from services.recommender.fanout import is_hot
from services.recommender.lists import compute_list, fetch, removed_list
from services.recommender.recommend import DEFAULT, Weights
from services.recommender.sample import Sample
from services.recommender.stored import StoredList, from_document
from shared.documents import ARTICLES_READ, ARTICLES_WRITE, RELATED_WRITE

PAGE = 1000
AT_ONCE = 8
NAMED = 20
# Told how many are done, as often as a page is.
Report = Callable[[int], None]


class Checksum(msgspec.Struct, frozen=True, kw_only=True):
    """`count` rows and their multiset hash: 64 hex digits, the same in any order."""

    count: int
    hash: str


class ListsReport(msgspec.Struct, frozen=True, kw_only=True):
    """The stored lists against their own recomputation. The ids are at most the first 20 of each kind.

    `differing`: not equal, though kept ready. `missing`: a published article without a list. `cold`: not equal and not
    kept ready (its article was neither published, nor indexed, nor asked for within 7 days): computed anew when it is
    asked for.
    """

    equal: int
    differing: int
    missing: int
    cold: int
    differing_ids: tuple[str, ...] = ()
    missing_ids: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether what is kept ready is right."""
        return not self.differing and not self.missing


async def articles_checksum(
    client: AsyncElasticsearch, *, versions: bool = True, index: str = ARTICLES_WRITE, report: Report = lambda _: None
) -> Checksum:
    """The checksum over (id, version, content hash, status) of every article and every removed one's stub.

    Without `versions` two crawls of the same pages at different times agree. Raises the client's errors.
    """
    rows = Multiset()
    async for page in _pages(client, index, ["article_id", "version", "content_hash", "status"]):
        for document in page:
            version = [document["version"]] if versions else []
            rows.add([document["article_id"], *version, document.get("content_hash"), document["status"]])
        report(len(page))
    return Checksum(count=rows.count, hash=rows.hash)


async def related_checksum(
    client: AsyncElasticsearch, *, now: datetime, index: str = ARTICLES_READ, weights: Weights = DEFAULT,
    report: Report = lambda _: None,
) -> Checksum:  # fmt: skip
    """The checksum over (id, content hash of its list at `now`) of every published article, nothing stored."""
    rows, sample = Multiset(), Sample(client, index=index)

    async def one(article_id: str) -> None:
        computed = await compute_list(client, article_id, now=now, index=index, weights=weights, sample=sample)
        if computed is not None:
            rows.add([article_id, computed.content_hash])

    async for page in _pages(client, index, ["article_id"], only=_PUBLISHED):
        await _gathered(one(document["article_id"]) for document in page)
        report(len(page))
    return Checksum(count=rows.count, hash=rows.hash)


async def verify_lists(
    client: AsyncElasticsearch, *, now: datetime, articles: str = ARTICLES_READ, related: str = RELATED_WRITE,
    weights: Weights = DEFAULT, report: Report = lambda _: None,
) -> ListsReport:  # fmt: skip
    """Compare every stored list with its own recomputation at its `computed_at`, and look for articles without one.

    A removed article's must be the empty one. True of all that is kept ready once nothing has changed for as long as
    lists are valid. Raises the client's errors.
    """
    equal = cold = 0
    differing: list[str] = []
    missing: list[str] = []
    sample = Sample(client, index=articles)

    async def compare(kept: StoredList) -> None:
        nonlocal equal, cold
        stored = kept.computed
        at, size = stored.computed_at, stored.size
        found = await compute_list(
            client, stored.article_id, now=at, mode=stored.mode, size=size, index=articles, weights=weights,
            sample=sample,
        )  # fmt: skip
        wanted = found or removed_list(stored.article_id, now=at, size=size)
        if wanted.content_hash == stored.content_hash:
            equal += 1
        elif (document := await fetch(client, stored.article_id, index=articles)) and not (
            is_hot(document, now) or (kept.heat.hot_until is not None and kept.heat.hot_until > now)
        ):
            cold += 1
        else:
            differing.append(stored.article_id)

    async for page in _pages(client, related, ["*"]):
        await _gathered(compare(from_document(document)) for document in page)
        report(len(page))
    async for page in _pages(client, articles, ["article_id"], only=_PUBLISHED):
        answer = await client.mget(index=related, ids=[document["article_id"] for document in page], source=False)
        missing += [document["_id"] for document in answer["docs"] if not document.get("found")]
    return ListsReport(
        equal=equal, differing=len(differing), missing=len(missing), cold=cold,
        differing_ids=tuple(sorted(differing)[:NAMED]), missing_ids=tuple(sorted(missing)[:NAMED]),
    )  # fmt: skip


_EVERYTHING: dict[str, Any] = {"match_all": {}}
_PUBLISHED: dict[str, Any] = {"term": {"status": "published"}}


async def _pages(
    client: AsyncElasticsearch, index: str, fields: list[str], *, only: dict[str, Any] = _EVERYTHING
) -> AsyncIterator[list[dict[str, Any]]]:
    """The documents at one moment, in pages. What has been written before the call is among them."""
    await client.indices.refresh(index=index)
    async for hits in scan.pages(client, index, size=PAGE, query=only, source={"includes": fields}):
        yield [hit["_source"] for hit in hits]


async def _gathered(work: Iterable[Any]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def in_turn(one: Any) -> None:
        async with slots:
            await one

    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(in_turn(one))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
