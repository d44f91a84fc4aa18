"""What the embedded Elasticsearch lacks, before it: TLS and a check of the Authorization header, as the official one's.

It answers 401 to whom it doesn't know and 403 to who may not do that, in Elasticsearch's form.
"""

import json
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiohttp import ClientSession, web

from tests.support.certificates import Signed

Rights = Literal["all", "none", "no bulk"]
PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
MIB = 1 << 20


def api_key(secret: str) -> str:
    """The header of an API key."""
    return f"ApiKey {secret}"


def basic(username: str, password: str) -> str:
    """The header of a user name and a password."""
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


class TlsProxy:
    """`rights` by Authorization header; a test may change them at any time."""

    def __init__(self, behind: str) -> None:
        self._behind = behind
        self.rights: dict[str, Rights] = {}
        self.url = ""

    @asynccontextmanager
    async def running(self, certificate: Signed) -> AsyncIterator["TlsProxy"]:
        """Answer on a free port of 127.0.0.1 until the end of the block."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.cert_file, certificate.key_file)
        app = web.Application(client_max_size=64 * MIB)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        async with ClientSession(self._behind, auto_decompress=False) as self._session:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
            self.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        shown = request.headers.get("Authorization")
        if shown is None:
            return _refused(401, "missing authentication credentials for REST request", challenge=True)
        rights = self.rights.get(shown)
        if rights is None:
            return _refused(401, "unable to authenticate with provided credentials", challenge=True)
        if rights == "none":
            return _refused(403, "action is unauthorized for this user")
        body = await request.read()
        if rights == "no bulk" and request.path.endswith("/_bulk"):
            return _bulk_refused(body)
        kept = {name: value for name, value in request.headers.items() if name not in {"Authorization", "Host"}}
        async with self._session.request(request.method, request.path_qs, data=body or None, headers=kept) as answer:
            passed = {
                name: value for name, value in answer.headers.items()
                if name.lower() not in {"content-length", "transfer-encoding"}
            }  # fmt: skip
            return web.Response(status=answer.status, body=await answer.read(), headers=passed)


def _security_exception(reason: str) -> dict[str, Any]:
    return {"type": "security_exception", "reason": reason}


def _refused(status: int, reason: str, *, challenge: bool = False) -> web.Response:
    why = _security_exception(reason)
    wanted = {"WWW-Authenticate": 'Basic realm="security" charset="UTF-8"'} if challenge else {}
    body = {"error": {"root_cause": [why], **why}, "status": status}
    return web.json_response(body, status=status, headers={**PRODUCT, **wanted})


def _bulk_refused(body: bytes) -> web.Response:
    refused = {"status": 403, "error": _security_exception("action is unauthorized for this user")}
    items = [{"index": {**json.loads(line)["index"], **refused}} for line in body.splitlines()[::2]]
    return web.json_response({"took": 1, "errors": True, "items": items}, headers=PRODUCT)
