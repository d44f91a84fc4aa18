"""Topics, index templates, indices and aliases: created where they are missing, never touched where they are not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import ApiError, AsyncElasticsearch, TransportError

from shared import kafka, search
from shared.documents import ARTICLES_READ, ARTICLES_WRITE, RELATED_READ, RELATED_WRITE
from shared.errors import ConfigurationError, Retry, WartaError
from shared.settings import ElasticsearchSettings, KafkaSettings

SERVICES = Path(__file__).resolve().parents[1] / "services"
VISIBLE = {"term": {"status": "published"}}
# name of the template and first index, its mapping, the aliases with their options
INDICES: tuple[tuple[str, Path, dict[str, dict[str, Any]]], ...] = (
    (
        "articles", SERVICES / "indexer/mappings/articles.json",
        {ARTICLES_READ: {"filter": VISIBLE}, ARTICLES_WRITE: {"is_write_index": True}},
    ),
    (
        "related", SERVICES / "recommender/mappings/related.json",
        {RELATED_READ: {}, RELATED_WRITE: {"is_write_index": True}},
    ),
)  # fmt: skip


async def bootstrap(
    kafka_settings: KafkaSettings, elasticsearch: ElasticsearchSettings, report: Callable[[str], None]
) -> None:
    """Make Kafka and Elasticsearch ready for the services. Idempotent; several at once do no harm."""
    await kafka.create_topics(kafka_settings, report)
    async with search.client(elasticsearch) as client:
        try:
            await create_indices(client, elasticsearch, report)
        except (ApiError, TransportError) as error:
            why = search.instruction(error)
            if isinstance(why, ConfigurationError):
                raise why from None
            if isinstance(why, Retry):
                raise WartaError(
                    f"Elasticsearch doesn't answer at {elasticsearch.url}: is it running, and is "
                    "WARTA_ELASTICSEARCH_URL right? `./warta up` starts one"
                ) from None
            raise


async def create_indices(
    client: AsyncElasticsearch, settings: ElasticsearchSettings, report: Callable[[str], None]
) -> None:
    """Put the templates, and create the first index behind aliases that don't exist yet."""
    for name, mapping, aliases in INDICES:
        body = msgspec.json.decode(mapping.read_bytes())
        index_settings = body["template"].setdefault("settings", {}).setdefault("index", {})
        index_settings |= {"number_of_shards": settings.shards, "number_of_replicas": settings.replicas}
        await client.indices.put_index_template(name=name, **body)
        if await client.indices.exists_alias(name=list(aliases)):
            report(f"index {name}: present")
            continue
        first = f"{name}-000001"
        try:
            await client.indices.create(index=first, aliases=aliases)
        except ApiError as error:
            if error.error != "resource_already_exists_exception":
                raise
        report(f"index {name}: created {first} behind the aliases {', '.join(aliases)}")
