"""The indices as the code at hand wants them: templates, first indices, aliases."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import ApiError, AsyncElasticsearch

from shared.documents import (
    ARTICLES_READ,
    ARTICLES_WRITE,
    DECISIONS_READ,
    DECISIONS_WRITE,
    RELATED_READ,
    RELATED_WRITE,
)
from shared.settings import ElasticsearchSettings

SERVICES = Path(__file__).resolve().parents[1] / "services"
VISIBLE = {"term": {"status": "published"}}
FORM = "form"


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """`name` of the template, and of the first index with a number; its mapping; the aliases with their options."""

    name: str
    mapping: Path
    aliases: dict[str, dict[str, Any]]


ARTICLES = Index(
    name="articles", mapping=SERVICES / "indexer/mappings/articles.json",
    aliases={ARTICLES_READ: {"filter": VISIBLE}, ARTICLES_WRITE: {"is_write_index": True}},
)  # fmt: skip
RELATED = Index(
    name="related", mapping=SERVICES / "recommender/mappings/related.json",
    aliases={RELATED_READ: {}, RELATED_WRITE: {"is_write_index": True}},
)  # fmt: skip
DECISIONS = Index(
    name="related-decisions", mapping=SERVICES / "recommender/mappings/related-decisions.json",
    aliases={DECISIONS_READ: {}, DECISIONS_WRITE: {"is_write_index": True}},
)  # fmt: skip
INDICES = (ARTICLES, RELATED, DECISIONS)


def template(index: Index, settings: ElasticsearchSettings) -> dict[str, Any]:
    """The body of the index's template. Its `_meta.form` is a hash of all the rest: equal form, equal mappings."""
    body: dict[str, Any] = msgspec.json.decode(index.mapping.read_bytes())
    index_settings = body["template"].setdefault("settings", {}).setdefault("index", {})
    index_settings |= {"number_of_shards": settings.shards, "number_of_replicas": settings.replicas}
    form = hashlib.sha256(msgspec.json.encode(body["template"], order="sorted")).hexdigest()[:16]
    body["template"]["mappings"]["_meta"] = {FORM: form}
    return body


async def create_indices(
    client: AsyncElasticsearch, settings: ElasticsearchSettings, report: Callable[[str], None]
) -> None:
    """Put the templates, and create the first index behind aliases that don't exist yet.

    An index of lists that is there learns the fields that are new: what it holds stays as it is until it is written
    anew. The articles' index is made anew by `warta reindex` instead.
    """
    for index in INDICES:
        body = template(index, settings)
        await client.indices.put_index_template(name=index.name, **body)
        if await client.indices.exists_alias(name=list(index.aliases)):
            if index is RELATED:
                await client.indices.put_mapping(index=RELATED_WRITE, **body["template"]["mappings"])
            report(f"index {index.name}: present")
            continue
        first = f"{index.name}-000001"
        try:
            await client.indices.create(index=first, aliases=index.aliases)
        except ApiError as error:
            if error.error != "resource_already_exists_exception":
                raise
        report(f"index {index.name}: created {first} behind the aliases {', '.join(index.aliases)}")
