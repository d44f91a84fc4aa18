"""What the indices hold: a frozen view of all documents, and single ones as they are now."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Any, TypeVar

from elasticsearch import ApiError, AsyncElasticsearch

from operations import scan
from operations.audit.rows import Document
from shared import search
from shared.documents import ARTICLES_WRITE, DECISIONS_WRITE, RELATED_WRITE
from shared.errors import Retry, WartaError

AT_ONCE = 2000
FIELDS = ("version", "status", "content_hash", "url")
T = TypeVar("T")


async def documents(client: AsyncElasticsearch) -> AsyncIterator[list[Document]]:
    """All articles with the stubs of removed ones, in no order. Raises `WartaError` without an answer."""
    async for hits in _all(client, ARTICLES_WRITE, fields=FIELDS):
        yield [_document(hit["_id"], {k: v[0] for k, v in hit.get("fields", {}).items()}) for hit in hits]


async def lists(client: AsyncElasticsearch) -> AsyncIterator[list[str]]:
    """The ids of all articles with a stored list. Raises `WartaError` without an answer."""
    async for hits in _all(client, RELATED_WRITE, fields=()):
        yield [hit["_id"] for hit in hits]


async def decisions(client: AsyncElasticsearch) -> AsyncIterator[list[tuple[str, int]]]:
    """The pairs that editors have decided on, each with its version. Raises `WartaError` without an answer."""
    async for hits in _all(client, DECISIONS_WRITE, fields=(), versions=True):
        yield [(hit["_id"], hit["_version"]) for hit in hits]


async def documents_now(client: AsyncElasticsearch, articles: Sequence[str]) -> list[Document]:
    """Those of `articles` that exist, also when no search finds them yet. Raises `WartaError` without an answer."""
    found = await _get(client, ARTICLES_WRITE, articles, fields=FIELDS)
    return [_document(doc["_id"], doc["_source"]) for doc in found]


async def listed_now(client: AsyncElasticsearch, articles: Sequence[str]) -> list[str]:
    """Those of `articles` that have a list. Raises `WartaError` without an answer."""
    return [doc["_id"] for doc in await _get(client, RELATED_WRITE, articles, fields=("article_id",))]


async def _all(
    client: AsyncElasticsearch, index: str, *, fields: tuple[str, ...], versions: bool = False
) -> AsyncIterator[list[Any]]:
    wanted = [{"field": name} for name in fields]
    try:
        async for hits in scan.pages(
            client, index, size=AT_ONCE, source=False, docvalue_fields=wanted, version=versions
        ):
            yield list(hits)
    except search.CLIENT_ERRORS as error:
        raise _told(error) from None


async def _get(client: AsyncElasticsearch, index: str, ids: Sequence[str], *, fields: tuple[str, ...]) -> list[Any]:
    if not ids:
        return []
    answer = await _answered(client.mget(index=index, ids=ids, source_includes=list(fields)))
    docs: list[Any] = answer["docs"]
    if refused := next((doc["error"]["type"] for doc in docs if "error" in doc), None):
        raise WartaError(f"Elasticsearch doesn't say what {index} holds: {refused}")
    return [doc for doc in docs if doc["found"]]


async def _answered(request: Awaitable[T]) -> T:
    try:
        return await request
    except search.CLIENT_ERRORS as error:
        raise _told(error) from None


def _told(error: Exception) -> Exception:
    """What an operator is told of a client's error."""
    why = search.instruction(error)
    if isinstance(error, ApiError) and error.error == search.NO_INDEX:
        return WartaError("there is no index yet: run `./warta bootstrap`")
    if isinstance(why, Retry):
        return WartaError("Elasticsearch doesn't answer: is it running, and is WARTA_ELASTICSEARCH_URL right?")
    if why is error and isinstance(error, ApiError):  # a node that went takes the frozen view with it
        return WartaError(f"Elasticsearch answered {error.status_code} ({error.error}): run it again")
    return why


def _document(article: str, fields: dict[str, Any]) -> Document:
    return Document(
        article=article, version=int(fields.get("version", 0)), removed=fields.get("status") == "removed",
        content_hash=fields.get("content_hash"), url=str(fields.get("url", "")),
    )  # fmt: skip
