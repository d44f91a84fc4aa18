"""Bodies with a strong ETag of their own bytes, so that what is equal is never sent twice."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response


class Answers:
    """Makes answers; `private` ones no shared cache may keep, and `vary` names the headers that they depend on."""

    def __init__(self, *, private: bool = False, vary: Sequence[str] = ()) -> None:
        self._scope = "private, " if private else ""
        self._vary = {"Vary": ", ".join(vary)} if vary else {}

    def of(
        self, request: Request, body: msgspec.Struct, *, max_age: int, headers: Mapping[str, str] | None = None
    ) -> Response:
        """200 with `body` as JSON, or 304 when the client has it; good for `max_age` seconds."""
        raw = msgspec.json.encode(body)
        etag = etag_of(raw)
        control = f"{self._scope}max-age={max(0, max_age)}"
        kept = {"ETag": etag, "Cache-Control": control, **self._vary, **(headers or {})}
        if has(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=kept)
        return Response(raw, headers=kept, media_type="application/json")


def etag_of(raw: bytes) -> str:
    """A strong ETag: equal bytes, equal tag."""
    return f'"{hashlib.sha256(raw).hexdigest()[:32]}"'


def has(said: str, etag: str) -> bool:
    """Whether an `If-None-Match` header names it."""
    return said.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in said.split(",")]
