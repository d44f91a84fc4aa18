"""The application: routes on a store, testable without a server."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.recommender.api import openapi, pages, problems
from services.recommender.api.articles import Articles
from services.recommender.api.caching import Answers
from services.recommender.api.flights import Flights
from services.recommender.api.gate import Gate
from services.recommender.api.keys import keyed
from services.recommender.api.rate import Buckets
from services.recommender.api.related import RelatedLists
from services.recommender.api.searching import Searching
from services.recommender.api.settings import ApiSettings
from services.recommender.api.store import Store
from shared.clock import utcnow

READS_AT_ONCE = 10  # as many as the client has connections
READS_WAITING = 1000


def application(
    store: Store,
    settings: ApiSettings,
    *,
    size: int = 10,
    clock: Callable[[], datetime] = utcnow,
    ask: Callable[[str], None] = lambda _article_id: None,
    answered: Callable[[int], None] = lambda _status: None,
) -> Starlette:
    """The API on `store`, whose lists are of `size`.

    `ask` is told an article whose list has to be stored anew, `answered` each answer's status.
    """
    reads = Flights(at_once=READS_AT_ONCE, waiting=READS_WAITING)
    flights = Flights(at_once=settings.computing, waiting=settings.waiting)
    sent = ["Authorization", "X-API-Key"] if settings.accepted else []
    answers = Answers(private=bool(settings.accepted), vary=[*sent, *(["Origin"] if settings.cors_origins else [])])
    lists = RelatedLists(store, reads=reads, flights=flights, size=size, clock=clock, ask=ask, answers=answers)
    articles = Articles(store, reads, answers=answers)
    searching = Searching(store, flights, answers=answers)
    described = msgspec.json.encode(
        openapi.document(
            related=lists.parameters, search=searching.parameters, newest=searching.newest_parameters,
            keyed=bool(settings.accepted),
        )
    )  # fmt: skip

    async def describe(_request: Request) -> Response:
        return Response(described, media_type="application/json", headers={"Cache-Control": "max-age=300"})

    async def tell(_request: Request, error: Exception) -> Response:
        return problems.response(problems.of(error))

    guarded = {
        "/articles": articles.find,
        "/articles/{article_id}": articles.get,
        "/articles/{article_id}/related": lists.get,
        "/search": searching.get,
        "/newest": searching.newest,
    }
    routes = [Route(path, keyed(endpoint, settings.accepted)) for path, endpoint in guarded.items()]
    buckets = Buckets(rate=settings.rate_per_second, burst=settings.burst) if settings.rate_per_second else None
    gate = Middleware(
        Gate, buckets=buckets, proxies=settings.proxies, seconds=settings.timeout_seconds, answered=answered
    )
    cors = Middleware(
        CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["GET"],
        allow_headers=["Authorization", "X-API-Key"], expose_headers=["ETag", "Retry-After", "RateLimit"],
    )  # fmt: skip
    return Starlette(
        routes=[*routes, Route("/openapi.json", describe), *pages.routes()],
        middleware=[*([cors] if settings.cors_origins else []), gate],
        exception_handlers={HTTPException: tell},
    )
