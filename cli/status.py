"""`warta status`: how far the services are."""

import click
import msgspec
from elasticsearch import ApiError, TransportError

from cli.quiet import quiet_run
from shared import search
from shared.documents import ARTICLES_READ, DECISIONS_READ, RELATED_READ
from shared.errors import ConfigurationError
from shared.progress import ProgressReader
from shared.settings import ElasticsearchSettings, KafkaSettings, load


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool) -> None:
    """Show the records in each topic, each service's lag, and the documents in Elasticsearch."""

    async def run() -> None:
        async with ProgressReader(load(KafkaSettings)) as reader:
            progress = await reader.read()
        documents: dict[str, int | None] = {}
        async with search.client(load(ElasticsearchSettings)) as client:
            for index in (ARTICLES_READ, RELATED_READ, DECISIONS_READ):
                try:
                    documents[index] = int((await client.count(index=index))["count"])
                except (ApiError, TransportError) as error:
                    if isinstance(why := search.instruction(error), ConfigurationError):
                        raise why from None
                    documents[index] = None
        if as_json:
            click.echo(msgspec.json.encode({"documents": documents, **msgspec.to_builtins(progress)}))
            return
        click.echo(f"{'topic':26}{'records':>9}")
        for topic, count in progress.records.items():
            if count or not topic.endswith(".dlq"):
                click.echo(f"{topic:26}{count:>9}")
        click.echo(f"\n{'service':14}{'reads':26}{'lag':>9}")
        for service, lags in progress.lags.items():
            for topic, lag in lags.items():
                click.echo(f"{service:14}{topic:26}{lag:>9}")
        click.echo("")
        for index, documents_there in documents.items():
            click.echo(f"Elasticsearch {index}: {'no answer' if documents_there is None else documents_there}")

    quiet_run(run())
