"""Labels that the index holds itself: what the publishers' editors put on their own related lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from operations.evaluate.labels import Question
from shared.articles import RelatedLink, UtcTime, article_id
from shared.documents import ARTICLES_READ
from shared.urls import BadUrlError, canonical_url

PAGE = 1000


class Widgets(msgspec.Struct, frozen=True, kw_only=True):
    """The questions that the publishers' lists make; `links` are all editorial ones, `known` those that are indexed."""

    questions: list[Question]
    articles: int
    links: int
    known: int


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    article_id: str
    published_at: UtcTime | None = None
    fetched_at: UtcTime | None = None
    publisher_related: tuple[RelatedLink, ...] = ()

    @property
    def known_since(self) -> datetime | None:
        return self.published_at or self.fetched_at


async def widgets(client: AsyncElasticsearch, *, index: str = ARTICLES_READ) -> Widgets:
    """A question for each article whose publisher's list names an indexed one, asked when the page was fetched.

    Raises the client's errors.
    """
    rows = await _rows(client, index)
    since = {row.article_id: row.known_since for row in rows}
    told = {row.article_id: ids for row in rows if (ids := editorial(row.publisher_related, row.article_id))}
    dated = {row.article_id: row.published_at for row in rows}
    fetched = {row.article_id: row.fetched_at for row in rows}
    asked = []
    for query, ids in told.items():
        now = fetched[query]
        relevant = {id_: 1.0 for id_ in ids if now and (at := since.get(id_)) and at <= now}
        if now and relevant:
            asked.append(Question(query=query, now=now, mode="fresh", relevant=relevant, published_at=dated[query]))
    links = [id_ for ids in told.values() for id_ in ids]
    return Widgets(
        questions=asked, articles=len(rows), links=len(links), known=sum(id_ in since for id_ in links)
    )  # fmt: skip


def editorial(links: Sequence[RelatedLink], of: str) -> list[str]:
    """The ids of the articles that a list names; not the sponsored ones, nor the page itself."""
    found: dict[str, None] = {}
    for link in links:
        if link.sponsored or not link.url:
            continue
        try:
            id_ = article_id(canonical_url(link.url))
        except BadUrlError:
            continue
        if id_ != of:
            found[id_] = None
    return list(found)


async def _rows(client: AsyncElasticsearch, index: str) -> list[_Row]:
    rows: list[_Row] = []
    after: list[Any] | None = None
    while True:
        answer = await client.search(
            index=index, query={"term": {"status": "published"}}, size=PAGE, sort=[{"article_id": "asc"}],
            search_after=after, source_includes=list(_Row.__struct_fields__), track_total_hits=False,
            allow_partial_search_results=False,
        )  # fmt: skip
        hits = answer["hits"]["hits"]
        rows += [msgspec.convert(hit["_source"], _Row) for hit in hits]
        if len(hits) < PAGE:
            return rows
        after = hits[-1]["sort"]
