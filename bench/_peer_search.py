"""The peer that a user would pick instead: Elasticsearch's `more_like_this`, over texts in an index of its own."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import product
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch
from elasticsearch.helpers import async_bulk

from operations.evaluate.labels import LabelledArticle, Question

SCALES = (1, 2, 3, 5, 7, 14, 30)  # days
FUNCTIONS = ("exp", "gauss")


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """How `more_like_this` is asked."""

    fields: tuple[str, ...]
    terms: int
    least_frequency: int
    should_match: str
    function: str | None = None
    days: int = 0

    def __str__(self) -> str:
        decay = f", {self.function} {self.days} d" if self.function else ""
        return (
            f"{'+'.join(self.fields)}, {self.terms} terms, min_term_freq {self.least_frequency}, "
            f"{self.should_match} should match{decay}"
        )

    def query(self, index: str, id_: str, *, now: datetime, known: str = "known_at") -> dict[str, Any]:
        """The query for what was known by `now`, nearer to it first where it decays."""
        like = {
            "more_like_this": {
                "fields": list(self.fields), "like": [{"_index": index, "_id": id_}], "min_doc_freq": 2,
                "max_query_terms": self.terms, "min_term_freq": self.least_frequency,
                "minimum_should_match": self.should_match,
            }
        }  # fmt: skip
        query = {"bool": {"must": [like], "filter": [{"range": {known: {"lte": now.isoformat()}}}]}}
        if self.function is None:
            return query
        decay = {self.function: {known: {"origin": now.isoformat(), "scale": f"{self.days}d", "decay": 0.5}}}
        return {"function_score": {"query": query, "functions": [decay], "boost_mode": "multiply"}}


def undecayed() -> list[Similar]:
    """The variants to choose from first: which fields, how many terms, and how many of these should match."""
    return [
        Similar(fields=fields, terms=terms, least_frequency=frequency, should_match=share)
        for fields, terms, frequency, share in product(
            (("title", "body"), ("title.stemmed", "body.stemmed")), (25, 50, 100), (1, 2), ("10%", "30%")
        )
    ]


def decayed(best: Similar) -> list[Similar]:
    """The best of these with each decay."""
    return [msgspec.structs.replace(best, function=one, days=days) for one, days in product(FUNCTIONS, SCALES)]


@asynccontextmanager
async def texts(
    client: AsyncElasticsearch, articles: Sequence[LabelledArticle], end: datetime, *, analyzer: str
) -> AsyncIterator[str]:
    """The name of an index of titles and bodies, as they are and through `analyzer`; deleted afterwards."""
    name = f"warta-bench-{uuid.uuid4().hex[:12]}"
    text = {"type": "text", "analyzer": "standard", "fields": {"stemmed": {"type": "text", "analyzer": analyzer}}}
    mappings = {"properties": {"title": text, "body": text, "known_at": {"type": "date"}}}
    await client.indices.create(
        index=name, mappings=mappings, settings={"number_of_shards": 1, "number_of_replicas": 0}
    )
    try:
        actions = (
            {"_index": name, "_id": one.id, "title": one.title, "body": one.body, "known_at": one.published_at or end}
            for one in articles
        )
        await async_bulk(client, actions)
        await client.indices.forcemerge(index=name, max_num_segments=1)
        await client.indices.refresh(index=name)
        yield name
    finally:
        await client.options(ignore_status=404).indices.delete(index=name)


async def ranking(
    client: AsyncElasticsearch, index: str, question: Question, similar: Similar, depth: int
) -> list[str]:
    """The ids, best first. Raises the client's errors."""
    query = similar.query(index, question.query, now=question.now)
    answer = await client.search(index=index, query=query, size=depth, source=False, track_total_hits=False)
    return [hit["_id"] for hit in answer["hits"]["hits"] if hit["_id"] != question.query]
