"""Errors as problem+json (RFC 9457): `detail` says what to do, and nothing of our insides."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared import search
from shared.errors import ConfigurationError, Retry
from shared.search import NO_INDEX_DEPENDENCY

PROBLEM = "application/problem+json"
SOON = 2
UNKNOWN_ERROR = "it failed here, not at your side; the API's log says why"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong, and in `detail` what to do about it."""

    status: int
    title: str
    detail: str
    type: str = "about:blank"


class ProblemError(Exception):
    """An answer that is an error: its status, what to do, and headers."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def busy(detail: str, *, after: int = SOON) -> ProblemError:
    """503, to be tried again after so many seconds."""
    return ProblemError(503, detail, {"Retry-After": str(after)})


def response(problem: ProblemError) -> Response:
    """The response of an error; no cache keeps it."""
    body = Problem(status=problem.status, title=HTTPStatus(problem.status).phrase, detail=problem.detail)
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(msgspec.json.encode(body), problem.status, headers, media_type=PROBLEM)


def of(error: Exception) -> ProblemError:
    """Any error as a problem: 503 for an outage of Elasticsearch, 500 for what is unknown."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HTTPException):
        return ProblemError(error.status_code, _said(error), error.headers)
    if isinstance(error, TimeoutError):
        return busy("no answer in time: try again")
    if isinstance(error, search.CLIENT_ERRORS):
        why = search.instruction(error)
        if isinstance(why, Retry) and why.dependency == NO_INDEX_DEPENDENCY:
            return busy("there is no index yet: run `warta bootstrap`", after=10)
        if isinstance(why, Retry):
            return busy("Elasticsearch doesn't answer: try again")
        if isinstance(why, ConfigurationError):
            return busy("Elasticsearch refuses the API's credentials; its log says more", after=60)
    return ProblemError(500, UNKNOWN_ERROR)


def _said(error: HTTPException) -> str:
    if error.status_code == 404:
        return "there is nothing here: /openapi.json lists what there is"
    if error.status_code == 405:
        return f"use {(error.headers or {}).get('Allow', 'GET')}"
    return error.detail
