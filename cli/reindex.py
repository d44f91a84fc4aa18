"""`warta reindex`: build a new index beside the old one, swap it in, and the way back."""

import os
import sys
from collections.abc import Awaitable, Callable

import click
import msgspec
from click.core import ParameterSource
from elasticsearch import AsyncElasticsearch

from cli.ask import asked
from cli.quiet import quiet_run
from operations.reindex import steps
from operations.reindex.indices import Indices
from operations.reindex.reconcile import Comparison
from operations.reindex.status import status as read_status
from shared import search
from shared.settings import ElasticsearchSettings, KafkaSettings, load

Step = Callable[[AsyncElasticsearch], Awaitable[None]]


@click.group(invoke_without_command=True)
@click.option("--no-swap", is_flag=True, help="Build and compare; `warta reindex swap` does the rest.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=max(1, (os.cpu_count() or 1) - 1),
    show_default=True,
    help="Processes that make documents; by default all cores but one.",
)
@click.pass_context
def reindex(context: click.Context, *, no_swap: bool, workers: int) -> None:
    """Build a new articles index beside the old one, with the mappings of this version, and swap it in.

    Everything runs on meanwhile: searches, crawling, indexing. The new index is filled from articles.parsed, fed by the
    indexer like the old one, compared with it document by document, and swapped in atomically if it lacks nothing. The
    old index is fed until `finish`, so `rollback` loses nothing. Stopped half-way, run it again: it goes on.

    \b
    ./warta reindex                  build, compare, swap
    ./warta reindex status           which index is live, what each holds
    ./warta reindex finish           content with it: delete the old index
    ./warta reindex rollback         not content: back to the old index

    \b
    ./warta reindex --no-swap        build and compare only, then
    ./warta reindex swap             compare again and swap, or
    ./warta reindex abort            delete the new index
    """  # noqa: D301 - click wants the character, not an r-string
    if context.invoked_subcommand:
        for option in ("no_swap", "workers"):
            if context.get_parameter_source(option) is not ParameterSource.DEFAULT:
                raise click.UsageError(f"--{option.replace('_', '-')} goes with `warta reindex` alone")
        return
    elasticsearch, kafka = load(ElasticsearchSettings), load(KafkaSettings)

    async def run(client: AsyncElasticsearch) -> None:
        built = await steps.build(client, elasticsearch, kafka, _progress, workers=workers)
        if built.unreadable:
            click.echo(f"{built.unreadable} records are no articles, dead letters of the indexer:", err=True)
            for name in built.named:
                click.echo(f"  {name}", err=True)
        await _compared(client)
        if no_swap:
            click.echo("not swapped: `./warta reindex swap` does it, `./warta reindex abort` deletes the new index")
        else:
            await _swapped(client)

    _run(run)


@reindex.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def status(*, as_json: bool) -> None:
    """Show which index is behind what, and what each holds, with a checksum."""

    async def run(client: AsyncElasticsearch) -> None:
        for index in await read_status(client, _progress):
            if as_json:
                click.echo(msgspec.json.encode(index))
            else:
                removed = f" ({index.removed} removed)" if index.removed else ""
                click.echo(f"{index.index}  {_ROLES[index.role]}")
                click.echo(f"  {index.documents} documents{removed}  {index.checksum}")

    _run(run)


_ROLES = {
    "live": "live: read and written",
    "next": "next: fed, not read; `swap` makes it live, `abort` deletes it",
    "previous": "previous: fed, not read; `rollback` makes it live, `finish` deletes it",
    "unused": "unused: left by a crash; `finish` deletes it",
}


@reindex.command()
def swap() -> None:
    """Compare, and make the next index the live one, in one step."""

    async def run(client: AsyncElasticsearch) -> None:
        await _compared(client)
        await _swapped(client)

    _run(run)


@reindex.command()
def rollback() -> None:
    """Make the previous index the live one again, in one step, and bring it what only the other one took.

    The other one is fed on: `warta reindex swap` makes it live again, `warta reindex abort` deletes it.
    """

    async def run(client: AsyncElasticsearch) -> None:
        indices = await steps.roll_back(client)
        click.echo(f"rolled back: {indices.live} is live")
        found = await steps.catch_up(client, indices, _progress)
        assert indices.standby is not None
        _show(found, source=indices.standby, target=indices.live)
        if found.behind:
            _complain(found, f"{indices.live} can't take {found.behind} documents that {indices.standby} has")

    _run(run)


@reindex.command()
@click.option("--yes", is_flag=True, help="Don't ask.")
def finish(*, yes: bool) -> None:
    """Delete the previous index, and what a crash left: there is no way back."""

    async def run(client: AsyncElasticsearch) -> None:
        indices = await steps.deletable(client)
        doomed = " and ".join(filter(None, [indices.previous, *indices.unused]))
        if not yes:
            click.confirm(f"{indices.live} is live. Delete {doomed}?", abort=True, err=True)
        await steps.finish(client, indices)
        click.echo(f"deleted {doomed}; {indices.live} is live")

    _run(run)


@reindex.command()
def abort() -> None:
    """Delete the next index, before it is swapped in."""

    async def run(client: AsyncElasticsearch) -> None:
        indices = await steps.abort(client)
        click.echo(f"deleted {indices.next}; {indices.live} is live, as before")

    _run(run)


async def _compared(client: AsyncElasticsearch) -> None:
    """Compare live and next index; exit 1 when the next one lacks something."""
    indices, found = await steps.compare(client, _progress)
    assert indices.next is not None
    _show(found, source=indices.live, target=indices.next)
    if found.behind:
        _complain(
            found,
            f"not swapped: {indices.next} lacks {found.behind} documents that {indices.live} has. Mend the mappings, "
            "then `./warta reindex abort` and `./warta reindex`; searches and indexing go on as before",
        )


async def _swapped(client: AsyncElasticsearch) -> None:
    indices: Indices = await steps.swap_in(client)
    click.echo(f"swapped: {indices.live} is live, {indices.previous} is fed as before")
    click.echo("`./warta reindex finish` deletes the old one, `./warta reindex rollback` goes back to it")


def _show(found: Comparison, *, source: str, target: str) -> None:
    click.echo(f"{source}  {found.source.count:>9}  {found.source.hash}")
    click.echo(f"{target}  {found.target.count:>9}  {found.target.hash}")
    if found.copied:
        click.echo(f"{found.copied} documents copied from {source}: articles.parsed no longer has them, or older ones")
    if found.ahead:
        click.echo(f"{found.ahead} documents that {source} lacks or has older, as its mapping refused them:")
        for article_id in found.ahead_ids:
            click.echo(f"  {article_id}")


def _complain(found: Comparison, what: str) -> None:
    click.echo(f"warta: {what}:", err=True)
    for article_id, why in found.behind_ids.items():
        click.echo(f"  {article_id}: {why}", err=True)
    if found.behind > len(found.behind_ids):
        click.echo(f"  and {found.behind - len(found.behind_ids)} more", err=True)
    sys.exit(1)


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _run(step: Step) -> None:
    async def run() -> None:
        async with search.client(load(ElasticsearchSettings)) as client:
            await asked(step(client))

    quiet_run(run())
