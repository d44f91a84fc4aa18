"""How common each term is among the articles: what makes "Rusia" tell more than "dunia"."""

from collections import Counter
from collections.abc import Iterable
from math import log, sqrt

import msgspec


class CorpusStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """`documents` articles, `counts[term]` of them about the term. A term that isn't counted is taken as rare."""

    documents: int
    counts: dict[str, int]

    def rarity(self, term: str) -> float:
        """The inverse document frequency, about ln(documents / count), from ln 2 for what all are about."""
        total = max(self.documents, 1)
        count = self.counts.get(term)
        return log(1 + total / (max(count, 1) if count is not None else _unknown(total)))


def counted(term_lists: Iterable[Iterable[str]]) -> CorpusStatistics:
    """The statistics of the given articles alone, from the terms of each."""
    documents = 0
    counts: Counter[str] = Counter()
    for terms in term_lists:
        documents += 1
        counts.update(set(terms))
    return CorpusStatistics(documents=documents, counts=dict(counts))


def _unknown(documents: int) -> float:
    return max(1.0, sqrt(documents))
