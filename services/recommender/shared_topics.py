"""What joins two articles: the terms that both are about. The reasons tell them, and nothing is listed without one."""

import re
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from services.recommender.candidate import Candidate
from services.recommender.statistics import bucket, buckets
from shared.terms import language_of, normal_tag, short_forms, shouted, stem, words

TITLE, LEAD, BODY = 2.0, 1.5, 1.0
FADE = 20.0  # the rank among the terms at which one counts half
SHORT_FORM = 0.8
MENTIONED = 0.3  # of what a term counts that the other article has, but not among its foremost ones
FOREMOST = 15  # terms
_WORD = re.compile(r"\w+")


class Foremost:
    """An article's foremost terms by what they tell, most of all those in its title and tags."""

    def __init__(self, article: Candidate, rarity: NDArray[np.float32]) -> None:
        title, lead = _flat(article.title), _flat(article.teaser or "")
        self.language = language_of(article.language, (word.folded for word in words(article.teaser or article.title)))
        self.tags = set(map(normal_tag, article.topics))
        self.weights: dict[str, float] = {}
        self.headline: set[str] = set()
        for rank, term in enumerate(article.topic_terms):
            zone = TITLE if term in self.tags or _stands_in(term, title) else LEAD if _stands_in(term, lead) else BODY
            if zone == TITLE:
                self.headline.add(term)
            self.weights[term] = zone * float(rarity[self.bucket(term)]) / (1.0 + rank / FADE)

    def bucket(self, term: str) -> int:
        """The bucket of a term: of one word it is its stem's."""
        return bucket(term if " " in term else stem(term, self.language))


class Asker(Foremost):
    """The article that asks, ready to be compared with many.

    `named` is the share of the terms in its title and tags that are names: what joins "Korea Utara dan Rusia Makin
    Akrab" to other news are the two countries, not words like "sejarah". Names commoner than `telling` single nothing
    out.
    """

    def __init__(self, article: Candidate, rarity: NDArray[np.float32], *, telling: float = 0.0) -> None:
        super().__init__(article, rarity)
        self._buckets = {term: self.bucket(term) for term in self.weights}
        self._shortened = {
            short: term for term in reversed(self.weights) for short in short_forms(term) if short not in self.weights
        }
        names: set[str] = set()
        if not shouted(article.title):  # else capitals tell nothing
            names = {term for term in self.headline & article.names if rarity[self._buckets[term]] > telling}
        told = sum(self.weights[term] for term in sorted(self.headline)) or 1.0
        shares = {term: self.weights[term] / told for term in sorted(names)}
        self.named = sum(shares.values())
        self._forms: dict[str, tuple[str, float]] = {}
        for name, share in shares.items():
            for form in (name, *short_forms(name)):
                self._forms.setdefault(form, (name, share))
        self._singles = {term for term in self.weights if term.isalpha() and len(term) <= 10}

    def named_too(self, other: Candidate) -> float:
        """The share of the asker's headline that is names which are foremost in the other article too, in any form."""
        found: dict[str, float] = {}
        for term in other.topic_terms[:FOREMOST]:
            for form in (term, *(self._forms.keys() & short_forms(term) if " " in term else ())):
                if form in self._forms:
                    name, share = self._forms[form]
                    found[name] = share
        return sum(found.values())

    def in_short(self, other: Candidate) -> set[str]:
        """The asker's terms that are short for a name which the other writes out only."""
        found: set[str] = set()
        for term in other.topic_terms:
            if " " in term and term not in self.weights:
                found |= self._singles & short_forms(term)
        return found.difference(other.topic_terms)

    def shared_with(self, other: Candidate) -> dict[str, float]:
        """The asker's terms that the other article has too, with what each tells."""
        theirs = set(other.topic_terms)
        has = set(buckets(other.profile)[0].tolist())
        shared: dict[str, float] = {}
        for term, weight in self.weights.items():
            if term in theirs:
                shared[term] = weight
            elif self._buckets[term] in has:
                shared[term] = MENTIONED * weight
        for term in other.topic_terms:
            for own in self._other_forms(term, theirs):
                shared[own] = max(shared.get(own, 0.0), SHORT_FORM * self.weights[own])
        return shared

    def _other_forms(self, term: str, theirs: Collection[str]) -> set[str]:
        own = self._shortened.get(term)
        if own is not None:
            return {own} if own not in theirs else set()
        if term in self.weights or " " not in term:
            return set()
        return {short for short in self._singles & short_forms(term) if short not in theirs}


def _flat(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _stands_in(term: str, flat: str) -> bool:
    """Whether a term is in a flattened text; a stem may be inside a word, unless it is very short."""
    written = term.replace("-", " ")
    return (written if len(term) > 3 else f" {written} ") in flat
