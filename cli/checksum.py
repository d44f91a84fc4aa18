"""`warta checksum`: what the index holds, as hashes that can be compared."""

import sys
from datetime import datetime

import click
import msgspec
from elasticsearch import AsyncElasticsearch

from cli.ask import asked
from cli.pages import Time
from cli.quiet import quiet_run
from operations.checksum import Checksum, ListsReport, articles_checksum, related_checksum, verify_lists
from services.recommender.settings import RecommenderSettings
from shared import search
from shared.clock import utcnow
from shared.settings import ElasticsearchSettings, load


@click.command()
@click.option("--related", "with_lists", is_flag=True, help="The related lists too; see below.")
@click.option("--now", type=Time(), help="With --related: hash the lists as they are at this time.")
@click.option("--content", is_flag=True, help="Leave the articles' versions out: two crawls at different times agree.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def checksum(*, with_lists: bool, now: datetime | None, content: bool, as_json: bool) -> None:
    """Hash the index's content: equal content, equal hash, in whatever order and however often it was written.

    Articles: id, version, content hash and status of each, removed ones included.

    --related --now TIME computes every published article's list at TIME and hashes them: two systems with equal
    articles agree. --related alone verifies the lists that are stored: each must equal its own recomputation at the
    time it was computed; exit 1 and the ids if not. That holds at rest: nothing new for as long as a list is valid.

    \b
    ./warta checksum
    ./warta checksum --related --now 2024-10-08T10:30:00Z
    """  # noqa: D301 - click wants the character
    if now and not with_lists:
        raise click.UsageError("--now goes with --related")

    async def run() -> None:
        async with search.client(load(ElasticsearchSettings)) as client:
            articles: Checksum = await asked(
                articles_checksum(client, versions=not content, report=_Progress("articles").done)
            )
            lists = await _lists(client, now) if with_lists else None
        if as_json:
            click.echo(msgspec.json.encode({"articles": articles} | ({"related": lists} if lists else {})))
        else:
            click.echo(f"articles  {articles.count:>9}  {articles.hash}")
            if isinstance(lists, Checksum):
                click.echo(f"related   {lists.count:>9}  {lists.hash}")
            elif lists is not None:
                _tell(lists)
        if isinstance(lists, ListsReport) and not lists.clean:
            sys.exit(1)

    quiet_run(run())


async def _lists(client: AsyncElasticsearch, now: datetime | None) -> Checksum | ListsReport:
    progress, weights = _Progress("lists").done, load(RecommenderSettings).ranking()
    if now is not None:
        found: Checksum = await asked(related_checksum(client, now=now, weights=weights, report=progress))
        return found
    verified: ListsReport = await asked(verify_lists(client, now=utcnow(), weights=weights, report=progress))
    return verified


def _tell(lists: ListsReport) -> None:
    click.echo(
        f"lists     {lists.equal:>9} equal, {lists.differing} differ, {lists.missing} missing, {lists.cold} cold"
    )
    for what, ids, count in (
        ("differs", lists.differing_ids, lists.differing), ("missing", lists.missing_ids, lists.missing),
    ):  # fmt: skip
        for article_id in ids:
            click.echo(f"  {what}: {article_id}")
        if count > len(ids):
            click.echo(f"  {what}: and {count - len(ids)} more")


class _Progress:
    """A line on stderr for each page but a short first one: stdout is the answer's."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0

    def done(self, count: int) -> None:
        self._count += count
        if self._count > count:
            click.echo(f"{self._count} {self._what} so far", err=True)
