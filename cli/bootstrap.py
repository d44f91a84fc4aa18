"""Topics, index templates, indices and aliases: created where they are missing, never touched where they are not."""

from collections.abc import Callable

from elasticsearch import ApiError, TransportError

from operations.indices import create_indices
from shared import kafka, search
from shared.errors import ConfigurationError, Retry, WartaError
from shared.settings import ElasticsearchSettings, KafkaSettings


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
