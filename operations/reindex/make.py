"""Records into documents, on several cores: to find out what an article is about takes some milliseconds each."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import msgspec

from operations.workers import processes
from services.indexer.document import document, stub
from shared import codec
from shared.clock import utcnow
from shared.codec import Headers
from shared.delivery import pure
from shared.documents import ArticleDocument
from shared.errors import DeadLetter
from shared.events import ArticleParsed, ArticleRemoved

CHUNK = 25


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of records, and of those that are no articles the place and why."""

    documents: list[ArticleDocument]
    unreadable: list[str]


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it travels to another process; `place` is topic/partition/offset."""

    place: str
    headers: Headers
    value: bytes | None


class Maker:
    """`await make(records)`, spread over the processes of a pool."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    async def make(self, records: Sequence[Any]) -> Made:
        """The documents of Kafka's `records`, in their order."""
        raw = [
            Raw(place=f"{r.topic}/{r.partition}/{r.offset}", headers=list(r.headers or ()), value=r.value)
            for r in records
        ]
        chunks = [raw[at : at + CHUNK] for at in range(0, len(raw), CHUNK)]
        loop = asyncio.get_running_loop()
        made = await asyncio.gather(*(loop.run_in_executor(self._pool, make, chunk) for chunk in chunks))
        return Made(
            documents=[one for part in made for one in part.documents],
            unreadable=[one for part in made for one in part.unreadable],
        )


@contextmanager
def maker(workers: int) -> Iterator[Maker]:
    """A pool of `workers` processes, none of which outlives this one."""
    with processes(workers) as pool:
        yield Maker(pool)


def make(records: Sequence[Raw]) -> Made:
    """What the indexer makes of each record."""
    made = Made(documents=[], unreadable=[])
    for record in records:
        try:
            made.documents.append(_document(record))
        except DeadLetter as why:
            made.unreadable.append(f"{record.place}: {why.reason}")
    return made


def _document(record: Raw) -> ArticleDocument:
    event = codec.decode(record.headers, record.value).event
    if isinstance(event, ArticleParsed):
        return pure(document, event, indexed_at=utcnow())
    if isinstance(event, ArticleRemoved):
        return pure(stub, event, indexed_at=utcnow())
    raise DeadLetter("wrong_type", f"{event.TYPE} doesn't belong into articles.parsed")
