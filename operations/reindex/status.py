"""Which index is behind what, and what each holds."""

from typing import Literal

import msgspec
from elasticsearch import AsyncElasticsearch

from operations.reindex.indices import look
from operations.reindex.pace import Pace, Report
from operations.reindex.rows import Sum, scan

Role = Literal["live", "next", "previous", "unused"]


class IndexStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One index: its role, its documents, how many of them are stubs of removed articles, and its checksum."""

    index: str
    role: Role
    documents: int
    removed: int
    checksum: str


async def status(client: AsyncElasticsearch, report: Report) -> list[IndexStatus]:
    """Every index, the live one first. Reads them through: some seconds for a million documents."""
    indices = await look(client)
    roles: dict[str, Role] = {indices.live: "live"}
    if indices.standby:
        roles[indices.standby] = "next" if indices.next else "previous"
    roles |= dict.fromkeys(indices.unused, "unused")
    return [await _read(client, index, role, report) for index, role in roles.items()]


async def _read(client: AsyncElasticsearch, index: str, role: Role, report: Report) -> IndexStatus:
    total, removed, pace = Sum(), 0, Pace(report, f"documents of {index}")
    async for article_id, row in scan(client, index):
        total.count_in(article_id, row)
        removed += row.status == "removed"
        pace.done()
    return IndexStatus(index=index, role=role, documents=total.count, removed=removed, checksum=total.hash)
