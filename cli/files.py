"""Pages from files: one by options, or many by a manifest of JSON lines."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

import msgspec

from shared.articles import UtcTime
from shared.clock import utcnow
from shared.errors import WartaError
from shared.events import PageFetched
from shared.topics import MAX_PAGE_BYTES
from shared.urls import BadUrlError, canonical_url


class InputError(WartaError):
    """A file or a manifest's line that can't be used; the message says which and why."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest's line. `path` is looked for from here, then from beside the manifest."""

    path: str
    url: str
    content_type: str = "text/html"
    fetched_at: UtcTime | None = None


def read_page(path: Path, *, url: str, content_type: str, fetched_at: datetime | None) -> PageFetched:
    """The page in a file, as if fetched. Raises `InputError`."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from None
    if len(body) > MAX_PAGE_BYTES:
        raise InputError(f"{path} has {len(body)} bytes; a page may have {MAX_PAGE_BYTES}")
    try:
        canonical = canonical_url(url)
    except BadUrlError as error:
        raise InputError(f"the URL {url[:200]!r} of {path}: {error}") from None
    return PageFetched(
        url=canonical, fetched_at=fetched_at or utcnow(), content_type=content_type, body=body, found_by="import"
    )


def read_manifest(manifest: str) -> Iterator[PageFetched | InputError]:
    """A page, or why there is none, for each line; `-` is standard input.

    Raises `InputError` if there is no manifest.
    """
    if manifest == "-":
        yield from _lines(sys.stdin, Path())
        return
    try:
        with Path(manifest).open(encoding="utf-8") as lines:
            yield from _lines(lines, Path(manifest).resolve().parent)
    except OSError as error:
        raise InputError(f"can't read the manifest {manifest}: {error.strerror}") from None


def _lines(lines: TextIO, folder: Path) -> Iterator[PageFetched | InputError]:
    decoder = msgspec.json.Decoder(Entry)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = decoder.decode(line)
            path = Path(entry.path)
            yield read_page(
                path if path.is_absolute() or path.exists() else folder / path,
                url=entry.url, content_type=entry.content_type, fetched_at=entry.fetched_at,
            )  # fmt: skip
        except msgspec.DecodeError as error:
            yield InputError(f"line {number} of the manifest: {error}")
        except InputError as error:
            yield error


def parse_time(text: str) -> datetime:
    """An ISO 8601 time with its zone (`2024-10-08T10:30:00Z`). Raises `InputError`."""
    try:
        return msgspec.convert(text, UtcTime)
    except msgspec.ValidationError:
        raise InputError(f"{text!r} is no ISO 8601 time with a zone, such as 2024-10-08T10:30:00+07:00") from None
