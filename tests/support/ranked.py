"""Articles as ranking sees them, made of the terms that they are about."""

from collections.abc import Mapping

import numpy as np

from services.recommender.statistics import BUCKETS, CorpusStatistics, bucket
from shared.terms import stem
from shared.terms.profile import packed


def profile_of(title: str, *terms: str) -> bytes:
    """The profile of an article whose body has each term once."""
    headline = title.lower().split()
    strengths = {
        stem(word, "id"): 2.0 if word in headline else 1.0 for term in terms for word in term.split()
    }  # fmt: skip
    return packed(strengths, (term for term in terms if " " in term))


def statistics_of(documents: int, counts: Mapping[str, int], *, articles: int | None = None) -> CorpusStatistics:
    """Statistics with the given counts of terms, those of several words counting as their words too."""
    table = np.zeros(BUCKETS, np.uint32)
    for term, count in counts.items():
        for part in {term, *(stem(word, "id") for word in term.split())}:
            table[bucket(part)] = count
    return CorpusStatistics(documents, table, np.zeros_like(table), np.zeros(BUCKETS), articles=articles)
