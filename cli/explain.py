"""`warta explain`: what became of one URL."""

import click
import msgspec

from cli.parameters import PageUrl
from cli.quiet import quiet_run
from operations.explain import Explained, age, explain, history
from services.crawler.revisits import Revisits
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import load_sites
from shared.clock import utcnow
from shared.settings import KafkaSettings, load

_COUNTED = {
    "calendar_pages": "lists by date of", "query_pages": "addresses with a query of", "linked_pages": "pages in all of",
}  # fmt: skip


@click.command("explain")
@click.argument("url", type=PageUrl())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_(url: str, as_json: bool) -> None:
    r"""Tell what became of URL: its requests, how each fetch ended and why, when it is due again, and the rules.

    Reads its host's part of the crawl's topics, which takes a while where much was crawled. The rules and the next
    visit are told by this command's own WARTA_CRAWLER_* settings: run it with the crawler's.

    \b
    ./warta explain https://example.org/berita/1
    """
    own = load(CrawlerSettings)
    sites = load_sites(own.sites)

    async def run() -> None:
        events = await history(load(KafkaSettings), url, lambda line: click.echo(line, err=True))
        found = explain(
            url, events, sites=sites, max_depth=own.max_depth, revisits=Revisits(own.revisit_ages), gone=own.gone_rules
        )
        click.echo(msgspec.json.encode(found) if as_json else as_text(found))

    quiet_run(run())


def as_text(found: Explained) -> str:
    """What people read."""
    now = utcnow()
    lines = [found.url, f"  host {found.host}, partition {found.partition} of crawl.requests"]
    if found.refused_as:
        lines.append(f"  under this site file a link to it is not followed: {found.refused_as}")
    lines += [f"  {step.at:%Y-%m-%d %H:%M:%S}  {step.what:11}{step.detail}".rstrip() for step in found.steps]
    if found.paused:
        lines.append(f"  its host is paused: `./warta resume {found.host}` lets it have its turns again")
    if found.unreachable_since:
        lines.append(
            f"  its host stopped to answer {age(found.unreachable_since, now)}; it is asked again within an hour"
        )
    if found.waiting:
        lines.append(f"  waiting to be fetched, asked for {age(min(found.waiting), now)}")
    elif not found.steps:
        lines.append("  nobody asked for it in what is kept: `./warta seed` or `./warta refetch` does")
    for budget in found.held_by:
        lines.append(
            f"  held back: links bring at most {budget.most:,} {_COUNTED[budget.setting]} {budget.owner} a day (UTC);"
            f" the next link to it may be followed in an hour, or tomorrow"
        )
        lines.append(
            f"  to lift that, raise `{budget.setting}` of its site in the site file, or name it in `trusted`;"
            f" `./warta refetch {found.url}` fetches it at once"
        )
    if found.next_visit:
        due = found.next_visit
        when = age(due, now) if due > now else "at its host's next free turn"
        lines.append(f"  looked at again {when}")
    elif found.steps and not found.waiting:
        lines.append("  not looked at again by itself: `./warta refetch` does")
    return "\n".join(lines)
