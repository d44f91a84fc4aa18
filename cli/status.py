"""`warta status`: how far the services are."""

from contextlib import suppress

import click
import msgspec
from elasticsearch import ApiError, TransportError

from cli.quiet import quiet_run
from operations.site_rates import SiteRates, site_rates, table
from shared import search
from shared.clock import utcnow
from shared.documents import ARTICLES_READ, DECISIONS_READ, RELATED_READ
from shared.errors import ConfigurationError
from shared.progress import ProgressReader
from shared.settings import ElasticsearchSettings, KafkaSettings, load


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--sites", "most", default=20, show_default=True, type=click.IntRange(0, 1000), help="Show so many sites."
)
def status(*, as_json: bool, most: int) -> None:
    """Show the records in each topic, each service's lag, the documents in Elasticsearch, and each site's articles.

    Of a site: how many articles were fetched in the last 24 hours and in the 30 days before, and how many of the last
    day's have each field. A field that is filled much less often than before is marked: a layout may have changed.
    """

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
            sites: list[SiteRates] = []
            if most and documents[ARTICLES_READ]:
                with suppress(ApiError, TransportError):
                    sites = await site_rates(client, now=utcnow())
        if as_json:
            told = {"documents": documents, "sites": sites[:most], **msgspec.to_builtins(progress)}
            click.echo(msgspec.json.encode(told))
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
        for line in ["", *lines] if (lines := table(sites, most=most)) else []:
            click.echo(line)

    quiet_run(run())
