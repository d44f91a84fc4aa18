"""Reads a labelled set from JSON lines. An error names the file, the line and the field."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import TypeVar

import msgspec

from operations.evaluate.labels import LabelledArticle, LabelledSet, Labels
from shared.errors import WartaError
from shared.events import RelatedMode

LONGEST_ID = 512  # bytes; Elasticsearch's limit
GZIP = b"\x1f\x8b"
S = TypeVar("S")


class _ArticleLine(msgspec.Struct):
    id: str | int
    title: str | None
    body: str | list[str] | None
    published_at: str | None = None
    topics: list[str] | None = None
    site: str | None = None
    section: str | None = None
    url: str | None = None
    lead: str | None = None
    language: str | None = None


class _LabelsLine(msgspec.Struct):
    query: str | int
    relevant: dict[str, float] | list[str | int]
    now: str | None = None
    mode: RelatedMode | None = None


class _Notes:
    """Counts what is unusual, and keeps where each kind came first."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def note(self, what: str, where: str) -> None:
        self._counts[what] += 1
        self._first.setdefault(what, where)

    def lines(self) -> tuple[str, ...]:
        return tuple(f"{count} × {what} (first: {self._first[what]})" for what, count in self._counts.items())


def read_set(articles: Path, labels: Path) -> LabelledSet:
    """The set of two files of JSON lines, gzipped or not.

    Raises `WartaError` for what can't be read, for an id with two different articles, and when no label is usable.
    """
    notes = _Notes()
    found = _articles(articles, notes)
    told = _labels(labels, found, notes)
    if not told:
        raise WartaError(f"{labels}: no line has a query that is an article in {articles}")
    return LabelledSet(name=articles.name, articles=tuple(found.values()), labels=told, warnings=notes.lines())


def write_set(labelled: LabelledSet, directory: Path) -> tuple[Path, Path]:
    """Write articles.jsonl.gz and labels.jsonl, as `read_set` reads them. Raises `OSError`."""
    directory.mkdir(parents=True, exist_ok=True)
    articles, labels = directory / "articles.jsonl.gz", directory / "labels.jsonl"
    articles.write_bytes(gzip.compress(b"\n".join(map(msgspec.json.encode, labelled.articles)) + b"\n", mtime=0))
    labels.write_bytes(b"\n".join(map(msgspec.json.encode, labelled.labels)) + b"\n")
    return articles, labels


def _articles(path: Path, notes: _Notes) -> dict[str, LabelledArticle]:
    found: dict[str, LabelledArticle] = {}
    places: dict[str, str] = {}
    for where, line in _lines(path, _ArticleLine):
        body = line.body or ""
        article = LabelledArticle(
            id=_id(line.id, where, "id"),
            title=line.title or "",
            body=body if isinstance(body, str) else tuple(body),
            published_at=_time(line.published_at, where, "published_at", notes),
            topics=tuple(line.topics or ()),
            site=line.site,
            section=line.section,
            url=line.url,
            lead=line.lead,
            language=line.language,
        )
        if article.published_at is None:
            notes.note("article without published_at: a candidate only at the set's latest time", where)
        if article.id in found:
            if found[article.id] != article:
                raise WartaError(f"{where}: `id` {article.id!r} is another article's, of {places[article.id]}")
            notes.note("article that is there twice: taken once", where)
        found[article.id] = article
        places.setdefault(article.id, where)
    if not found:
        raise WartaError(f"{path}: there are no articles")
    return found


def _labels(path: Path, articles: dict[str, LabelledArticle], notes: _Notes) -> tuple[Labels, ...]:
    told: dict[tuple[str, datetime | None, RelatedMode | None], Labels] = {}
    for where, line in _lines(path, _LabelsLine):
        query = _id(line.query, where, "query")
        given = line.relevant if isinstance(line.relevant, dict) else {str(one): 1.0 for one in line.relevant}
        for id_, gain in given.items():
            if not isfinite(gain) or gain < 0:
                raise WartaError(f"{where}: `relevant`: the gain of {id_!r} is {gain}; it must be 0 or more")
            if id_ not in articles:
                notes.note("relevant id that is no article: left out", where)
        labels = Labels(
            query=query, relevant={id_: gain for id_, gain in given.items() if gain > 0 and id_ in articles},
            now=_time(line.now, where, "now", notes), mode=line.mode,
        )  # fmt: skip
        if query not in articles:
            notes.note("query that is no article: left out", where)
            continue
        if labels.now is None and articles[query].published_at is None:
            raise WartaError(f"{where}: `now` is needed, for the query {query!r} has no published_at")
        if (key := (query, labels.now, labels.mode)) in told:
            if told[key] != labels:
                raise WartaError(f"{where}: `query` {query!r} has other labels above, for the same `now` and `mode`")
            notes.note("labels that are there twice: taken once", where)
        told[key] = labels
    return tuple(told.values())


def _lines(path: Path, kind: type[S]) -> Iterator[tuple[str, S]]:
    decoder = msgspec.json.Decoder(kind)
    try:
        with path.open("rb") as probe:
            zipped = probe.read(2) == GZIP
        with gzip.open(path) if zipped else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                where = f"{path} line {number}"
                if not line.strip():
                    continue
                try:
                    yield where, decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise WartaError(f"{where}: {error}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise WartaError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from None


def _id(value: str | int, where: str, field: str) -> str:
    text = str(value)
    if not 0 < len(text.encode()) <= LONGEST_ID:
        raise WartaError(f"{where}: `{field}` must have 1 to {LONGEST_ID} bytes")
    return text


def _time(value: str | None, where: str, field: str, notes: _Notes) -> datetime | None:
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise WartaError(
            f"{where}: `{field}` is {value[:60]!r}, which is no time such as 2024-06-01T10:30:00Z"
        ) from None
    if time.tzinfo is None:
        notes.note(f"`{field}` without a zone: taken as UTC", where)
        return time.replace(tzinfo=UTC)
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise WartaError(f"{where}: `{field}` is {value[:60]!r}, which is outside of the years 1 to 9999") from None
