"""Topics, index templates, indices and aliases: created where they are missing, changed only where it is asked for."""

from collections.abc import Callable

from elasticsearch import ApiError, TransportError

from operations.indices import create_indices
from shared import kafka, search
from shared.errors import ConfigurationError, Retry, WartaError
from shared.settings import ElasticsearchSettings, KafkaSettings
from shared.topic_settings import check_topics


async def bootstrap(
    kafka_settings: KafkaSettings, elasticsearch: ElasticsearchSettings, report: Callable[[str], None], *,
    adjust: bool = False,
) -> None:  # fmt: skip
    """Make Kafka and Elasticsearch ready for the services. Idempotent; several at once do no harm.

    Topics that exist with settings weaker than what is promised needs are reported; with `adjust` those are set.
    """
    await kafka.create_topics(kafka_settings, report)
    await check_topics(kafka_settings, report, adjust=adjust)
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
