"""`warta import`: pages from files to pages.fetched; the services do the rest."""

import asyncio
import itertools
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from cli.files import InputError
from cli.import_warc import import_warcs
from cli.pages import chosen, page_options
from cli.parameters import Site
from cli.quiet import quiet_run
from operations.warc.batches import outgoing
from operations.warc.exporting import UNFINISHED
from operations.warc.importing import STANDARD_INPUT
from operations.warc.records import is_warc
from shared.articles import article_id
from shared.delivery import Publisher
from shared.errors import DeadLetter
from shared.events import PageFetched
from shared.settings import DeliverySettings, KafkaSettings, load

SENT_AT_ONCE = 50
ZSTD_FRAMES = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
WARC_ENDINGS = (".warc", ".warc.gz", ".wet", ".wet.gz")


@click.command("import")
@page_options
@click.option("--site", "sites", multiple=True, type=Site(), metavar="HOST",
              help="Of WARC files, only pages of this host or below it; may be given several times.")  # fmt: skip
@click.option("--restart", is_flag=True, help="Begin WARC files anew, even where an import of them was interrupted.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
def import_(
    *, files: tuple[str, ...], manifest: str | None, url: str | None, content_type: str | None,
    fetched_at: datetime | None, sites: tuple[str, ...], restart: bool,
) -> None:  # fmt: skip
    r"""Send pages from files to pages.fetched, as if fetched at a given time; the services do the rest.

    FILE is one page with its --url, or it is WARC or WET files, plain or gzipped (`-` reads one from standard input).
    To import again is harmless: same id, same version.

    Of a WARC file, HTML and text that came with status 200 are imported, fetched when the record says; all other
    records are counted. It waits where the crawler would, when the services are too far behind. How far it is stands
    beside each file until all are done: after Ctrl-C the same command goes on. One command a file uses more cores.

    \b
    ./warta import page.txt --content-type text/plain --url https://example.org/a --fetched-at 2024-10-08T10:30:00Z
    ./warta import CC-NEWS-*.warc.gz --site tempo.co
    """
    if files and (len(files) > 1 or _is_warc(files[0])):
        if manifest is not None or url is not None or content_type is not None or fetched_at is not None:
            raise click.UsageError("one page has --url, --content-type and --fetched-at; WARC files have them inside")
        if others := [name for name in files if not _is_warc(name)]:
            raise click.UsageError(f"{others[0]} is no WARC file; pages come one by one, or by --manifest")
        import_warcs(files, sites=sites, restart=restart)
        return
    if sites or restart:
        raise click.UsageError("--site and --restart are for WARC files")
    _import_pages(chosen(Path(files[0]) if files else None, manifest, url, content_type, fetched_at))


def _is_warc(name: str) -> bool:
    """By its name, or else by how it begins. Raises `click.UsageError` for what an export or a packer left."""
    if name.lower().endswith(UNFINISHED):
        raise click.UsageError(f"{name} is of an export that was cut short: `warta export` writes it anew")
    if name == STANDARD_INPUT or name.lower().endswith(WARC_ENDINGS):
        return True
    try:
        with Path(name).open("rb") as file:
            if ZSTD_FRAMES.match(file.read(4)):
                raise click.UsageError(f"{name} is packed by zstd, which isn't read: unpack it with `zstd -d`")
            file.seek(0)
            return is_warc(file)
    except (OSError, ValueError):
        return False


def _import_pages(pages: Iterable[PageFetched | InputError]) -> None:
    failures = 0

    async def run() -> None:
        nonlocal failures
        publisher = Publisher("import", load(KafkaSettings), load(DeliverySettings))
        await publisher.start()
        try:
            remaining = iter(pages)
            while part := list(itertools.islice(remaining, SENT_AT_ONCE)):
                for line in await asyncio.gather(*(_send(publisher, page) for page in part)):
                    failures += not line
                    if line:
                        click.echo(line)
        finally:
            await publisher.stop()

    quiet_run(run())
    if failures:
        raise click.ClickException(f"{failures} page(s) were not imported: see above")


async def _send(publisher: Publisher, page: PageFetched | InputError) -> str:
    """The line to print once it is acknowledged; empty, and said, when it can't be sent."""
    try:
        if isinstance(page, InputError):
            raise page
        sent = await publisher.publish(outgoing(page))
    except (InputError, DeadLetter) as error:
        click.echo(f"not imported: {error}", err=True)
        return ""
    return f"imported {page.url} article_id={article_id(page.url)} trace.id={sent.trace_id}"
