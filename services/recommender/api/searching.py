"""`GET /search` and `GET /newest`."""

from starlette.requests import Request
from starlette.responses import Response

from services.recommender.api.answers import Found
from services.recommender.api.caching import Answers
from services.recommender.api.flights import Flights
from services.recommender.api.parameters import DEEPEST, FROM, SITE, SORT, Q, Query, size_parameter
from services.recommender.api.problems import ProblemError
from services.recommender.api.store import Search, Store

SEARCH_SECONDS = 10


class Searching:
    """Serves searches."""

    def __init__(self, store: Store, flights: Flights, *, answers: Answers) -> None:
        self.parameters = (Q, SITE, SORT, FROM, size_parameter(10))
        self.newest_parameters = (SITE, FROM, size_parameter(10))
        self._store = store
        self._flights = flights
        self._answers = answers

    async def get(self, request: Request) -> Response:
        """What is found, best or newest first."""
        query = Query(request.query_params, *self.parameters)
        wanted = Search(
            text=query.text(Q), sites=query.sites(), sort=query.choice(SORT), skip=query.number(FROM),
            size=query.number(self.parameters[-1]),
        )  # fmt: skip
        return await self._answer(request, wanted)

    async def newest(self, request: Request) -> Response:
        """All articles, newest first."""
        query = Query(request.query_params, *self.newest_parameters)
        wanted = Search(
            text=None, sites=query.sites(), sort="newest", skip=query.number(FROM),
            size=query.number(self.newest_parameters[-1]),
        )  # fmt: skip
        return await self._answer(request, wanted)

    async def _answer(self, request: Request, wanted: Search) -> Response:
        if wanted.skip + wanted.size > DEEPEST:
            raise ProblemError(400, f"from + size is at most {DEEPEST}: look for something narrower")

        async def search() -> Found:
            return await self._store.search(wanted)

        found = await self._flights.join(("search", wanted), search)
        return self._answers.of(request, found, max_age=SEARCH_SECONDS)
