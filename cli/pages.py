"""`warta parse`: pages from files; and the options that it shares with `warta import`."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from cli.files import HTML, InputError, parse_time, read_manifest, read_page
from cli.pace import Pace
from cli.quiet import quiet_run
from services.parser.pool import ParserPool
from services.parser.settings import ParserSettings
from shared.errors import DeadLetter, Skip
from shared.events import PageFetched
from shared.settings import load

# Pages in work or waiting for a line before theirs: enough that one that hangs leaves no process idle.
AHEAD_PER_JOB = 16


class Time(click.ParamType):
    """An ISO 8601 time with its zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse, or fail with the reason."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_time(str(value))
        except InputError as error:
            self.fail(str(error), param, ctx)


def page_options(command: Any) -> Any:
    """The options that `parse` and `import` share."""
    for option in (
        click.option("--fetched-at", type=Time(), help="When it was fetched: relative times count from it."),
        click.option("--url", help="The page's URL; needed with FILE."),
        click.option("--content-type", show_default=HTML, help="As the server said it."),
        click.option("--manifest", metavar="FILE", help="Many pages: a JSON object a line with path, "
                     "url, content_type, fetched_at. `-` reads standard input."),
    ):  # fmt: skip
        command = option(command)
    return command


def chosen(
    file: Path | None, manifest: str | None, url: str | None, content_type: str | None, fetched_at: datetime | None
) -> Iterable[PageFetched | InputError]:
    """The pages that the options name. Raises `click.UsageError` for options that don't go together."""
    if (file is None) == (manifest is None):
        raise click.UsageError("give one FILE, or --manifest FILE for many")
    if manifest is not None:
        if url is not None or content_type is not None or fetched_at is not None:
            raise click.UsageError("with --manifest each line has its own url, content_type and fetched_at")
        return read_manifest(manifest)
    assert file is not None
    if not url:
        raise click.UsageError("FILE needs its --url: article ids are made of it")
    return [read_page(file, url=url, content_type=content_type or HTML, fetched_at=fetched_at)]


@click.command()
@page_options
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1, show_default=True, help="Processes.")
def parse(
    file: Path | None, manifest: str | None, url: str | None, content_type: str | None, fetched_at: datetime | None,
    jobs: int,
) -> None:  # fmt: skip
    r"""Parse pages from files to JSON, without any server.

    Prints one JSON object a line for each page, in order: the article, {"skip": reason} or {"dead_letter": reason}.

    \b
    ./warta parse page.html --url https://example.org/a --fetched-at 2024-10-08T10:30:00Z
    ./warta parse --manifest pages.jsonl --jobs 4
    """
    pages = chosen(file, manifest, url, content_type, fetched_at)
    single = file is not None

    async def run() -> None:
        pool = ParserPool(load(ParserSettings).pool(workers=1 if single else jobs))
        await pool.start()
        try:
            pace, done = Pace("parsed"), 0
            async for result in _in_order(pool, pages, ahead=AHEAD_PER_JOB * jobs):
                sys.stdout.buffer.write(result + b"\n")
                pace(done := done + 1)
            sys.stdout.buffer.flush()
        finally:
            await pool.stop()

    quiet_run(run())


async def _in_order(pool: ParserPool, pages: Iterable[PageFetched | InputError], *, ahead: int) -> AsyncIterator[bytes]:
    async def one(page: PageFetched | InputError) -> bytes:
        try:
            if isinstance(page, InputError):
                return msgspec.json.encode({"dead_letter": "unreadable_input", "detail": str(page)})
            return msgspec.json.encode((await pool.parse(page)).article)
        except Skip as skip:
            detail = {"canonical_url": skip.canonical_url} if skip.canonical_url else {}
            return msgspec.json.encode({"skip": skip.reason, **detail})
        except DeadLetter as letter:
            return msgspec.json.encode({"dead_letter": letter.reason, "detail": letter.detail})

    tasks: deque[asyncio.Task[bytes]] = deque()
    for page in pages:
        tasks.append(asyncio.create_task(one(page)))
        if len(tasks) >= ahead:
            yield await tasks.popleft()
    while tasks:
        yield await tasks.popleft()
