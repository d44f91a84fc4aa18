"""Keeps lists fresh: those of hot articles that near their end, or are missing, are asked for again, the oldest first.

A stored list says until when it is kept ready (`hot_until`), so what is due is one search. Articles whose lists are
missing, or don't know yet that they are hot, are found by walking the hot articles, a page at a time.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from services.recommender.documents import UNSTORED, id_of
from services.recommender.fanout import hot
from shared.articles import UtcTime
from shared.documents import ARTICLES_READ, RELATED_READ, RELATED_WRITE
from shared.partitions import partition_of
from shared.topics import RELATED_REQUESTS

BECAUSE = "sweep"
PAGE = 1000
MOST_PAGES = 10
# Asked for and not yet answered: so long and so many before more is asked for.
ANSWERED_WITHIN = timedelta(minutes=1)  # or half of a list's validity, if that is less
MOST_WAITING = 1000
# A list is renewed with a fifth of its time left: that is for the sweep's own turn, the queue and the computation.
AHEAD = 0.2
TENTHS = 10


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How many lists are kept ready, and how many seconds the oldest of them is past its time.

    `ending` are as many as end within the first tenth of a list's validity, the first two tenths, and so on to the
    whole: of lists that were made together, all end together.
    """

    lists: int
    overdue_seconds: float
    ending: tuple[int, ...]


class Sweep:
    """Asks for what is due, some lists a tick: those with less than a fifth of `validity` left.

    It looks after the keys of the partitions of related.requests that `owned` returns, so that replicas don't repeat
    each other, and asks for no list again while the request for it may wait still, nor for more than a thousand.
    """

    def __init__(
        self,
        client: AsyncElasticsearch,
        *,
        owned: Callable[[], Collection[int]],
        ask: Callable[[Sequence[str]], Awaitable[None]],
        validity: timedelta,
    ) -> None:
        self._client = client
        self._owned = owned
        self._ask = ask
        self._validity = validity
        self._patience = min(ANSWERED_WITHIN, validity / 2)
        self._after: str | None = None
        self._asked: dict[str, datetime] = {}  # in the order of their times

    async def tick(self, *, now: datetime, most: int, early: bool = False) -> int:
        """Ask for at most `most` lists, with `early` also before they are due; returns for how many.

        Raises the client's errors and those of the calls.
        """
        while self._asked and self._asked[one := next(iter(self._asked))] + self._patience <= now:
            del self._asked[one]
        most = min(most, MOST_WAITING - len(self._asked))
        if most <= 0:
            return 0
        found = await self._ending(now + self._validity * (1.0 if early else AHEAD), most, now=now)
        missing, after = await self._missing(now, most - len(found))
        found += missing
        if found:
            await self._ask(found)
        self._asked |= dict.fromkeys(found, now)
        self._after = after
        return len(found)

    async def standing(self, *, now: datetime) -> Standing:
        """Of all lists, whosever they are. Raises the client's errors."""
        ends = [(now + self._validity * tenth / TENTHS).isoformat() for tenth in range(1, TENTHS + 1)]
        answer = await self._client.search(
            index=RELATED_READ, query=_kept_ready(now), size=1, sort=[{"valid_until": "asc"}], track_total_hits=True,
            source_includes=["valid_until"], allow_partial_search_results=False,
            aggregations={"ending": {"date_range": {"field": "valid_until", "ranges": [{"to": end} for end in ends]}}},
        )  # fmt: skip
        oldest = [msgspec.convert(hit["_source"]["valid_until"], UtcTime) for hit in answer["hits"]["hits"]]
        past = max(((now - end).total_seconds() for end in oldest), default=0.0)
        return Standing(
            lists=answer["hits"]["total"]["value"], overdue_seconds=max(0.0, past),
            ending=tuple(bucket["doc_count"] for bucket in answer["aggregations"]["ending"]["buckets"]),
        )  # fmt: skip

    async def _ending(self, by: datetime, most: int, *, now: datetime) -> list[str]:
        ending = {"range": {"valid_until": {"lte": by.isoformat()}}}
        found: list[str] = []
        after: list[Any] | None = None
        for _ in range(MOST_PAGES):
            answer = await self._client.search(
                index=RELATED_READ, query=_kept_ready(now, ending), size=PAGE, search_after=after,
                sort=[{"valid_until": "asc"}, {"article_id": "asc"}], **UNSTORED,
            )  # fmt: skip
            hits = answer["hits"]["hits"]
            found += self._ours(list(map(id_of, hits)))
            if len(hits) < PAGE or len(found) >= most:
                break
            after = hits[-1]["sort"]
        return found[:most]

    async def _missing(self, now: datetime, most: int) -> tuple[list[str], str | None]:
        """Of the next page of hot articles: those without a list that is kept ready; and where to go on."""
        if most <= 0:
            return [], self._after
        settled = {"range": {"indexed_at": {"lt": (now - self._patience).isoformat()}}}  # else its list is on its way
        answer = await self._client.search(
            index=ARTICLES_READ, query={"bool": {"filter": [*hot(now), settled]}}, size=PAGE,
            sort=[{"article_id": "asc"}], search_after=[self._after] if self._after else None, **UNSTORED,
        )  # fmt: skip
        page = list(map(id_of, answer["hits"]["hits"]))
        found: list[str] = []
        if ours := self._ours(page):
            lists = await self._client.mget(index=RELATED_WRITE, ids=ours, source_includes=["hot_until"])
            found = [one["_id"] for one in lists["docs"] if is_missing(one, now)]
        if len(found) > most:
            return found[:most], found[most - 1]
        return found, page[-1] if len(page) == PAGE else None

    def _ours(self, ids: Sequence[str]) -> list[str]:
        owned = self._owned()
        return [one for one in ids if one not in self._asked and partition_of(one, RELATED_REQUESTS) in owned]


def _kept_ready(now: datetime, *more: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": [{"range": {"hot_until": {"gt": now.isoformat()}}}, *more]}}


def is_missing(document: Mapping[str, Any], now: datetime) -> bool:
    """Whether what a get returned for a hot article is no list, or one that isn't kept ready."""
    if "error" in document:  # its shard doesn't answer: that says nothing of the list
        return False
    try:
        return not document.get("found") or msgspec.convert(document["_source"]["hot_until"], UtcTime) <= now
    except (KeyError, msgspec.ValidationError):  # no list of ours, or an old one: to be written anew
        return True
