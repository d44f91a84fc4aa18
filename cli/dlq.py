"""`warta dlq`: dead letters listed, shown, retried and discarded."""

import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from cli import dlq_text
from cli.ask import asked
from cli.pace import Pace
from cli.parameters import Moment, Site
from cli.quiet import quiet_run
from operations.dead_letter_ends import Settler
from operations.dead_letter_topics import DeadLetters, Found, original
from operations.dead_letters import State, Wanted
from operations.newest import Newest
from shared import search as elastic
from shared.clock import utcnow
from shared.errors import DeadLetterReason, WartaError
from shared.settings import ElasticsearchSettings, KafkaSettings, load
from shared.topics import DLQ_SUFFIX, SOURCES

WAITING: frozenset[State] = frozenset({"waiting"})
_ID = re.compile(rf"({'|'.join(re.escape(source.name) for source in SOURCES)}){re.escape(DLQ_SUFFIX)}/([0-9]{{1,18}})")


class LetterId(click.ParamType):
    """A dead letter's name: its topic and its offset there."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id, or fail."""
        match = _ID.fullmatch(str(value))
        if match is None:
            self.fail(f"{str(value)[:100]!r} is no dead letter's id, such as pages.fetched.dlq/17", param, ctx)
        return f"{match[1]}{DLQ_SUFFIX}/{int(match[2])}"


def filters(command: Callable[..., None]) -> Callable[..., None]:
    """Which dead letters are meant, the same for each subcommand: given to it as `wanted`."""

    def with_wanted(**options: Any) -> None:
        names = {"topics": "topic", "reasons": "reason", "sites": "site", "ids": "id"}
        chosen = {field: options.pop(name) for field, name in names.items()}
        command(wanted=Wanted(**chosen, since=options.pop("since"), until=options.pop("until")), **options)

    with_wanted.__name__, with_wanted.__doc__ = command.__name__, command.__doc__
    with_wanted.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option("--until", type=Moment(), help="Rejected before then."),
        click.option("--since", type=Moment(), help="Rejected then or later: an ISO time, or 36h, 14d ago."),
        click.option("--site", multiple=True, type=Site(), metavar="HOST",
                     help="The original is about a URL of this host, or of one below it."),
        click.option("--reason", multiple=True, type=click.Choice(get_args(DeadLetterReason)), metavar="REASON",
                     help=f"One of {', '.join(get_args(DeadLetterReason))}."),
        click.option("--topic", multiple=True, type=click.Choice([source.name for source in SOURCES]), metavar="TOPIC",
                     help="The topic whose record was rejected, such as pages.fetched."),
        click.option("--id", multiple=True, type=LetterId(), help="As `list` prints it."),
    ):  # fmt: skip
        option(with_wanted)
    return with_wanted


def ends(command: Callable[..., None]) -> Callable[..., None]:
    """The options of what ends dead letters."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Only say what would be done."),
        click.option("--yes", is_flag=True, help="Don't ask."),
        click.option("--all-waiting", is_flag=True, help="All that wait, if you give no filter."),
    ):
        command = option(command)
    return command


@click.group()
def dlq() -> None:
    """List, show, retry and discard dead letters: records that a service could not bring to another end.

    A dead letter waits until somebody retries or discards it. What fits all filters is meant; an option that is given
    several times fits any of its values. Reads WARTA_KAFKA_*; `retry` also WARTA_ELASTICSEARCH_*.
    """


@dlq.command("list")
@filters
@click.option("--all", "settled_too", is_flag=True, help="Also those that were retried or discarded.")
@click.option("--summary", is_flag=True, help="Only the counts by topic and reason.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line, for each letter or each count.")
def list_(*, wanted: Wanted, settled_too: bool, summary: bool, as_json: bool) -> None:
    r"""List the dead letters that wait, by topic, oldest first, and count them by topic and reason.

    \b
    ./warta dlq list --topic pages.fetched --since 24h
    """
    counts: Counter[tuple[str, str, State]] = Counter()

    async def run() -> None:
        async with _reader() as letters:
            parts = await letters.parts(wanted)
            states = frozenset(get_args(State)) if settled_too else WAITING
            async for found in letters.find(parts, wanted, states=states):
                letter = found.letter
                if not counts and not summary and not as_json:
                    click.echo(dlq_text.HEADING)
                counts[letter.topic, letter.reason, letter.state] += 1
                if not summary:
                    click.echo(msgspec.json.encode(letter) if as_json else dlq_text.row(letter))
        if as_json and summary:
            for (topic, reason, state), count in sorted(counts.items()):
                click.echo(msgspec.json.encode({"topic": topic, "reason": reason, "state": state, "count": count}))
        elif not as_json:
            click.echo(("" if summary or not counts else "\n") + dlq_text.summary(counts))

    quiet_run(run())


@dlq.command()
@click.argument("letter_id", metavar="ID", type=LetterId())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--body", is_flag=True, help="Print the original's bytes instead, as they are.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the original's bytes to a file.")
def show(letter_id: str, *, as_json: bool, body: bool, output: Path | None) -> None:
    r"""Show a dead letter: why, where from, by which code, its trace and headers; its bytes only if you ask for them.

    \b
    ./warta dlq show pages.fetched.dlq/17
    ./warta dlq show pages.fetched.dlq/17 --output page.html
    """
    topic, _, offset = letter_id.partition(DLQ_SUFFIX + "/")

    async def run() -> None:
        settings = load(KafkaSettings)
        async with _reader() as letters:
            found, settled = await letters.one(topic, int(offset))
        if body or output:
            record = await original(settings, found)
            if record.value is None:
                click.echo("the original has no value, so there are no bytes", err=True)
            _write(record.value or b"", output)
        if as_json:
            click.echo(msgspec.json.encode(dlq_text.everything(found, settled)))
        elif not body:
            click.echo(dlq_text.page(found, settled))

    if as_json and body:
        raise click.UsageError("--body prints nothing else: take --output FILE beside --json")
    quiet_run(run())


@dlq.command()
@filters
@ends
def retry(*, wanted: Wanted, all_waiting: bool, yes: bool, dry_run: bool) -> None:
    r"""Publish the originals again, as they were, to their topics, and note it.

    An article or a page of which something newer is there already is discarded instead. What fails again is a new
    dead letter. To run it again does nothing to those that are done; so if it is
    interrupted, run it again.

    \b
    ./warta dlq retry --topic pages.fetched --reason parser_timed_out
    """
    failures: list[str] = []

    def failed(found: Found, why: str) -> None:
        failures.append(found.letter.id)
        click.echo(f"{found.letter.id} can't be retried: {why}", err=True)

    async def act(settler: Settler, letters: AsyncIterator[Found]) -> str:
        settings = load(KafkaSettings)
        async with (
            elastic.client(load(ElasticsearchSettings)) as client,
            Newest(client, settings, but_from="/warta/dlq") as newest,
        ):
            retried = await asked(settler.retry(letters, newest.version, failed))
        more = f"\n{retried.superseded} more were discarded: a newer version is there" if retried.superseded else ""
        return f"retried: {retried.retried}{more}"

    _end(act, wanted, doing="retry", all_waiting=all_waiting, yes=yes, dry_run=dry_run)
    if failures:
        raise WartaError(f"{len(failures)} dead letters could not be retried, and wait: see above")


@dlq.command()
@filters
@ends
@click.option("--why", required=True, help="Kept with it, for whoever asks later.")
def discard(*, wanted: Wanted, all_waiting: bool, yes: bool, dry_run: bool, why: str) -> None:
    r"""Note that dead letters need no more work. They stay readable until the topic's retention ends.

    \b
    ./warta dlq discard --reason undecodable_page --site contoh.id --why "the site sends broken pages"
    """
    if not why.strip():
        raise click.UsageError("--why needs a reason")

    async def act(settler: Settler, letters: AsyncIterator[Found]) -> str:
        return f"discarded: {await settler.discard(letters, why=why.strip())}"

    _end(act, wanted, doing="discard", all_waiting=all_waiting, yes=yes, dry_run=dry_run)


def _end(
    act: Callable[[Settler, AsyncIterator[Found]], Awaitable[str]], wanted: Wanted, *, doing: str,
    all_waiting: bool, yes: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Count what is meant, ask, and do it."""
    if wanted.everything != all_waiting:
        raise click.UsageError(
            "--all-waiting goes without filters" if all_waiting else "give a filter, or --all-waiting for all that wait"
        )
    if not (yes or dry_run or sys.stdin.isatty()):
        raise click.UsageError(f"nobody is there to ask: `{doing}` needs --yes when its input is no terminal")

    async def run() -> None:
        async with _reader() as letters:
            parts = await letters.parts(wanted)
            counts: Counter[tuple[str, str, State]] = Counter()
            async for found in letters.find(parts, wanted, states=WAITING):
                counts[found.letter.topic, found.letter.reason, found.letter.state] += 1
            click.echo(dlq_text.summary(counts), err=True)
            if not counts or dry_run:
                click.echo(f"nothing to {doing}" if not counts else f"would {doing}: {counts.total()}")
                return
            if not yes:
                click.confirm(f"{doing} {counts.total()} dead letters?", abort=True, err=True)
            await letters.refresh(parts)  # somebody else may have ended some meanwhile
            async with Settler(load(KafkaSettings), utcnow) as settler:
                click.echo(await act(settler, letters.find(parts, wanted, states=WAITING)))

    quiet_run(run())


def _reader() -> DeadLetters:
    return DeadLetters(load(KafkaSettings), report=Pace("read"), warn=lambda why: click.echo(why, err=True))


def _write(value: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(value)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(value)
    except OSError as error:
        raise WartaError(f"can't write {output}: {error.strerror}") from None
    click.echo(f"{len(value)} bytes written to {output}", err=True)
