"""Two indices side by side: what one lacks is copied to it, what stays different is named."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
from elasticsearch import AsyncElasticsearch

from operations.reindex.pace import Pace, Report
from operations.reindex.rows import Row, Sum, rows_of, scan
from operations.reindex.write import write
from services.indexer.document import document, stub
from services.indexer.reassert import event_of
from shared.documents import ArticleDocument
from shared.events import ArticleParsed

CHUNK = 100
ROUNDS = 4
PAUSE_SECONDS = 0.5
NAMED = 20
Pair = tuple[Row | None, Row | None]


class Comparison(msgspec.Struct, kw_only=True):
    """What `source` and `target` hold. `copied`: documents that the target lacked and has now.

    `behind`: it lacks them or has an older version, for good. `ahead`: it has a newer version or more, for good, as
    when only its mapping takes them. The first ids of both are named, those behind with why.
    """

    source: Sum
    target: Sum
    copied: int = 0
    behind: int = 0
    ahead: int = 0
    behind_ids: dict[str, str] = {}
    ahead_ids: list[str] = []


class Reconciliation:
    """Compares two indices that are both written to, and brings the target, behind `alias`, what only the source has.

    Every id is found equal at some moment of it, or named; and what is written later goes to both. It merges two scans,
    so memory is a page of each.
    """

    def __init__(self, client: AsyncElasticsearch, *, source: str, target: str, alias: str, report: Report) -> None:
        self._client = client
        self._source = source
        self._target = target
        self._alias = alias
        self._report = report
        self._found = Comparison(source=Sum(), target=Sum())

    async def run(self) -> Comparison:
        """Once over both. Raises `WartaError` and the client's errors."""
        pace = Pace(self._report, "documents compared")
        unequal: list[str] = []
        async for article_id, pair in side_by_side(scan(self._client, self._source), scan(self._client, self._target)):
            if pair[0] == pair[1]:
                self._add(article_id, pair)
            else:
                unequal.append(article_id)
            if len(unequal) >= CHUNK:
                await self._settle(unequal)
                unequal.clear()
            pace.done()
        await self._settle(unequal)
        pace.tell()
        return self._found

    async def _settle(self, ids: Sequence[str]) -> None:
        """Copy and look again, by id: a GET sees what no refresh has shown yet. Writes to both may be under way."""
        found, refused, written = self._found, dict[str, str](), set[str]()
        pairs = await self._pairs(ids)
        for attempt in range(ROUNDS):
            left = [one for one, pair in pairs.items() if pair[0] != pair[1] and one not in refused]
            if not left:
                break
            if attempt > 1:
                await asyncio.sleep(PAUSE_SECONDS)
            lacking = [one for one in left if is_behind(pairs[one])]
            refused |= await self._copy(lacking)
            written |= {one for one in lacking if one not in refused}
            pairs |= await self._pairs(left)
        found.copied += len(written)
        for article_id, pair in pairs.items():
            self._add(article_id, pair)
            if is_behind(pair):
                found.behind += 1
                if len(found.behind_ids) < NAMED:
                    found.behind_ids[article_id] = refused.get(article_id, "it keeps changing")
            elif pair[0] != pair[1]:
                found.ahead += 1
                if len(found.ahead_ids) < NAMED:
                    found.ahead_ids.append(article_id)

    def _add(self, article_id: str, pair: Pair) -> None:
        for total, row in zip((self._found.source, self._found.target), pair, strict=True):
            if row:
                total.count_in(article_id, row)

    async def _pairs(self, ids: Sequence[str]) -> dict[str, Pair]:
        ours, theirs = await asyncio.gather(*(rows_of(self._client, i, ids) for i in (self._source, self._target)))
        return {one: (ours.get(one), theirs.get(one)) for one in ids}

    async def _copy(self, ids: Sequence[str]) -> dict[str, str]:
        """Bring documents over, as the code at hand makes them. Why by id what isn't taken."""
        if not ids:
            return {}
        answer = await self._client.mget(index=self._source, ids=list(ids))
        documents, refused = [], {}
        for found in answer["docs"]:
            if not found.get("found"):
                continue
            try:
                documents.append(await asyncio.to_thread(_anew, found["_source"]))
            except (ValueError, msgspec.ValidationError) as error:
                refused[found["_id"]] = f"it isn't one of Warta's documents: {error}"
        return refused | await write(self._client, documents, self._alias, self._report)


async def side_by_side(
    ours: AsyncIterator[tuple[str, Row]], theirs: AsyncIterator[tuple[str, Row]]
) -> AsyncIterator[tuple[str, Pair]]:
    """A pair for every id of two streams that are in the order of ids."""
    our, their = await anext(ours, None), await anext(theirs, None)
    while our or their:
        if our and their and our[0] == their[0]:
            yield our[0], (our[1], their[1])
            our, their = await anext(ours, None), await anext(theirs, None)
        elif our and (not their or our[0] < their[0]):
            yield our[0], (our[1], None)
            our = await anext(ours, None)
        elif their:
            yield their[0], (None, their[1])
            their = await anext(theirs, None)


def is_behind(pair: Pair) -> bool:
    """Of one version with two contents the source's counts: it is the last that was written there."""
    ours, theirs = pair
    return ours is not None and ours != theirs and (theirs is None or theirs.version <= ours.version)


def _anew(source: object) -> ArticleDocument:
    stored = msgspec.convert(source, ArticleDocument)
    event = event_of(stored)
    if isinstance(event, ArticleParsed):
        return document(event, indexed_at=stored.indexed_at)
    return stub(event, indexed_at=stored.indexed_at)
