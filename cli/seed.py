"""`warta seed`, `refetch`, `pause` and `resume`: what the crawler is asked for."""

from urllib.parse import urlsplit

import click

from cli.quiet import quiet_run
from shared.delivery import Outgoing, Publisher
from shared.events import CrawlRequested, FoundBy, RequestKind
from shared.settings import DeliverySettings, KafkaSettings, load
from shared.topics import CRAWL_REQUESTS
from shared.urls import BadUrlError, canonical_url, host_of

_SAID: dict[RequestKind, str] = {"pause": "asked to pause", "resume": "asked to resume"}


@click.command()
@click.argument("urls", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(["page", "feed", "sitemap"]), default="page", show_default=True,
              help="What the URLs are: pages, or lists of pages.")  # fmt: skip
def seed(urls: tuple[str, ...], kind: RequestKind) -> None:
    r"""Ask the crawler for URLS. A URL that it knows already is not fetched again.

    \b
    ./warta seed https://example.org/rss --kind feed
    """
    quiet_run(_request(_canonical(urls), kind, "seed"))


@click.command()
@click.argument("urls", nargs=-1, required=True)
def refetch(urls: tuple[str, ...]) -> None:
    r"""Have the crawler fetch pages again, known or not, at their host's next turns.

    The request is conditional: a page that hasn't changed costs its site little, and makes no new version. No links are
    followed from it. `./warta explain URL` tells what came of it.

    \b
    ./warta refetch https://example.org/berita/1
    """
    quiet_run(_request(_canonical(urls), "page", "refetch"))


@click.command()
@click.argument("hosts", nargs=-1, required=True)
def pause(hosts: tuple[str, ...]) -> None:
    r"""Have the crawler leave HOSTS alone: nothing of them is fetched or polled until `resume`.

    What is in flight ends; what is asked for waits its turn, for 14 days at most. A pause is kept for 35 days. It is of
    these hosts alone: that of contoh.co.id is none of www.contoh.co.id.

    \b
    ./warta pause www.contoh.co.id
    """
    quiet_run(_request(_fronts(hosts), "pause", "seed"))


@click.command()
@click.argument("hosts", nargs=-1, required=True)
def resume(hosts: tuple[str, ...]) -> None:
    r"""Let paused HOSTS have their turns again.

    \b
    ./warta resume www.contoh.co.id
    """
    quiet_run(_request(_fronts(hosts), "resume", "seed"))


def _fronts(hosts: tuple[str, ...]) -> list[str]:
    """The front pages of hosts, in whose name they are paused; a URL stands for its host."""
    return _canonical(tuple(f"https://{urlsplit(host).netloc if '//' in host else host}/" for host in hosts))


def _canonical(urls: tuple[str, ...]) -> list[str]:
    wanted = []
    for url in urls:
        try:
            wanted.append(canonical_url(url))
        except BadUrlError as error:
            raise click.UsageError(f"{url[:200]!r}: {error}") from None
    return wanted


async def _request(urls: list[str], kind: RequestKind, found_by: FoundBy) -> None:
    publisher = Publisher("seed", load(KafkaSettings), load(DeliverySettings))
    await publisher.start()
    try:
        for url in urls:
            request = CrawlRequested(url=url, kind=kind, found_by=found_by)
            await publisher.publish(Outgoing(topic=CRAWL_REQUESTS, key=host_of(url), event=request))
            click.echo(f"{_SAID.get(kind, 'requested')} {host_of(url) if kind in _SAID else url}")
    finally:
        await publisher.stop()
