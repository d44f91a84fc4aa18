"""Pages from files: one by options, or many by a manifest of JSON lines."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from shared.articles import UtcTime
from shared.clock import utcnow
from shared.errors import WartaError
from shared.events import PageFetched
from shared.topics import MAX_PAGE_BYTES
from shared.urls import BadUrlError, canonical_url

HTML = "text/html"
MAX_LINE_BYTES = 1 << 20
EPOCH = datetime.fromtimestamp(0, UTC)


class InputError(WartaError):
    """A file or a manifest's line that can't be used; the message says which and why."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest's line. `path` is looked for from here, then from beside the manifest."""

    path: str
    url: str
    content_type: str = HTML
    fetched_at: UtcTime | None = None


def read_page(path: Path, *, url: str, content_type: str, fetched_at: datetime | None) -> PageFetched:
    """The page in a file, as if fetched. Raises `InputError`."""
    shown = _shown(path)
    try:
        with path.open("rb") as file:
            body = file.read(MAX_PAGE_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: no name that a file can have
        raise InputError(f"can't read {shown}: {getattr(error, 'strerror', None) or error}") from None
    if len(body) > MAX_PAGE_BYTES:
        raise InputError(f"{shown} has more than the {MAX_PAGE_BYTES} bytes that a page may have")
    try:
        canonical = canonical_url(url)
    except BadUrlError as error:
        raise InputError(f"the URL {url[:200]!r} of {shown}: {error}") from None
    return PageFetched(
        url=canonical, fetched_at=_checked(fetched_at, shown) if fetched_at else utcnow(), content_type=content_type,
        body=body, found_by="import",
    )  # fmt: skip


def _checked(fetched_at: datetime, shown: str) -> datetime:
    """The time in UTC: versions count from 1970."""
    try:
        moment = fetched_at.astimezone(UTC)
    except OverflowError:
        moment = datetime.min.replace(tzinfo=UTC)
    if moment < EPOCH:
        raise InputError(f"the fetched_at {fetched_at.isoformat()} of {shown}: no page was fetched then")
    return moment


def _shown(path: Path) -> str:
    """The end of a path, for a message that can be written as UTF-8 whatever its bytes are."""
    return str(path)[-200:].encode(errors="backslashreplace").decode()


def read_manifest(manifest: str) -> Iterator[PageFetched | InputError]:
    """A page, or why there is none, for each line; `-` is standard input.

    Raises `InputError` if there is no manifest.
    """
    if manifest == "-":
        yield from _pages(sys.stdin.buffer, Path())
        return
    try:
        lines = Path(manifest).open("rb")  # noqa: SIM115 - closed below
    except (OSError, ValueError) as error:
        raise InputError(f"can't read the manifest {manifest}: {getattr(error, 'strerror', None) or error}") from None
    with lines:
        yield from _pages(lines, Path(manifest).resolve().parent)


def _pages(lines: BinaryIO, folder: Path) -> Iterator[PageFetched | InputError]:
    decoder = msgspec.json.Decoder(Entry)
    for number, line in enumerate(_lines(lines), 1):
        if isinstance(line, InputError) or line.strip():
            yield _page(line, number, decoder, folder)


def _page(
    line: bytes | InputError, number: int, decoder: msgspec.json.Decoder[Entry], folder: Path
) -> PageFetched | InputError:
    try:
        if isinstance(line, InputError):
            raise line
        entry = decoder.decode(line)
        return read_page(
            _found(entry.path, folder), url=entry.url, content_type=entry.content_type, fetched_at=entry.fetched_at
        )
    except (InputError, ValueError, RecursionError) as error:  # ValueError: neither JSON nor UTF-8, or another shape
        return InputError(f"line {number} of the manifest: {error}")


def _lines(lines: BinaryIO) -> Iterator[bytes | InputError]:
    """Each line, or why it can't be had; never more than `MAX_LINE_BYTES` are kept."""
    try:
        while line := lines.readline(MAX_LINE_BYTES):
            if len(line) < MAX_LINE_BYTES or line.endswith(b"\n"):
                yield line
                continue
            while line and not line.endswith(b"\n"):
                line = lines.readline(MAX_LINE_BYTES)
            yield InputError(f"longer than {MAX_LINE_BYTES} bytes")
    except OSError as error:
        yield InputError(f"can't read on: {error.strerror}")


def _found(path: str, folder: Path) -> Path:
    """The file, from here or from beside the manifest. Only a regular one: a pipe would wait for ever."""
    found = Path(path) if os.path.exists(path) else folder / path  # noqa: PTH110 - Path.exists raises for odd names
    if os.path.exists(found) and not os.path.isfile(found):  # noqa: PTH110, PTH113
        raise InputError(f"can't read {_shown(found)}: it is no regular file")
    return found


def parse_time(text: str) -> datetime:
    """An ISO 8601 time with its zone (`2024-10-08T10:30:00Z`). Raises `InputError`."""
    try:
        return msgspec.convert(text, UtcTime)
    except msgspec.ValidationError:
        raise InputError(f"{text!r} is no ISO 8601 time with a zone, such as 2024-10-08T10:30:00+07:00") from None
