"""Peers that need no server: BM25 and the cosine of TF-IDF over whole texts, with or without a half-life."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product

import msgspec
import numpy as np
from numpy.typing import NDArray

from operations.evaluate.labels import LabelledArticle, Question
from shared.terms import stem

HALF_LIVES = (0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 30.0, 90.0)  # days
_DAY = 86_400.0
_WORD = re.compile(r"\w+")
Floats = NDArray[np.float64]


class Bags:
    """Each article's words and how often it has them; `title` times those of the title."""

    def __init__(self, articles: Sequence[LabelledArticle], end: datetime, *, title: int, stemmed: bool) -> None:
        self.ids = [one.id for one in articles]
        self.rows = {id_: row for row, id_ in enumerate(self.ids)}
        self.known = np.array([(one.published_at or end).timestamp() for one in articles])
        numbers: dict[str, int] = {}
        stems: dict[str, str] = {}
        terms, counts, starts = [], [], [0]
        for one in articles:
            found = _words(one, title=title, stems=stems if stemmed else None)
            terms += [numbers.setdefault(word, len(numbers)) for word in found]
            counts += list(found.values())
            starts.append(len(terms))
        self.terms = np.array(terms, np.int64)
        self.counts = np.array(counts, np.float64)
        self.starts = np.array(starts)
        self.owners = np.repeat(np.arange(len(articles)), np.diff(self.starts))
        self.frequency = np.bincount(self.terms, minlength=len(numbers)).astype(np.float64)
        self.order = np.argsort(self.terms, kind="stable")
        self.ends = np.cumsum(np.bincount(self.terms, minlength=len(numbers)))

    def part(self, row: int) -> slice:
        """Where a row's terms are."""
        return slice(int(self.starts[row]), int(self.starts[row + 1]))


class Weighted:
    """A model: what a term of an article counts, `theirs`, and what it counts in the one that asks, `own`."""

    def __init__(self, bags: Bags, own: Floats, theirs: Floats) -> None:
        self.bags = bags
        self._own = own
        self._owners = bags.owners[bags.order]
        self._theirs = theirs[bags.order]

    def scores(self, query: str) -> Floats:
        """How like the query each article is."""
        bags = self.bags
        part = bags.part(bags.rows[query])
        total = np.zeros(len(bags.ids))
        for term, weight in zip(bags.terms[part], self._own[part], strict=True):
            postings = slice(int(bags.ends[term] - bags.frequency[term]), int(bags.ends[term]))
            total[self._owners[postings]] += weight * self._theirs[postings]
        return total

    def ranking(self, question: Question, depth: int, *, half_life: float | None = None) -> list[str]:
        """The best of what was known by `now`; each score halved for every `half_life` days of distance to it."""
        bags, now = self.bags, question.now.timestamp()
        scores = self.scores(question.query)
        if half_life:
            scores *= np.exp2(-np.abs(now - bags.known) / _DAY / half_life)
        scores[(bags.known > now) | (scores <= 0)] = -1.0
        scores[bags.rows[question.query]] = -1.0
        best = np.argsort(-scores, kind="stable")[:depth]
        return [bags.ids[row] for row in best if scores[row] >= 0]


def tf_idf(bags: Bags, *, sublinear: bool) -> Weighted:
    """Cosine of term frequency (or 1 + its logarithm) times ln(N / n) + 1, as scikit-learn has it, smoothed."""
    size = len(bags.ids)
    idf = np.log((1 + size) / (1 + bags.frequency)) + 1
    weights = (1 + np.log(bags.counts) if sublinear else bags.counts) * idf[bags.terms]
    lengths = np.sqrt(np.bincount(bags.owners, weights * weights, minlength=size))
    weights = weights / np.maximum(lengths, 1e-12)[bags.owners]
    return Weighted(bags, weights, weights)


def bm25(bags: Bags, *, k1: float, b: float) -> Weighted:
    """Okapi BM25 as Lucene has it, with the whole article as the query."""
    size = len(bags.ids)
    idf = np.log(1 + (size - bags.frequency + 0.5) / (bags.frequency + 0.5))
    lengths = np.bincount(bags.owners, bags.counts, minlength=size)
    held = k1 * (1 - b + b * lengths / lengths.mean())
    return Weighted(bags, bags.counts, idf[bags.terms] * bags.counts / (bags.counts + held[bags.owners]))


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A way of counting words, and how it is told in a table."""

    name: str
    title: int
    stemmed: bool


BAGS = tuple(
    Setting(name=f"title ×{title}{', stemmed' if stemmed else ''}", title=title, stemmed=stemmed)
    for title, stemmed in product((1, 3), (False, True))
)


def tf_idfs(bags: Bags) -> Iterator[tuple[str, Weighted]]:
    """The variants to choose from."""
    for sublinear in (False, True):
        yield "1 + ln tf" if sublinear else "tf", tf_idf(bags, sublinear=sublinear)


def bm25s(bags: Bags) -> Iterator[tuple[str, Weighted]]:
    """The variants to choose from."""
    for k1, b in product((1.2, 2.0), (0.4, 0.75)):
        yield f"k1 {k1:g}, b {b:g}", bm25(bags, k1=k1, b=b)


def _words(article: LabelledArticle, *, title: int, stems: dict[str, str] | None) -> Counter[str]:
    body = article.body if isinstance(article.body, str) else "\n".join(article.body)
    found: Counter[str] = Counter()
    for text, times in ((article.title, title), (body, 1)):
        for word in _WORD.findall(text.lower()):
            found[word if stems is None else _stemmed(word, article.language, stems)] += times
    return found


def _stemmed(word: str, language: str | None, known: dict[str, str]) -> str:
    if word not in known:
        known[word] = stem(word, language or "en")
    return known[word]
