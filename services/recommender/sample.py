"""The statistics of a random sample of the index, read again and again while the stream flows."""

import asyncio
import time
from collections.abc import Callable

from elasticsearch import AsyncElasticsearch

from services.recommender.documents import CARD, PROFILE, UNSTORED, names_of, profile_of
from services.recommender.statistics import CorpusStatistics, counted, words_of_names
from shared.documents import ARTICLES_READ

SIZE = 2048  # articles: enough to tell how common a term is, save those that single an article out anyway
TIMES = 100.0  # the pause between two readings, in times of what one takes: so 1 % of the time at most goes into them
SOONEST, LATEST = 1.0, 300.0  # seconds of that pause


class Sample:
    """Tells how common terms are, by the articles with the lowest lots: equal articles give equal statistics.

    They are at most 5 minutes old, in a small index a second.
    """

    def __init__(
        self, es: AsyncElasticsearch, *, index: str = ARTICLES_READ, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._es = es
        self._index = index
        self._steady = steady
        self._reading = asyncio.Lock()
        self._known: CorpusStatistics | None = None
        self._good_until = 0.0

    async def statistics(self) -> CorpusStatistics:
        """The statistics, read anew where they are too old. Raises the client's errors."""
        async with self._reading:
            begin = self._steady()
            if self._known is None or begin >= self._good_until:
                self._known = await read(self._es, self._index)
                end = self._steady()
                self._good_until = end + min(max(TIMES * (end - begin), SOONEST), LATEST)
            return self._known


async def read(es: AsyncElasticsearch, index: str = ARTICLES_READ) -> CorpusStatistics:
    """The statistics of the index as it is. Raises the client's errors."""
    answer = await es.search(
        index=index, query={"exists": {"field": "profile"}}, size=SIZE, sort=[{"lot": "asc"}, {"article_id": "asc"}],
        docvalue_fields=[PROFILE, CARD], **UNSTORED | {"track_total_hits": True},
    )  # fmt: skip
    hits, articles = answer["hits"]["hits"], answer["hits"]["total"]["value"]
    return counted(map(profile_of, hits), (words_of_names(*names_of(hit)) for hit in hits), articles=articles)
