"""Bulk writes that converge: external versions, a verdict for each item, and searchable before anybody is told."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from services.indexer.fed import Fed
from shared import search
from shared.coalesce import Coalescer
from shared.documents import ARTICLES_STANDBY, ARTICLES_WRITE, ArticleDocument
from shared.errors import ConfigurationError, DeadLetter, Retry
from shared.events import IndexResult
from shared.logs import get_logger

MOST_ITEMS = 500
MOST_BYTES = 8 * 1024 * 1024
REFUSED_DOCUMENT = frozenset({400, 413})
# Of the reason only the field: the rest quotes the document.
_FIELD = re.compile(r"field \[([\w.]+)\]|field=\"([\w.]+)\"")
log = get_logger()

Verdict = IndexResult | Exception


class BulkWriter:
    """`await write(document)` returns once the document, or a newer version of it, is searchable in every fed index.

    Raises `Retry` for what an outage or overload refused, anywhere, and `DeadLetter` for what the live index's mapping
    refuses. What only the standby's refuses is logged: the comparison of `warta reindex` names it.
    """

    def __init__(self, client: AsyncElasticsearch) -> None:
        self._client = client
        self._fed = Fed(client)
        self.write = Coalescer[ArticleDocument, IndexResult](self._write, most=MOST_ITEMS)

    async def _write(self, documents: Sequence[ArticleDocument]) -> list[Verdict]:
        try:
            aliases = await self._fed.aliases()
        except search.CLIENT_ERRORS as error:
            return [search.instruction(error)] * len(documents)
        verdicts = await send(self._client, documents, aliases)
        results = [self._of_all(document, each) for document, each in zip(documents, verdicts, strict=True)]
        if any(not isinstance(result, Exception) for result in results):
            try:
                await self._refresh(aliases)
            except search.CLIENT_ERRORS as error:
                why = search.instruction(error)
                results = [result if isinstance(result, Exception) else why for result in results]
        return results

    def _of_all(self, document: ArticleDocument, verdicts: Sequence[Verdict]) -> Verdict:
        live, *standby = verdicts
        for verdict in standby:
            if isinstance(verdict, Retry) and verdict.dependency == search.NO_INDEX_DEPENDENCY:
                self._fed.forget()  # it was finished or given up
            elif isinstance(verdict, DeadLetter):
                log.warning(
                    "standby.refused",
                    **{"labels.article_id": document.article_id, "error.message": verdict.detail},
                )
            elif isinstance(verdict, Exception) and not isinstance(live, Exception):
                return verdict
        return live

    async def _refresh(self, aliases: Sequence[str]) -> None:
        """The live index last: what it shows is in the standby too, which may be the live one in a moment."""
        if ARTICLES_STANDBY in aliases:
            await self._client.indices.refresh(index=ARTICLES_STANDBY, ignore_unavailable=True)
        await self._client.indices.refresh(index=ARTICLES_WRITE)


async def send(
    client: AsyncElasticsearch, documents: Sequence[ArticleDocument], aliases: Sequence[str]
) -> list[list[Verdict]]:
    """Write `documents` to the index behind each of `aliases`, in order. A verdict for each document and alias."""
    verdicts: list[list[Verdict]] = []
    for part in _parts(documents, MOST_BYTES // len(aliases)):
        verdicts += await _sent(client, part, aliases)
    return verdicts


async def _sent(
    client: AsyncElasticsearch, part: Sequence[tuple[ArticleDocument, bytes]], aliases: Sequence[str]
) -> list[list[Verdict]]:
    try:
        return await _bulk(client, part, aliases)
    except search.CLIENT_ERRORS as error:
        why = search.instruction(error)
    if isinstance(why, DeadLetter) and len(part) > 1:  # one that Elasticsearch can't even read refuses them all
        return [verdicts for one in part for verdicts in await _sent(client, [one], aliases)]
    return [[why] * len(aliases)] * len(part)


async def _bulk(
    client: AsyncElasticsearch, part: Sequence[tuple[ArticleDocument, bytes]], aliases: Sequence[str]
) -> list[list[Verdict]]:
    lines: list[Any] = []
    for doc, source in part:
        for alias in aliases:
            action = {"_index": alias, "_id": doc.article_id, "version": doc.version, "version_type": "external_gte"}
            lines += [msgspec.json.encode({"index": action}), source]
    answer = await client.bulk(
        operations=lines, require_alias=True,
        filter_path="items.index.status,items.index.error.type,items.index.error.reason,errors",
    )  # fmt: skip
    items = iter(answer["items"])
    return [[verdict(doc, next(items)["index"]) for _ in aliases] for doc, _ in part]


def verdict(document: ArticleDocument, item: Mapping[str, Any]) -> Verdict:
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


def _parts(documents: Sequence[ArticleDocument], most_bytes: int) -> list[list[tuple[ArticleDocument, bytes]]]:
    parts: list[list[tuple[ArticleDocument, bytes]]] = [[]]
    size = 0
    for document in documents:
        source = msgspec.json.encode(document)
        if parts[-1] and size + len(source) > most_bytes:
            parts.append([])
            size = 0
        parts[-1].append((document, source))
        size += len(source)
    return parts
