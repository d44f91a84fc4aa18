"""Who may read: anybody while there are no keys, else who sends one."""

import hmac
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from services.recommender.api.problems import ProblemError

Endpoint = Callable[[Request], Awaitable[Response]]
WANTED = "send one of the API's keys as `Authorization: Bearer KEY` or `X-API-Key: KEY`"


def keyed(endpoint: Endpoint, accepted: Sequence[str]) -> Endpoint:
    """`endpoint` for those alone who send one of the accepted keys; compared in constant time."""
    if not accepted:
        return endpoint
    raw = [key.encode() for key in accepted]

    async def guarded(request: Request) -> Response:
        sent = _sent(request).encode()
        if not any([hmac.compare_digest(sent, key) for key in raw]):  # noqa: C419 - all of them, in equal time
            raise ProblemError(401, WANTED, {"WWW-Authenticate": 'Bearer realm="warta"'})
        return await endpoint(request)

    return guarded


def _sent(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
