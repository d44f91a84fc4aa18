"""`warta remove`: take articles out of the index and every list."""

from datetime import UTC, datetime, timedelta
from typing import cast

import click

from cli.parameters import PageUrl
from cli.quiet import quiet_run
from shared.clock import utcnow
from shared.delivery import Outgoing, Publisher
from shared.events import RemovalReason
from shared.removals import FOR_GOOD, removal
from shared.settings import DeliverySettings, KafkaSettings, load
from shared.topics import ARTICLES_PARSED, DAY_MS, PAGES_FETCHED, dead_letters


@click.command()
@click.argument("urls", nargs=-1, required=True, type=PageUrl())
@click.option("--reason", type=click.Choice(["takedown", "gone", "moved", "noindex"]), default="takedown",
              show_default=True, help="takedown: for good. The others: until the page is fetched again.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Don't ask.")
def remove(urls: tuple[str, ...], reason: str, yes: bool) -> None:
    r"""Remove the articles at URLS: from the index, from search, and from every list that shows them.

    A takedown is for good: no later fetch, replay, import or reindex brings the article back. It can't be taken back.
    What was fetched stays in Kafka until its retention has passed: the command says until when.

    \b
    ./warta remove https://example.org/berita/1 --reason takedown
    """
    why = cast("RemovalReason", reason)
    if why in FOR_GOOD and not yes:
        click.confirm(f"{len(urls)} removed for good, which can't be taken back. Go on?", abort=True)

    async def run() -> None:
        publisher = Publisher("remove", load(KafkaSettings), load(DeliverySettings))
        await publisher.start()
        now = utcnow()
        try:
            for url in urls:
                event = removal(url, why, now=now)
                await publisher.publish(Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event))
                click.echo(f"removed {url} ({event.article_id}), as soon as the indexer has read it")
        finally:
            await publisher.stop()
        click.echo(_what_stays(now))
        if why in FOR_GOOD:
            click.echo("The crawler may fetch it again, to no effect: `exclude` in the site file keeps it away.")

    quiet_run(run())


def _what_stays(now: datetime) -> str:
    kept = [topic.retention_ms or 0 for topic in (PAGES_FETCHED, dead_letters(PAGES_FETCHED))]
    pages, letters = (
        (now + timedelta(days=ms / DAY_MS)).astimezone(UTC).strftime("%Y-%m-%d") for ms in (kept[0], kept[1])
    )
    lag = timedelta(milliseconds=ARTICLES_PARSED.compaction_lag_ms)
    return (
        f"The pages as they were fetched are gone from Kafka by {pages}, dead letters of them by {letters}, and the"
        f" parsed text with the first compaction after {now + lag:%Y-%m-%d}."
    )
