"""`warta replay`: stored pages parsed again."""

from datetime import datetime

import click

from cli.ask import asked
from cli.pace import Pace, Repeated
from cli.parameters import Moment, PageUrl, Site
from cli.quiet import quiet_run
from cli.stopping import stopping_by_signal
from operations.replay import Replay, Servers
from operations.replay_pages import Selection
from operations.revisions import sample_of
from services.parser.settings import ParserSettings
from shared import search
from shared.articles import PARSER_REVISION
from shared.settings import DeliverySettings, ElasticsearchSettings, KafkaSettings, load


@click.command()
@click.option(
    "--since", required=True, type=Moment(), help="Pages fetched then or later: an ISO time, or 36h, 14d ago."
)
@click.option("--until", type=Moment(), help="Pages fetched before then.")
@click.option("--site", "sites", multiple=True, type=Site(), metavar="HOST",
              help="Only pages of this host or of one below it; may be given several times.")  # fmt: skip
@click.option("--url", "urls", multiple=True, type=PageUrl(), help="Only this page; may be given several times.")
@click.option("--stored-since", type=Moment(), help="Go on there: an interrupted replay says when.")
@click.option("--workers", type=click.IntRange(1, 64), help="Parsing processes; default: WARTA_PARSER_WORKERS.")
@click.option("--dry-run", is_flag=True, help="Parse and count, but publish nothing.")
def replay(
    *, since: datetime, until: datetime | None, sites: tuple[str, ...], urls: tuple[str, ...],
    stored_since: datetime | None, workers: int | None, dry_run: bool,
) -> None:  # fmt: skip
    r"""Parse stored pages again, after a fix of the parser, while the services run on.

    Reads the pages that pages.fetched still has (14 days, unless changed) up to its present end, and publishes what
    comes of them like the parser, with the same ids. No links are followed. An article is not published behind a newer
    version or a removal of it. To run it again, or twice, is harmless; Ctrl-C stops it after the batch in work.

    Raise PARSER_REVISION in shared/articles.py with each fix: it is part of every version, so the new parse beats the
    old one for good. What a fixed parser finds to be no article, or at another canonical URL, stays in the index under
    its old id.

    \b
    ./warta replay --since 14d --site tempo.co --dry-run
    ./warta replay --since 2024-10-01T00:00:00+07:00
    """
    selection = Selection(since=since, until=until, sites=sites, urls=urls, stored_since=stored_since)
    servers = Servers(
        kafka=load(KafkaSettings), elasticsearch=load(ElasticsearchSettings), delivery=load(DeliverySettings)
    )
    pool = load(ParserSettings).pool(workers=workers)
    job = Replay(selection, servers, pool, dry_run=dry_run, report=Pace("read"), warn=Repeated())

    async def run() -> None:
        await _check_revision(servers.elasticsearch, selection)
        try:
            await job.run(stopping_by_signal("the batch in work"))
        finally:
            if job.began:
                _sum_up(job, dry_run=dry_run)

    quiet_run(run())


def _sum_up(job: Replay, *, dry_run: bool) -> None:
    click.echo(f"{'would become' if dry_run else 'became':34}{'pages':>9}")
    for end, count in sorted(job.ends.items()):
        click.echo(f"{end:34}{count:>9}")
    click.echo(f"{'all':34}{job.ends.total():>9}")
    if job.equal:
        click.echo(f"{job.equal} articles had this version already: the parser's revision is still {PARSER_REVISION}")
    if job.no_pages:
        click.echo(f"{job.no_pages} records are no pages: the parser has made dead letters of them", err=True)
    if job.go_on_from:
        at = job.go_on_from.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        click.echo(f"not finished: the same command with --stored-since {at} goes on here", err=True)


async def _check_revision(settings: ElasticsearchSettings, selection: Selection) -> None:
    """Warn when a replay would give articles the versions that they have already, or lower ones."""
    async with search.client(settings) as client:
        sample = await asked(sample_of(client, selection, revision=PARSER_REVISION))
    if sample.equal:
        click.echo(
            f"warning: {sample.equal} of the newest {sample.looked_at} articles were parsed by revision "
            f"{PARSER_REVISION} already. Their versions stay equal, and of equal versions the index keeps what came "
            "last: the new parse is stored, but an old message that is delivered again would undo it. Raise "
            "PARSER_REVISION if the parser's output has changed",
            err=True,
        )
    if sample.higher:
        click.echo(
            f"warning: {sample.higher} of the newest {sample.looked_at} articles were parsed by a higher revision than "
            f"{PARSER_REVISION}, this parser's: they stay as they are",
            err=True,
        )
