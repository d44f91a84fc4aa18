"""The Elasticsearch client with our security settings, and what can be retried."""

import ssl
from typing import Any

from elastic_transport import ConnectionError as EsConnectionError
from elastic_transport import ConnectionTimeout, HttpxAsyncHttpNode, TransportError
from elasticsearch import ApiError, AsyncElasticsearch, AuthenticationException, AuthorizationException

from shared.errors import ConfigurationError, DeadLetter, Retry
from shared.settings import ElasticsearchSettings

DEPENDENCY = "elasticsearch"
BAD_REQUEST = 400
REFUSED = (
    "Elasticsearch answered {status}: set WARTA_ELASTICSEARCH_API_KEY, or _USERNAME and _PASSWORD, "
    "to credentials that may use the articles and related indices"
)
NO_INDEX = "index_not_found_exception"
NO_INDEX_DEPENDENCY = "elasticsearch's indices: run `warta bootstrap`"
RETRIABLE_STATUS = frozenset({408, 429, 500, 502, 503, 504})


def client(settings: ElasticsearchSettings) -> AsyncElasticsearch:
    """A client over httpx. It doesn't retry by itself: the delivery loop does, visibly."""
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
            hosts, node_class=HttpxAsyncHttpNode, request_timeout=settings.timeout_seconds, max_retries=0,
            retry_on_timeout=False, **options,
        )  # fmt: skip
    except ValueError as error:
        raise ConfigurationError(f"WARTA_ELASTICSEARCH_URL {settings.url!r}: {error}") from None


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
    if isinstance(error, EsConnectionError | ConnectionTimeout):
        return Retry(DEPENDENCY, after=1.0)
    if isinstance(error, ApiError) and error.status_code in RETRIABLE_STATUS:
        return Retry(DEPENDENCY, after=2.0)
    if isinstance(error, ApiError) and error.error == NO_INDEX:
        return Retry(NO_INDEX_DEPENDENCY, after=2.0)
    if isinstance(error, ApiError) and error.status_code == BAD_REQUEST:
        return DeadLetter("processing_failed", f"Elasticsearch refused its query: {error.error}")
    return error


CLIENT_ERRORS = (ApiError, TransportError)
