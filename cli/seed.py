"""`warta seed`: ask the crawler for pages."""

import click

from cli.quiet import quiet_run
from shared.delivery import Outgoing, Publisher
from shared.events import CrawlRequested, RequestKind
from shared.settings import DeliverySettings, KafkaSettings, load
from shared.topics import CRAWL_REQUESTS
from shared.urls import BadUrlError, canonical_url, host_of


@click.command()
@click.argument("urls", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(["page", "feed", "sitemap"]), default="page", show_default=True,
              help="What the URLs are: pages, or lists of pages.")  # fmt: skip
def seed(urls: tuple[str, ...], kind: RequestKind) -> None:
    r"""Ask the crawler for URLS. A URL that it knows already is not fetched again.

    \b
    ./warta seed https://example.org/rss --kind feed
    """
    wanted = []
    for url in urls:
        try:
            wanted.append(canonical_url(url))
        except BadUrlError as error:
            raise click.UsageError(f"{url[:200]!r}: {error}") from None

    async def run() -> None:
        publisher = Publisher("seed", load(KafkaSettings), load(DeliverySettings))
        await publisher.start()
        try:
            for url in wanted:
                request = CrawlRequested(url=url, kind=kind, found_by="seed")
                await publisher.publish(Outgoing(topic=CRAWL_REQUESTS, key=host_of(url), event=request))
                click.echo(f"requested {url}")
        finally:
            await publisher.stop()

    quiet_run(run())
