"""Reuters-21578 as labelled sets: two articles belong together when they share a topic code.

`earn` and `acq` are no labels: half of all articles have one of them. The codes are not given as the articles' topics.
"""

import gzip
import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from operations.evaluate.labels import LabelledArticle, LabelledSet, Labels

NO_LABELS = frozenset({"earn", "acq"})
WARM_UP = 3  # the first third, by time, asks nothing
FRESH = timedelta(days=7)
MOMENTS = 12
MOST_FRESH = 1000
_ITEM = re.compile(r"<REUTERS([^>]*)>(.*?)</REUTERS>", re.DOTALL)
_TIME = re.compile(r"<DATE>\s*(\d+-[A-Z]{3}-\d{4}\s+\d\d:\d\d:\d\d)(\.\d+)?")
_TOPICS = re.compile(r"<TOPICS>(.*?)</TOPICS>", re.DOTALL)
_ONE = re.compile(r"<D>(.*?)</D>")
_TITLE = re.compile(r"<TITLE>(.*?)</TITLE>", re.DOTALL)
_BODY = re.compile(r"<BODY>(.*?)</BODY>", re.DOTALL)
_NEW_ID = re.compile(r'NEWID="(\d+)"')
_END = re.compile(r"\s*(?:reuter)?\s*\x03?\s*\Z", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n(?= {2,}\S)|\n\s*\n")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An article and the topic codes that label it."""

    article: LabelledArticle
    at: datetime
    codes: frozenset[str]


def reuters(folder: Path) -> LabelledSet:
    """Topics over time: the relevant of an article are the earlier ones with a code of its own.

    All after the first third ask at their own time, if they have a code that an earlier one has.
    """
    items = read(folder)
    earlier: defaultdict[str, list[str]] = defaultdict(list)
    labels = []
    for number, item in enumerate(items):
        relevant = {id_: 1.0 for code in sorted(item.codes) for id_ in earlier[code]}
        if number >= len(items) // WARM_UP and relevant:
            labels.append(Labels(query=item.article.id, relevant=relevant))
        for code in item.codes:
            earlier[code].append(item.article.id)
    return _labelled("reuters", items, labels)


def reuters_fresh(folder: Path) -> LabelledSet:
    """What is new on an article's topics: the relevant are those of the 7 days before `now` with a code of its own.

    An article of any age asks, at one of 12 moments after it and after the first third; at most 1,000 ask.
    """
    items = read(folder)
    first = len(items) // WARM_UP
    step = (len(items) - 1 - first) / (MOMENTS - 1)
    moments = [items[first + round(step * number)].at for number in range(MOMENTS)]
    with_code: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        for code in item.codes:
            with_code[code].append(item)
    labels = []
    for item in sorted((item for item in items if item.codes), key=lambda item: _lot(item.article.id)):
        later = [moment for moment in moments if moment > item.at]
        if not later:
            continue
        now = later[_lot(item.article.id) % len(later)]
        relevant = {
            other.article.id: 1.0
            for code in sorted(item.codes)
            for other in with_code[code]
            if other is not item and now - FRESH <= other.at <= now
        }
        if relevant:
            labels.append(Labels(query=item.article.id, relevant=relevant, now=now, mode="fresh"))
        if len(labels) == MOST_FRESH:
            break
    return _labelled("reuters-fresh", items, sorted(labels, key=lambda one: (one.now or moments[0], one.query)))


def read(folder: Path) -> list[Item]:
    """All articles with a text, by time."""
    items = {
        item.article.id: item for path in sorted(folder.glob("*.sgm.gz")) for item in parse(_text(path))
    }  # fmt: skip
    return sorted(items.values(), key=lambda item: (item.at, item.article.id))


def parse(text: str) -> Iterable[Item]:
    """The articles of one file that have a body and a time."""
    for attributes, content in _ITEM.findall(text):
        number, time, body = _NEW_ID.search(attributes), _TIME.search(content), _BODY.search(content)
        if not (number and time and body) or 'TOPICS="BYPASS"' in attributes:
            continue
        title = _TITLE.search(content)
        paragraphs = _paragraphs(_END.sub("", html.unescape(body[1])))
        if not paragraphs:
            continue
        codes = _TOPICS.search(content)
        at = datetime.strptime(f"{time[1]}{(time[2] or '.0')[:7]}", "%d-%b-%Y %H:%M:%S.%f").replace(tzinfo=UTC)
        yield Item(
            article=LabelledArticle(
                id=f"reuters-{number[1]}", title=" ".join(html.unescape(title[1]).split()) if title else "",
                body=paragraphs, published_at=at, language="en",
            ),
            at=at,
            codes=frozenset(_ONE.findall(codes[1]) if codes else ()) - NO_LABELS,
        )  # fmt: skip


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(flat for part in _PARAGRAPH.split(text) if (flat := " ".join(part.split())))


def _text(path: Path) -> str:
    with gzip.open(path) as file:
        return file.read().decode("latin-1")


def _lot(id_: str) -> int:
    return int.from_bytes(hashlib.sha256(id_.encode()).digest()[:8], "big")


def _labelled(name: str, items: Sequence[Item], labels: Sequence[Labels]) -> LabelledSet:
    return LabelledSet(name=name, articles=tuple(item.article for item in items), labels=tuple(labels))
