"""`warta gone`: the removals that the crawler holds back, and a person's word on them."""

from itertools import groupby

import click
import msgspec

from cli.parameters import Site
from cli.quiet import quiet_run
from cli.seed import ask_of_hosts
from operations.explain import age
from operations.held_removals import HeldRemoval, held_removals
from shared.clock import utcnow
from shared.settings import KafkaSettings, load
from shared.urls import host_of

_SHOWN = 5
_WHY = {"held": "its host looks sick", "capped": "its host has had as many removed as an hour may have"}


@click.group()
def gone() -> None:
    r"""Articles whose pages are gone: the crawler removes them, but not while their host looks sick.

    A page that is gone is looked at again (WARTA_CRAWLER_GONE_SECONDS); gone each time, its article leaves the index
    and every list. Where too much of a host is gone at once, nothing is removed until a person confirms it, or the
    pages are back. Single articles: `./warta remove URL --reason gone`.
    """


@gone.command("list")
@click.option("--all", "show_all", is_flag=True, help=f"Name every page, not {_SHOWN} of each host.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a page.")
def list_(show_all: bool, as_json: bool) -> None:
    r"""List what is held back, by host, and why. Reads all of crawl.outcomes.

    \b
    ./warta gone list
    """

    async def run() -> None:
        found = await held_removals(load(KafkaSettings), lambda line: click.echo(line, err=True))
        if as_json:
            for one in found:
                click.echo(msgspec.json.encode(one))
        else:
            click.echo(_text(found, most=len(found) if show_all else _SHOWN))

    quiet_run(run())


@gone.command()
@click.argument("hosts", nargs=-1, required=True, type=Site())
def confirm(hosts: tuple[str, ...]) -> None:
    r"""Say that what is gone of HOSTS is really gone: held pages are asked for once more, and removed if still gone.

    It holds for 24 hours, for pages that turn out gone meanwhile too. A page that is there again stays.

    \b
    ./warta gone confirm www.contoh.co.id
    """
    ask_of_hosts(hosts, "confirm_gone")


def _text(found: list[HeldRemoval], *, most: int) -> str:
    if not found:
        return "no removal is held back"
    now, lines = utcnow(), []
    for host, group in groupby(sorted(found, key=lambda one: host_of(one.url)), key=lambda one: host_of(one.url)):
        pages = list(group)
        first = min(one.since for one in pages)
        why = ", ".join(_WHY[reason] for reason in sorted({one.why for one in pages}))
        lines.append(f"{host}: {len(pages)} held back since {age(first, now)}: {why}")
        lines += [f"  {one.url}  (status {one.status}, last {age(one.last, now)})" for one in pages[:most]]
        if len(pages) > most:
            lines.append(f"  ... and {len(pages) - most} more: --all")
        lines.append(f"  really gone? `./warta gone confirm {host}`")
    return "\n".join(lines)
