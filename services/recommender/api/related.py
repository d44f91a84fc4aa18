"""`GET /articles/{id}/related`: the stored list while it is good, else one computed now, or as of a past time."""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from services.recommender.api.articles import identified, missing
from services.recommender.api.caching import Answers
from services.recommender.api.flights import Flights
from services.recommender.api.parameters import MODE, NOW, SITE, Query, size_parameter
from services.recommender.api.store import Store
from services.recommender.lists import REMOVED
from services.recommender.stored import StoredList
from shared.events import RelatedComputed, RelatedMode

PAST_SECONDS = 60  # a past list changes only with its articles' texts
Asked = tuple[str, RelatedMode, int, frozenset[str], datetime | None]


class RelatedLists:
    """Serves the lists. `ask` is told an article whose list isn't kept ready, or not for long enough any more."""

    def __init__(
        self, store: Store, *, reads: Flights, flights: Flights, size: int, clock: Callable[[], datetime],
        ask: Callable[[str], None], answers: Answers,
    ) -> None:  # fmt: skip
        self.parameters = (MODE, NOW, size_parameter(size), SITE)
        self._store = store
        self._reads = reads
        self._flights = flights
        self._size = size
        self._clock = clock
        self._ask = ask
        self._answers = answers

    async def get(self, request: Request) -> Response:
        """The list as JSON, in score order, equal to the topic's and the index's of the same `computed_at`.

        A list of another size isn't cut from the stored one: what is chosen last depends on how many are.
        """
        article_id = identified(request)
        query = Query(request.query_params, *self.parameters)
        _, _, size_of, _ = self.parameters
        mode, size, sites, past = (
            query.choice(MODE), query.number(size_of), query.sites(), query.now(self._clock()),
        )  # fmt: skip
        if past is not None:
            computed = await self._computed((article_id, mode, size, sites, past))
            return self._answers.of(request, computed, max_age=PAST_SECONDS)
        kept = mode == "fresh" and size == self._size and not sites
        stored = await self._stored(article_id) if kept else None
        listed = stored.computed if stored else None
        if listed is None or listed.size != size or listed.mode != mode or self._clock() >= listed.valid_until:
            listed, stored = await self._computed((article_id, mode, size, sites, None)), None
        elif listed.shortfall == REMOVED:
            raise missing(removed=True)
        if kept and (stored is None or stored.heat.cools(self._clock())):
            self._ask(article_id)
        left = int((listed.valid_until - self._clock()).total_seconds())
        return self._answers.of(request, listed, max_age=left)

    async def _stored(self, article_id: str) -> StoredList | None:
        return await self._reads.join(("stored", article_id), lambda: self._store.stored(article_id))

    async def _computed(self, asked: Asked) -> RelatedComputed:
        article_id, mode, size, sites, past = asked

        async def compute() -> RelatedComputed | None:
            return await self._store.compute(article_id, now=past or self._clock(), mode=mode, size=size, sites=sites)

        computed = await self._flights.join(("related", *asked), compute)
        if computed is None:
            document = await self._store.article(article_id)
            raise missing(removed=document is not None and document.status == "removed")
        return computed
