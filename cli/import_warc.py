"""`warta import` of WARC and WET files: progress, and what every record came to."""

import time
from collections.abc import Sequence

import click

from cli.pace import EVERY_SECONDS, Repeated
from cli.quiet import quiet_run
from cli.stopping import stopping_by_signal
from operations.warc.batches import FAULTS, Broken
from operations.warc.importing import Import, Reached, Servers
from services.crawler.settings import CrawlerSettings
from shared.settings import DeliverySettings, KafkaSettings, load

MOST_TOLD = 20


def import_warcs(files: Sequence[str], *, sites: tuple[str, ...], restart: bool) -> None:
    """Import them all, and end with an error where something was broken or is yet to be done."""
    servers = Servers(kafka=load(KafkaSettings), delivery=load(DeliverySettings), crawler=load(CrawlerSettings))
    job = Import(
        servers, sites=sites, restart=restart, told=_Told(), report=_Progress(), warn=Repeated()
    )  # fmt: skip

    async def run() -> None:
        try:
            await job.run(files, stopping_by_signal("the batch at hand"))
        finally:
            _sum_up(job)

    quiet_run(run())
    faults = sum(job.ends[end] for end in FAULTS)
    if job.unfinished:
        raise click.ClickException(f"not finished: the same command goes on with {', '.join(job.unfinished)}")
    if faults:
        raise click.ClickException(f"{faults} record(s) can't be read: see above")


def _sum_up(job: Import) -> None:
    if not job.ends:
        return
    click.echo(f"{'became':34}{'records':>9}")
    for end, count in sorted(job.ends.items()):
        click.echo(f"{end:34}{count:>9}")
    click.echo(f"{'all':34}{job.ends.total():>9}")


class _Told:
    """Names what can't be read, but not without end."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, name: str, broken: Broken) -> None:
        self._count += 1
        if self._count <= MOST_TOLD or broken.early:
            where = f"{name}: the record at byte {broken.offset:,}"
            what = "all before it is imported" if broken.early else "passed over"
            click.echo(f"{where}: {broken.why}; {what}", err=True)
        elif self._count == MOST_TOLD + 1:
            click.echo("more can't be read: the summary counts them", err=True)


class _Progress:
    """A line every few seconds, with the rate of this file and how long it will take."""

    def __init__(self) -> None:
        self._first: Reached | None = None
        self._began = self._said = time.monotonic()

    def __call__(self, reached: Reached) -> None:
        now = time.monotonic()
        first = self._first
        if first is None or first.name != reached.name:
            self._first, self._began, self._said = reached, now, now
            return
        if now - self._said < EVERY_SECONDS:
            return
        self._said = now
        took = now - self._began
        line = f"{reached.name}: {reached.records:,} records ({(reached.records - first.records) / took:,.0f}/s)"
        if reached.size:
            line += f", {reached.offset / reached.size:.0%} of {reached.size / 1e6:,.0f} MB"
            if (speed := (reached.offset - first.offset) / took) > 0:
                line += f", about {_spoken((reached.size - reached.offset) / speed)} remain"
        else:
            line += f", {reached.offset / 1e6:,.0f} MB"
        click.echo(line, err=True)


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
