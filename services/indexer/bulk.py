"""Bulk writes that converge: external versions, a verdict for each item, and searchable before anybody is told."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from shared import search
from shared.coalesce import Coalescer
from shared.documents import ARTICLES_WRITE, ArticleDocument
from shared.errors import ConfigurationError, DeadLetter, Retry
from shared.events import IndexResult

MOST_ITEMS = 500
MOST_BYTES = 8 * 1024 * 1024
REFUSED_DOCUMENT = frozenset({400, 413})
# Of the reason only the field: the rest quotes the document.
_FIELD = re.compile(r"field \[([\w.]+)\]|field=\"([\w.]+)\"")


class BulkWriter:
    """`await write(document)` returns once the document, or a newer version of it, is searchable.

    Raises `Retry` for what an outage or overload refused and `DeadLetter` for what the mapping refuses.
    """

    def __init__(self, client: AsyncElasticsearch, *, index: str = ARTICLES_WRITE) -> None:
        self._client = client
        self._index = index
        self.write = Coalescer[ArticleDocument, IndexResult](self._write, most=MOST_ITEMS)

    async def _write(self, documents: Sequence[ArticleDocument]) -> list[IndexResult | Exception]:
        results: list[IndexResult | Exception] = []
        for part in _parts(documents):
            results += await self._sent(part)
        if any(not isinstance(result, Exception) for result in results):
            try:
                await self._client.indices.refresh(index=self._index)
            except search.CLIENT_ERRORS as error:
                why = search.instruction(error)
                results = [result if isinstance(result, Exception) else why for result in results]
        return results

    async def _sent(self, part: Sequence[tuple[ArticleDocument, bytes]]) -> list[IndexResult | Exception]:
        try:
            return await self._bulk(part)
        except search.CLIENT_ERRORS as error:
            why = search.instruction(error)
        if isinstance(why, DeadLetter) and len(part) > 1:  # one that Elasticsearch can't even read refuses them all
            return [result for one in part for result in await self._sent([one])]
        return [why] * len(part)

    async def _bulk(self, part: Sequence[tuple[ArticleDocument, bytes]]) -> list[IndexResult | Exception]:
        lines: list[Any] = []
        for doc, source in part:
            action = {"index": {"_id": doc.article_id, "version": doc.version, "version_type": "external_gte"}}
            lines += [msgspec.json.encode(action), source]
        answer = await self._client.bulk(
            index=self._index, operations=lines, require_alias=True,
            filter_path="items.index.status,items.index.error.type,items.index.error.reason,errors",
        )  # fmt: skip
        return [verdict(doc, item["index"]) for (doc, _), item in zip(part, answer["items"], strict=True)]


def verdict(document: ArticleDocument, item: Mapping[str, Any]) -> IndexResult | Exception:
    """What Elasticsearch's answer for one item means. A conflict says that a newer version is there already."""
    status = item["status"]
    if status in {200, 201}:
        return "indexed" if document.status == "published" else "removed"
    if status == 409:
        return "superseded"
    error = item.get("error", {})
    kind = str(error.get("type"))
    if kind == search.NO_INDEX:
        return Retry(search.NO_INDEX_DEPENDENCY, after=2.0)
    if kind == "security_exception":
        return ConfigurationError(search.REFUSED.format(status=status))
    if status in REFUSED_DOCUMENT and kind != "index_closed_exception":
        field = _FIELD.search(str(error.get("reason")))
        return DeadLetter("rejected_by_index", f"{kind} in field {field[1] or field[2]}" if field else kind)
    return Retry(search.DEPENDENCY, after=1.0)  # overload, a block for maintenance, missing shards


def _parts(documents: Sequence[ArticleDocument]) -> list[list[tuple[ArticleDocument, bytes]]]:
    parts: list[list[tuple[ArticleDocument, bytes]]] = [[]]
    size = 0
    for document in documents:
        source = msgspec.json.encode(document)
        if parts[-1] and size + len(source) > MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append((document, source))
        size += len(source)
    return parts
