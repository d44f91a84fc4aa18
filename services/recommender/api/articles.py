"""`GET /articles/{id}` and `GET /articles?url=`."""

from starlette.requests import Request
from starlette.responses import Response

from services.recommender.api.answers import shown
from services.recommender.api.caching import Answers
from services.recommender.api.flights import Flights
from services.recommender.api.parameters import ID, URL, Query
from services.recommender.api.problems import ProblemError
from services.recommender.api.store import Store
from shared.articles import article_id
from shared.urls import BadUrlError, canonical_url

ARTICLE_SECONDS = 60


class Articles:
    """Serves single articles."""

    def __init__(self, store: Store, reads: Flights, *, answers: Answers) -> None:
        self._store = store
        self._reads = reads
        self._answers = answers

    async def get(self, request: Request) -> Response:
        """By id."""
        Query(request.query_params)
        return await self._answer(request, identified(request))

    async def find(self, request: Request) -> Response:
        """By URL, in any form that leads to the same canonical one."""
        said = Query(request.query_params, URL).text(URL)
        try:
            wanted = article_id(canonical_url(said))
        except BadUrlError as error:
            raise ProblemError(400, f"url: {error}") from None
        return await self._answer(request, wanted)

    async def _answer(self, request: Request, wanted: str) -> Response:
        document = await self._reads.join(("article", wanted), lambda: self._store.article(wanted))
        if document is None or document.status == "removed":
            raise missing(removed=document is not None)
        where = {"Content-Location": f"/articles/{wanted}"}
        return self._answers.of(request, shown(document), max_age=ARTICLE_SECONDS, headers=where)


def identified(request: Request) -> str:
    """The id in the path; what can't be one is unknown."""
    said: str = request.path_params["article_id"]
    if not ID.fullmatch(said):
        raise ProblemError(404, "an article's id is 32 hex digits; /articles?url= finds it by its URL")
    return said


def missing(*, removed: bool) -> ProblemError:
    """404, or 410 for what was there."""
    if removed:
        return ProblemError(410, "the article was removed: don't ask for it again")
    return ProblemError(404, "no such article: /search finds what there is, /articles?url= finds one by its URL")
