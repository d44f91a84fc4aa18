"""What is compared of a document, read from an index in the order of its ids or by id."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from operations.multiset import Multiset
from operations.scan import pages

PAGE = 2000
_FIELDS = ["version", "content_hash", "status"]
_DOC_VALUES = [{"field": field} for field in _FIELDS]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A document's identity: two indices hold the same when these are equal."""

    version: int
    content_hash: str | None
    status: str


class Sum(Multiset):
    """The hash of rows that `warta checksum` prints too."""

    def count_in(self, article_id: str, row: Row) -> None:
        """Add one document's row."""
        self.add([article_id, row.version, row.content_hash, row.status])


async def scan(client: AsyncElasticsearch, index: str) -> AsyncIterator[tuple[str, Row]]:
    """Every document of `index` at one moment, by id in ascending order, a page of them in memory."""
    await client.indices.refresh(index=index)
    async for hits in pages(
        client, index, size=PAGE, sort=({"article_id": "asc"},), source=False, docvalue_fields=_DOC_VALUES
    ):
        for hit in hits:
            yield hit["_id"], _row({name: values[0] for name, values in hit["fields"].items()})


async def rows_of(client: AsyncElasticsearch, index: str, ids: Sequence[str]) -> dict[str, Row]:
    """The documents of `index` among `ids`, as last written."""
    if not ids:
        return {}
    answer = await client.mget(index=index, ids=list(ids), source_includes=_FIELDS)
    return {found["_id"]: _row(found["_source"]) for found in answer["docs"] if found.get("found")}


def _row(fields: dict[str, Any]) -> Row:
    return Row(version=fields["version"], content_hash=fields.get("content_hash"), status=fields["status"])
