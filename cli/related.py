"""`warta related`: an article's list, and what editors decide about lists."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

import click
import msgspec
from elasticsearch import AsyncElasticsearch

from cli import ask
from cli.ask import asked, wanted_id
from cli.pages import Time
from cli.parameters import Span
from cli.quiet import quiet_run
from operations.restore_decisions import restore_decisions
from services.recommender.decisions import MOST, decided, last, pinned
from services.recommender.editorial import CLOCKS_DIFFER, Decisions
from services.recommender.lists import fetch
from services.recommender.settings import RecommenderSettings
from shared import search as elastic
from shared.clock import utcnow
from shared.delivery import Outgoing, Publisher
from shared.errors import WartaError
from shared.events import EVERYWHERE, Decision, RelatedDecided
from shared.settings import DeliverySettings, ElasticsearchSettings, KafkaSettings, load
from shared.topics import RELATED_DECISIONS

PIN_EVERYWHERE_FOR = timedelta(hours=24)
_TICK = timedelta(microseconds=1)
_SAID = {"pin": "pinned", "block": "blocked", "release": "released"}


class _ListOrCommand(click.Group):
    """`related ARTICLE` is `related show ARTICLE`: no id and no URL is a command's name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `show` before what names no command."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] ARTICLE")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of a list, then the commands."""
        shown = self.commands["show"]
        shown.format_options(click.Context(shown, parent=ctx), formatter)
        self.format_commands(ctx, formatter)


@click.group(cls=_ListOrCommand)
def related() -> None:
    r"""Show the related articles of ARTICLE (its URL or id), with scores' parts and reasons; or decide about them.

    Editors decide last: what they pin or block counts in the index `related`, the topic articles.related and the HTTP
    API, within seconds. The last decision on a pair counts, `release` takes it back, a block wins over a pin.

    \b
    ./warta related https://example.org/a --now 2024-10-08T10:30:00Z
    ./warta related pin https://example.org/a https://example.org/b --position 2 --why "background"
    ./warta related block https://example.org/b --why "under correction"
    ./warta related decisions https://example.org/a
    """


related.add_command(ask.related, "show")


def _deciding(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--force", is_flag=True, help="Also when the index doesn't have the articles (yet)."),
        click.option("--by", default="", metavar="NAME", help="Who decides: kept with the decision."),
        click.option("--why", default="", metavar="TEXT", help="Why: kept with the decision, not shown to readers."),
        click.argument("item", required=False),
        click.argument("article"),
    ):
        command = option(command)
    return command


def _ending(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--until", type=Time(), help="When it ends: an ISO time with its zone."),
        click.option("--for", "lasting", type=Span(), help="How long it holds, such as 6h or 14d."),
    ):
        command = option(command)
    return command


@related.command()
@_deciding
@_ending
@click.option("--position", type=click.IntRange(1, 50), default=1, show_default=True, help="Its place on the list.")
def pin(
    article: str, item: str | None, *, position: int, until: datetime | None, lasting: timedelta | None, why: str,
    by: str, force: bool,
) -> None:  # fmt: skip
    r"""Put ITEM on ARTICLE's list; without ITEM, ARTICLE on every list, for 24 hours unless you say how long.

    A pin may repeat a story, be off topic or be sponsored, and its reason says "pilihan redaksi". A removed article,
    one published later, and one that is blocked stay out all the same: the next best takes the place. Every list has
    it after at most WARTA_RECOMMENDER_VALIDITY_SECONDS: the swept ones come in their turn.

    \b
    ./warta related pin https://example.org/a https://example.org/b --position 2
    ./warta related pin https://example.org/election-night --for 6h --by desk
    """
    ends = _end(until, lasting) or (None if item else utcnow() + PIN_EVERYWHERE_FOR)
    if position > (size := load(RecommenderSettings).size):
        click.echo(f"note: stored lists have {size} places, so nobody sees place {position} there", err=True)
    _decide("pin", article, item, force=force, valid_until=ends, position=position, why=why, by=by)


@related.command()
@_deciding
@_ending
def block(
    article: str, item: str | None, *, until: datetime | None, lasting: timedelta | None, why: str, by: str, force: bool
) -> None:
    r"""Keep ITEM off ARTICLE's list; without ITEM, ARTICLE off every list. The next best takes its place.

    \b
    ./warta related block https://example.org/a https://example.org/b
    ./warta related block https://example.org/b --until 2024-10-09T00:00:00+07:00 --why "under correction"
    """
    _decide("block", article, item, force=force, valid_until=_end(until, lasting), why=why, by=by)


@related.command()
@_deciding
def release(article: str, item: str | None, *, why: str, by: str, force: bool) -> None:
    r"""Take back what was decided on ITEM on ARTICLE's list, or without ITEM on ARTICLE on every list.

    The two are apart: a release of one leaves the other. With --force also where no decision is known.

    \b
    ./warta related release https://example.org/a https://example.org/b
    """
    _decide("release", article, item, force=force, why=why, by=by)


@click.command()
@click.argument("article", required=False)
@click.option("--all", "ended_too", is_flag=True, help="Also those that have ended or were released.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def decisions(article: str | None, *, ended_too: bool, as_json: bool) -> None:
    r"""List what editors have decided, newest first: on ARTICLE's list and on every list, or without ARTICLE all.

    Says of a pin when no reader sees its article: it is removed, say.

    \b
    ./warta related decisions --all --json
    """

    async def run() -> None:
        lists = [wanted_id(article), EVERYWHERE] if article else []
        async with elastic.client(load(ElasticsearchSettings)) as client:
            found = await asked(decided(client, lists=lists, now=None if ended_too else utcnow()))
            pins = Decisions(pins=tuple(one for one in found if one.decision == "pin"))
            out = {one.article_id for one in await asked(pinned(client, pins, now=utcnow()))}
        for one in found:
            unseen = one.decision == "pin" and one.item_id not in out
            note = "  not shown: removed, not published yet, or unknown" if unseen else ""
            click.echo(msgspec.json.encode(one) if as_json else _row(one) + note)
        if not found and not as_json:
            click.echo("nothing is decided")
        if len(found) == MOST:
            click.echo(f"only the newest {MOST:,}", err=True)

    quiet_run(run())


related.add_command(decisions)
related.add_command(decisions, "list")


@related.command()
def restore() -> None:
    """Fill the index related-decisions again from the topic related.decisions, after the index was lost.

    Harmless at any time: what is kept is the last decision on each pair. Lists follow as they are renewed.
    """

    async def run() -> None:
        async with elastic.client(load(ElasticsearchSettings)) as client:
            count = await asked(restore_decisions(client, load(KafkaSettings)))
        click.echo(f"decided pairs: {count:,}")

    quiet_run(run())


def _end(until: datetime | None, lasting: timedelta | None) -> datetime | None:
    if until and lasting:
        raise click.UsageError("give --until or --for, not both")
    now = utcnow()
    if until and until <= now:
        raise click.UsageError("--until is in the past")
    return now + lasting if lasting else until


def _decide(decision: Decision, article: str, item: str | None, *, force: bool, **fields: Any) -> None:
    on, about = (wanted_id(article), wanted_id(item)) if item else (EVERYWHERE, wanted_id(article))
    if on == about:
        raise click.UsageError("an article is never on its own list: give two, or one alone for every list")

    async def run() -> None:
        async with _Desk() as desk:
            if not force:
                await desk.check(decision, on, about, names={on: article, about: item or article})
            event = await desk.decide(
                RelatedDecided(article_id=on, item_id=about, decision=decision, decided_at=utcnow(), **fields)
            )
            click.echo(_row(event))

    quiet_run(run())


class _Desk:
    """Where decisions are made: what is known of them in Elasticsearch, and the way to Kafka."""

    def __init__(self) -> None:
        self._client: AsyncElasticsearch = elastic.client(load(ElasticsearchSettings))
        self._publisher = Publisher("editors", load(KafkaSettings), load(DeliverySettings))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._publisher.stop()
        await self._client.close()

    async def check(self, decision: Decision, on: str, about: str, *, names: dict[str, str]) -> None:
        """Raise `WartaError` for what would have no effect, or not the one that is meant."""
        if decision == "release":
            kept = await asked(last(self._client, f"{on}|{about}"))
            if kept is None or kept.decision == "release":
                raise WartaError("nothing is decided there: `./warta related decisions` lists what is")
            return
        for one in {on, about} - {EVERYWHERE}:
            if await asked(fetch(self._client, one)) is None:
                raise WartaError(
                    f"no article {names[one]} in the index: `./warta search` finds what is there; "
                    "--force decides all the same, for when it comes"
                )
        holding = await asked(decided(self._client, lists=[on, EVERYWHERE], now=utcnow()))
        if sum(one.article_id == on for one in holding) >= MOST // 2:
            raise WartaError(f"{MOST // 2:,} decisions hold there already: release some first")
        if decision == "pin" and any(
            one.decision == "block" and one.item_id == about and one.article_id != on for one in holding
        ):
            click.echo("note: it is blocked on every list, and a block wins over a pin: release that first", err=True)

    async def decide(self, event: RelatedDecided) -> RelatedDecided:
        """Publish the decision, later than the one that it replaces whatever the clocks say."""
        kept = await asked(last(self._client, event.key))
        if kept and kept.decided_at >= event.decided_at:
            if kept.decided_at > event.decided_at + CLOCKS_DIFFER:
                click.echo(
                    f"note: by this clock the last decision there is yet to come, at {kept.decided_at}", err=True
                )
            event = msgspec.structs.replace(event, decided_at=kept.decided_at + _TICK)
        await self._publisher.start()
        await self._publisher.publish(Outgoing(topic=RELATED_DECISIONS, key=event.key, event=event))
        return event


def _row(one: RelatedDecided) -> str:
    where = "every list" if one.article_id == EVERYWHERE else f"the list of {one.article_id}"
    parts = [f"{_SAID[one.decision]} {one.item_id} on {where}"]
    if one.decision == "pin":
        parts.append(f"at place {one.position}")
    if one.valid_until:
        parts.append(f"until {one.valid_until:%Y-%m-%dT%H:%M:%SZ}")
    said = ", ".join(_clean(text) for text in (one.by, one.why) if text)
    return " ".join(parts) + f"  ({one.decided_at:%Y-%m-%dT%H:%M:%SZ}{', ' + said if said else ''})"


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
