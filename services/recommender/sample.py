"""The statistics of a random sample of the index, read again and again while the stream flows."""

import asyncio
import time
from collections.abc import Callable

from elasticsearch import AsyncElasticsearch

from services.recommender.documents import CARD, PROFILE, UNSTORED, names_of, profile_of
from services.recommender.statistics import CorpusStatistics, counted, words_of_names
from shared.documents import ARTICLES_READ
from shared.logs import get_logger

SIZE = 2048  # articles: enough to tell how common a term is, save those that single an article out anyway
TIMES = 100.0  # the pause between two readings, in times of what one takes: so 1 % of the time at most goes into them
SOONEST, LATEST = 1.0, 150.0  # seconds of that pause
LONGEST = 2.0  # pauses: who asks after more than one of them needn't wait for the reading that is due

log = get_logger()


class Sample:
    """Tells how common terms are, by the articles with the lowest lots: equal articles give equal statistics.

    They are at most 5 minutes old, in a small index two seconds.
    """

    def __init__(
        self, es: AsyncElasticsearch, *, index: str = ARTICLES_READ, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._es = es
        self._index = index
        self._steady = steady
        self._reading: asyncio.Task[None] | None = None
        self._known: CorpusStatistics | None = None
        self._due, self._too_old = 0.0, 0.0

    async def statistics(self) -> CorpusStatistics:
        """The statistics, read anew where they are too old, once for all who ask. Raises the client's errors."""
        now = self._steady()
        too_old = self._known is None or now >= self._too_old
        if self._reading is None and (too_old or now >= self._due):
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._ended)
        if too_old and self._reading is not None:
            await asyncio.shield(self._reading)  # others may wait for it too
        assert self._known is not None
        return self._known

    async def _read(self) -> None:
        begin = self._steady()
        self._known = await read(self._es, self._index)
        end = self._steady()
        pause = min(max(TIMES * (end - begin), SOONEST), LATEST)
        self._due, self._too_old = end + pause, end + LONGEST * pause

    def _ended(self, reading: asyncio.Task[None]) -> None:
        self._reading = None
        if not reading.cancelled() and (error := reading.exception()):
            self._due = self._steady() + SOONEST
            log.warning("related.sample.failed", **{"error.type": type(error).__name__})


async def read(es: AsyncElasticsearch, index: str = ARTICLES_READ) -> CorpusStatistics:
    """The statistics of the index as it is. Raises the client's errors."""
    answer = await es.search(
        index=index, query={"exists": {"field": "profile"}}, size=SIZE, sort=[{"lot": "asc"}, {"article_id": "asc"}],
        docvalue_fields=[PROFILE, CARD], **UNSTORED | {"track_total_hits": True},
    )  # fmt: skip
    hits, articles = answer["hits"]["hits"], answer["hits"]["total"]["value"]
    return counted(map(profile_of, hits), (words_of_names(*names_of(hit)) for hit in hits), articles=articles)
