"""The Elasticsearch client with our security settings, and what can be retried."""

import dataclasses
import io
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import msgspec
from elastic_transport import AiohttpHttpNode, ConnectionTimeout, TlsError, TransportError
from elastic_transport import ConnectionError as EsConnectionError
from elasticsearch import ApiError, AsyncElasticsearch, AuthenticationException, AuthorizationException
from elasticsearch.exceptions import HTTP_EXCEPTIONS
from elasticsearch.serializer import JsonSerializer

from shared import tls
from shared.errors import ConfigurationError, DeadLetter, Retry
from shared.settings import ElasticsearchSettings

DEPENDENCY = "elasticsearch"
BAD_REQUEST = 400
REFUSED = (
    "Elasticsearch answered {status}: set WARTA_ELASTICSEARCH_API_KEY, or WARTA_ELASTICSEARCH_USERNAME and "
    "WARTA_ELASTICSEARCH_PASSWORD, to credentials that may use the articles and related indices"
)
HTTPS_EXPECTED = "it speaks TLS: set WARTA_ELASTICSEARCH_URL to https://, and WARTA_ELASTICSEARCH_CA_FILE"
PARTIAL = "allow_partial_search_results"
_HEADER = frozenset({"index", PARTIAL, "ignore_unavailable"})
NO_INDEX = "index_not_found_exception"
NO_INDEX_DEPENDENCY = "elasticsearch's indices: run `warta bootstrap`"
IN_ONE_PIECE = 1 << 20  # bytes of a body, above which it is sent in parts, so that the others get their turn
RETRIABLE_STATUS = frozenset({408, 429, 500, 502, 503, 504})


def client(settings: ElasticsearchSettings) -> AsyncElasticsearch:
    """A client over aiohttp, several times as fast as over httpx. It doesn't retry: the delivery loop does, visibly."""
    options: dict[str, Any] = {}
    if settings.api_key:
        options["api_key"] = settings.api_key.get_secret_value()
    elif settings.username and settings.password:
        options["basic_auth"] = (settings.username, settings.password.get_secret_value())
    hosts = [url.strip() for url in settings.url.split(",")]
    if settings.ca_file:
        if not all(host.startswith("https://") for host in hosts):
            raise ConfigurationError("WARTA_ELASTICSEARCH_CA_FILE is set, but WARTA_ELASTICSEARCH_URL isn't https")
        try:
            options["ssl_context"] = ssl.create_default_context(cafile=str(settings.ca_file))
        except (ssl.SSLError, OSError) as error:
            raise ConfigurationError(f"WARTA_ELASTICSEARCH_CA_FILE doesn't load as PEM: {error}") from None
    try:
        return AsyncElasticsearch(
            hosts, node_class=_Node, request_timeout=settings.timeout_seconds, max_retries=0,
            retry_on_timeout=False, serializers={"application/json": _Json()}, **options,
        )  # fmt: skip
    except ValueError as error:
        raise ConfigurationError(f"WARTA_ELASTICSEARCH_URL {settings.url!r}: {error}") from None


async def several(
    client: AsyncElasticsearch, index: str, searches: Sequence[Mapping[str, Any]]
) -> list[list[dict[str, Any]]]:
    """The hits of each search, all asked in one request. Raises the client's errors, and that of the first that failed.

    A search is what `search` takes, with its own `index` where it has one; one that a part of the index doesn't answer
    has failed.
    """
    asked: list[Any] = []
    for search in searches:
        body = {name: told for name, told in search.items() if name not in _HEADER}
        header = {"index": index, PARTIAL: False} | {name: search[name] for name in _HEADER & search.keys()}
        asked += map(msgspec.json.encode, (header, body))  # in a tenth of the client's time
    answer = await client.msearch(searches=asked)
    for one in answer["responses"]:
        if "error" in one:
            meta = dataclasses.replace(answer.meta, status=one["status"])
            error = HTTP_EXCEPTIONS.get(one["status"], ApiError)
            raise error(message=one["error"]["type"], meta=meta, body=one)
    return [one["hits"]["hits"] for one in answer["responses"]]


async def ping(client: AsyncElasticsearch) -> None:
    """Raise the client's error unless the cluster answers. One that refuses to say more is up."""
    try:
        await client.info()
    except AuthorizationException:
        return


def instruction(error: Exception) -> Exception:
    """What to do about an error of the client.

    `Retry` for an outage, `DeadLetter` for a message whose query is refused, `ConfigurationError` for bad credentials.
    """
    if isinstance(error, AuthenticationException | AuthorizationException):
        return ConfigurationError(REFUSED.format(status=error.status_code))
    if isinstance(error, TlsError) and (why := _tls_refusal(error)):
        return ConfigurationError(f"Elasticsearch is not to be reached: {why}")
    if isinstance(error, EsConnectionError | ConnectionTimeout):
        return Retry(DEPENDENCY, after=1.0)
    if isinstance(error, ApiError) and error.status_code in RETRIABLE_STATUS:
        return Retry(DEPENDENCY, after=2.0)
    if isinstance(error, ApiError) and error.error == NO_INDEX:
        return Retry(NO_INDEX_DEPENDENCY, after=2.0)
    if isinstance(error, ApiError) and error.status_code == BAD_REQUEST:
        return DeadLetter("processing_failed", f"Elasticsearch refused its query: {error.error}")
    return error


class _Json(JsonSerializer):
    def json_loads(self, data: bytes) -> Any:
        """As the original, in half the time; what only it accepts (half a surrogate pair) is left to it."""
        try:
            return msgspec.json.decode(data)
        except msgspec.DecodeError:
            return super().json_loads(data)


class _Node(AiohttpHttpNode):
    async def perform_request(  # type: ignore[override]
        self, method: str, target: str, body: bytes | None = None, **options: Any
    ) -> Any:
        """As the original; and a server that wants TLS is told apart from one that is away."""
        sent: Any = io.BytesIO(body) if body and len(body) > IN_ONE_PIECE else body
        try:
            return await super().perform_request(method, target, sent, **options)
        except EsConnectionError as error:
            answered = not any(isinstance(one, aiohttp.ClientConnectorError) for one in error.errors)
            if self.config.scheme == "http" and answered and await tls.spoken(self.config.host, self.config.port):
                raise TlsError(HTTPS_EXPECTED) from None
            raise

    def _log_request(self, *args: Any, **options: Any) -> None:
        """Nothing, and no time spent on it: bodies are page text."""


def _tls_refusal(error: TlsError) -> str | None:
    if error.message == HTTPS_EXPECTED:
        return HTTPS_EXPECTED
    return tls.refusal(
        error, authority="WARTA_ELASTICSEARCH_CA_FILE", address="WARTA_ELASTICSEARCH_URL",
        plain="set WARTA_ELASTICSEARCH_URL to http://, or to the port with TLS",
        ours="it may want a client's certificate, which Warta can't show: use an API key",
    )  # fmt: skip


CLIENT_ERRORS = (ApiError, TransportError)
