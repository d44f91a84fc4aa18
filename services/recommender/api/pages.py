"""The demo page: files that are read once, under a policy that lets nothing run but themselves."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.recommender.api.caching import etag_of, has
from services.recommender.api.parameters import ID
from services.recommender.api.problems import ProblemError

WEB = Path(__file__).resolve().parent.parent / "web"
PAGE = "index.html"
KINDS = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Cache-Control": "no-cache",  # it asks each time, and mostly hears 304: never an old script on a new page
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Endpoint = Callable[[Request], Awaitable[Response]]


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is sent."""

    body: bytes
    kind: str
    etag: str


def routes() -> list[BaseRoute]:
    """`/` and `/a/ID`, which are one page, and `/web/NAME`, what it is made of. They hold no data and need no key."""
    assets = {path.name: _asset(path) for path in sorted(WEB.iterdir()) if path.suffix in KINDS}
    return [
        Route("/", _page(assets[PAGE], exists=lambda _request: True)),
        Route("/a/{article_id}", _page(assets[PAGE], exists=_may_exist)),
        Route("/web/{name}", _files(assets)),
    ]


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body=body, kind=KINDS[path.suffix], etag=etag_of(body))


def _page(asset: Asset, *, exists: Callable[[Request], bool]) -> Endpoint:
    async def page(request: Request) -> Response:
        return _sent(request, asset, status=200 if exists(request) else 404)

    return page


def _may_exist(request: Request) -> bool:
    """Whether it can be an article's id: the page asks the API, and says what it hears."""
    return ID.fullmatch(request.path_params["article_id"]) is not None


def _files(assets: dict[str, Asset]) -> Endpoint:
    async def file(request: Request) -> Response:
        asset = assets.get(request.path_params["name"])
        if asset is None:
            raise ProblemError(404, "there is no such file: / is the demo page")
        return _sent(request, asset, status=200)

    return file


def _sent(request: Request, asset: Asset, *, status: int) -> Response:
    headers = {**HEADERS, "ETag": asset.etag}
    if status == 200 and has(request.headers.get("if-none-match", ""), asset.etag):
        return Response(status_code=304, headers=headers)
    return Response(asset.body, status, headers, media_type=asset.kind)
