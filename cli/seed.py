"""`warta seed`, `refetch`, `pause` and `resume`: what the crawler is asked for."""

from collections.abc import Sequence

import click

from cli.parameters import PageUrl, Site
from cli.quiet import quiet_run
from shared.delivery import Outgoing, Publisher
from shared.events import CrawlRequested, FoundBy, RequestKind
from shared.settings import DeliverySettings, KafkaSettings, load
from shared.topics import CRAWL_REQUESTS
from shared.urls import front_of, host_of

_SAID: dict[RequestKind, str] = {"pause": "asked to pause", "resume": "asked to resume", "confirm_gone": "confirmed"}


@click.command()
@click.argument("urls", nargs=-1, required=True, type=PageUrl())
@click.option("--kind", type=click.Choice(["page", "feed", "sitemap"]), default="page", show_default=True,
              help="What the URLs are: pages, or lists of pages.")  # fmt: skip
def seed(urls: tuple[str, ...], kind: RequestKind) -> None:
    r"""Ask the crawler for URLS. A URL that it knows already is not fetched again.

    \b
    ./warta seed https://example.org/rss --kind feed
    """
    quiet_run(_request(urls, kind, "seed"))


@click.command()
@click.argument("urls", nargs=-1, required=True, type=PageUrl())
def refetch(urls: tuple[str, ...]) -> None:
    r"""Have the crawler fetch pages again, known or not, at their host's next turns.

    The request is conditional: a site that says that a page hasn't changed need not send it. No links are followed from
    it. `./warta explain URL` tells what came of it.

    \b
    ./warta refetch https://example.org/berita/1
    """
    quiet_run(_request(urls, "page", "refetch"))


@click.command()
@click.argument("hosts", nargs=-1, required=True, type=Site())
def pause(hosts: tuple[str, ...]) -> None:
    r"""Have the crawler leave HOSTS alone: nothing of them is fetched or polled until `resume`.

    What is in flight ends; what is asked for waits, however long. A pause is of these hosts alone: that of contoh.co.id
    is none of www.contoh.co.id.

    \b
    ./warta pause www.contoh.co.id
    """
    ask_of_hosts(hosts, "pause")


@click.command()
@click.argument("hosts", nargs=-1, required=True, type=Site())
def resume(hosts: tuple[str, ...]) -> None:
    r"""Let paused HOSTS have their turns again.

    \b
    ./warta resume www.contoh.co.id
    """
    ask_of_hosts(hosts, "resume")


def ask_of_hosts(hosts: Sequence[str], kind: RequestKind) -> None:
    """Have the crawler decide on whole hosts."""
    quiet_run(_request([front_of(host) for host in hosts], kind, "seed"))


async def _request(urls: Sequence[str], kind: RequestKind, found_by: FoundBy) -> None:
    publisher = Publisher("seed", load(KafkaSettings), load(DeliverySettings))
    await publisher.start()
    try:
        for url in urls:
            request = CrawlRequested(url=url, kind=kind, found_by=found_by)
            await publisher.publish(Outgoing(topic=CRAWL_REQUESTS, key=host_of(url), event=request))
            click.echo(f"{_SAID.get(kind, 'requested')} {host_of(url) if kind in _SAID else url}")
    finally:
        await publisher.stop()
