"""A file's pages in batches of bounded size, with the end of every record. No Kafka here: it runs in a thread."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import msgspec

from operations.dead_letters import of_sites
from operations.warc.decoded import Position
from operations.warc.pages import NoPageError, page_of, wanted
from operations.warc.records import Damage, Record, read_records
from operations.warc.seen import Seen
from shared.codec import event_id
from shared.delivery import Outgoing
from shared.events import PageFetched
from shared.topics import MIB, PAGES_FETCHED
from shared.urls import host_of

IMPORTED, UNREADABLE = "imported", "unreadable"
# Ends of what should have been a page.
FAULTS = frozenset({UNREADABLE, "broken", "unsupported encoding", "bad url", "bad date"})
MOST_PAGES, MOST_BYTES = 200, 16 * MIB
MOST_SECONDS = 2.0


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A record that can't be read. `early`: the file ends within it."""

    offset: int
    why: str
    early: bool = False


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Pages to send, and how the other records ended; all that lies before `reached`."""

    pages: tuple[Outgoing, ...]
    ends: Counter[str]
    broken: tuple[Broken, ...]
    reached: Position


def root_of(page: PageFetched) -> str:
    """What the id of an imported page is made of: the same whenever it is imported."""
    return f"import {page.url} {page.fetched_at.isoformat()}"


def outgoing(page: PageFetched) -> Outgoing:
    """A page on its way to the parser."""
    return Outgoing(topic=PAGES_FETCHED, key=page.url, event=page, root=root_of(page))


def batches(
    file: BinaryIO, start: Position | None, *, now: datetime, seen: Seen, sites: tuple[str, ...] = ()
) -> Iterator[Batch]:
    """Batches up to the end of the file, or of what can be read of it."""
    pages: list[Outgoing] = []
    ends: Counter[str] = Counter()
    broken: list[Broken] = []
    size = 0
    began = time.monotonic()
    for found in read_records(file, start, keep=wanted):
        reached = found.end or found.begin
        if isinstance(found, Damage):
            broken.append(Broken(offset=found.begin.offset, why=found.why, early=found.early))
            ends[UNREADABLE] += not found.early  # what is yet to come may still be read
        else:
            try:
                page = _page(found, now, seen, sites)
            except NoPageError as error:
                ends[error.end] += 1
                if error.broken:
                    broken.append(Broken(offset=found.begin.offset, why=f"{error.end}: {error.why}"))
            else:
                pages.append(outgoing(page))
                size += len(page.body)
        if len(pages) >= MOST_PAGES or size >= MOST_BYTES or time.monotonic() - began > MOST_SECONDS:
            yield Batch(pages=tuple(pages), ends=ends, broken=tuple(broken), reached=reached)
            pages, ends, broken, size, began = [], Counter(), [], 0, time.monotonic()
    if pages or ends or broken:
        yield Batch(pages=tuple(pages), ends=ends, broken=tuple(broken), reached=reached)


def _page(record: Record, now: datetime, seen: Seen, sites: tuple[str, ...]) -> PageFetched:
    page = page_of(record, now=now)
    if sites and not of_sites(host_of(page.url), sites):
        raise NoPageError("other site")
    if seen.again(event_id(page.TYPE, root_of(page), 0)):
        raise NoPageError("duplicate")
    return page
