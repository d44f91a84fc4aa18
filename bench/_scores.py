"""How near to the labels what was read from the pages is."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote, urlsplit

import msgspec

from bench._pages import Labelled
from shared.urls import canonical_url

_WORD = re.compile(r"\w+")
_SIZE = re.compile(r"[-_]\d{2,4}(?:x\d{2,4})?$")
_ID = re.compile(r"[a-z0-9]{9,}")


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a contender reads from a page; None for a field that it doesn't read, or for all of a page it gave up."""

    body: str | None = None
    related_urls: tuple[str, ...] = ()
    title: str | None = None
    published_at: datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    image: str | None = None
    caption: str | None = None


def quality(pairs: list[tuple[Labelled, Read]]) -> dict[str, float | None]:
    """Body precision and recall are averages over pages, as that benchmark has them; names are counted over all."""
    bodies = [_overlap(shingles(read.body or ""), shingles(page.body)) for page, read in pairs]
    precision, recall = (sum(values) / len(pairs) for values in zip(*bodies, strict=True))
    titles = [(read.title or "").split() == page.title.split() for page, read in pairs if page.title]
    days = [_is_day(read.published_at, page.published_at) for page, read in pairs if page.published_at]
    minutes = [is_same_minute(read.published_at, page.published_at) for page, read in pairs if page.is_timed]
    images = [is_picture(read.image, page.image) for page, read in pairs if page.image]
    captions = [body_f1(read.caption or "", page.caption) for page, read in pairs if page.caption]
    authors = _names((page.authors, read.authors) for page, read in pairs)
    topics = _names((page.topics, read.topics) for page, read in pairs)
    related = _names((page.related, read.related) for page, read in pairs)
    links = _names((_addresses(page.related_urls), _addresses(read.related_urls) or ()) for page, read in pairs)
    return {
        "body F1": _f1(precision, recall),
        "body P": precision,
        "body R": recall,
        "title": _share(titles),
        "day": _share(days),
        "minute": _share(minutes),
        "author P": authors and authors[0],
        "author R": authors and authors[1],
        "topic F1": topics and _f1(*topics),
        "image": _share(images),
        "caption F1": sum(captions) / len(captions) if captions else None,
        "related F1": related and _f1(*related),
        "related P": related and related[0],
        "related R": related and related[1],
        "related URL F1": links and _f1(*links),
    }


def body_f1(found: str, wanted: str) -> float:
    """One page's F1 of 4-word shingles."""
    return _f1(*_overlap(shingles(found), shingles(wanted)))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words and how often each is there; all words where they are fewer."""
    words = _WORD.findall(text)
    return Counter(tuple(words[place : place + 4]) for place in range(max(len(words) - 3, 1))) if words else Counter()


def _overlap(found: Counter[tuple[str, ...]], wanted: Counter[tuple[str, ...]]) -> tuple[float, float]:
    """(precision, recall); what is empty on both sides is right."""
    both = (found & wanted).total()
    precision = both / found.total() if found else float(not wanted)
    return precision, both / wanted.total() if wanted else float(not found)


def _is_day(found: datetime | None, wanted: datetime) -> bool:
    return found is not None and found.astimezone(wanted.tzinfo).date() == wanted.date()


def is_same_minute(found: datetime | None, wanted: datetime | None) -> bool:
    return found is not None and wanted is not None and found.timestamp() // 60 == wanted.timestamp() // 60


def is_picture(found: str | None, wanted: tuple[str, ...]) -> bool:
    """Whether it is one of the picture's sizes: the file's name, or an id in the address, is the same."""
    return found is not None and any(
        _file(found) == _file(size) or bool(_picture_ids(found) & _picture_ids(size)) for size in wanted
    )


def overlap_of_names(found: Iterable[str], wanted: Iterable[str]) -> float:
    """How much of both is common, 0 to 1."""
    one, other = set(map(_folded, found)), set(map(_folded, wanted))
    return len(one & other) / max(len(one | other), 1)


def _file(address: str) -> str:
    return _SIZE.sub("", unquote(urlsplit(address).path).rstrip("/").rsplit("/", 1)[-1].partition(".")[0].lower())


def _picture_ids(address: str) -> set[str]:
    return {part for part in _ID.findall(unquote(address).lower()) if any(map(str.isdigit, part))}


def _names(pairs: Iterable[tuple[tuple[str, ...] | None, tuple[str, ...]]]) -> tuple[float, float] | None:
    right = said = wanted = labelled = 0
    for labels, names in pairs:
        if labels is None:
            continue
        one, other = {_folded(name) for name in names}, {_folded(name) for name in labels}
        right, said, wanted, labelled = right + len(one & other), said + len(one), wanted + len(other), labelled + 1
    return (right / max(said, 1), right / max(wanted, 1)) if labelled else None


def _addresses(urls: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """In their canonical form: the same article with and without a campaign's parameters."""
    return None if urls is None else tuple(canonical_url(url) for url in urls)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _share(right: list[bool]) -> float | None:
    return sum(right) / len(right) if right else None


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
