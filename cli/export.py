"""`warta export`: fetched pages to a WARC file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from cli.pace import Pace, Repeated
from cli.parameters import Moment, Site
from cli.quiet import quiet_run
from operations.replay_pages import Selection
from operations.warc.exporting import Export
from shared.settings import KafkaSettings, load

BEGINNING = datetime.fromtimestamp(0, UTC)


@click.command()
@click.option("--warc", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Where to; gzipped if it ends with .gz. A file there is only replaced by a whole one.")  # fmt: skip
@click.option("--since", type=Moment(), default=BEGINNING, help="Pages fetched then or later: a time, or 14d ago.")
@click.option("--until", type=Moment(), help="Pages fetched before then.")
@click.option("--host", "hosts", multiple=True, type=Site(), metavar="HOST",
              help="Only pages of this host or of one below it; may be given several times.")  # fmt: skip
def export(*, file: Path, since: datetime, until: datetime | None, hosts: tuple[str, ...]) -> None:
    r"""Write the pages that pages.fetched still has to a WARC 1.1 file, up to its present end.

    Each is the response it was, but decoded. The same pages give the same file; `./warta import FILE` gives the same
    pages.

    \b
    ./warta export --warc pages.warc.gz --since 14d --host tempo.co
    """
    job = Export(
        Selection(since=since, until=until, sites=hosts), load(KafkaSettings), report=Pace("read"), warn=Repeated()
    )

    quiet_run(job.run(file))
    for end, count in sorted(job.ends.items()):
        click.echo(f"{end:34}{count:>9}")
    if not job.ends["exported"]:
        click.echo("no page was asked for that Kafka still has", err=True)
