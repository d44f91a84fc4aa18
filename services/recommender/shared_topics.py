"""What joins two articles: the terms that both are about. The reasons tell them, and nothing is listed without one."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from services.recommender.candidate import Candidate
from services.recommender.statistics import bucket, places
from shared.terms import Shortened, language_of, normal_tag, short_forms, shouted, stem, words

TITLE, LEAD, BODY = 2.0, 1.5, 1.0
FADE = 20.0  # the rank among the terms at which one counts half
SHORT_FORM = 0.8
MENTIONED = 0.3  # of what a term counts that the other article has, but not among its foremost ones
FOREMOST = 15  # terms
LONGEST = 10  # letters of a short form
_WORD = re.compile(r"\w+")


class Asker:
    """The article that asks, ready to be compared with many: its foremost terms by what they tell, as `weights`.

    Most tell those in its title and tags; what joins "Korea Utara dan Rusia Makin Akrab" to other news are the two
    countries, not words like "sejarah". `headline` are the names in its title, and `forms` the terms as people write
    them.
    """

    def __init__(self, article: Candidate, rarity: NDArray[np.float32]) -> None:
        title, lead = _flat(article.title), _flat(article.teaser or "")
        self._language = _language(article)
        tags = set(map(normal_tag, article.topics))
        self.forms = dict(zip(article.topic_terms, article.written, strict=False))
        self.weights: dict[str, float] = {}
        self._buckets: dict[str, int] = {}
        headline: set[str] = set()
        for rank, term in enumerate(article.topic_terms):
            zone = TITLE if term in tags or _stands_in(term, title) else LEAD if _stands_in(term, lead) else BODY
            if zone == TITLE:
                headline.add(term)
            self._buckets[term] = place = self.bucket(term)
            self.weights[term] = zone * float(rarity[place]) / (1.0 + rank / FADE)
        self._places = frozenset(self._buckets.values())
        self._shortened = {
            short: term for term in reversed(self.weights) for short in short_forms(term) if short not in self.weights
        }
        # In a shouted headline capitals tell nothing.
        self.headline = frozenset() if shouted(article.title) else frozenset(headline & article.names)
        told = sum(self.weights[term] for term in sorted(headline)) or 1.0
        shares = {term: self.weights[term] / told for term in sorted(self.headline)}
        self._forms: dict[str, tuple[str, float]] = {}
        for name, share in shares.items():
            for form in (name, *short_forms(name)):
                self._forms.setdefault(form, (name, share))
        self._shared: dict[str, dict[str, float]] = {}
        self._shorts = Shortened(term for term in self.weights if term.isalpha() and len(term) <= LONGEST)

    def bucket(self, term: str) -> int:
        """The bucket of a term: of one word it is its stem's."""
        return bucket(term if " " in term else stem(term, self._language))

    def by_names(self, others: Sequence[Candidate]) -> tuple[NDArray[np.float64], dict[int, list[str]]]:
        """For each article what its foremost names tell.

        First the share of the asker's headline that is names which the other has too, in any form. Then, by its
        number, which of the asker's terms are short for a name that it only writes out.
        """
        foremost = [one.topic_terms[:FOREMOST] for one in others]
        shares = {form: dict([share]) for form, share in self._forms.items()}
        shorts: dict[str, list[str]] = {}
        for term, found in self._shorts.of(term for term in set().union(*foremost) if " " in term).items():
            if headline := self.headline.intersection(found):
                shares[term] = shares.get(term, {}) | dict(self._forms[form] for form in sorted(headline))
            if term not in self.weights:
                shorts[term] = sorted(found)
        told, written_out = np.zeros(len(foremost)), {}
        apart = {*shares, *shorts}.isdisjoint
        for number, terms in enumerate(foremost):
            if not apart(terms):
                told[number] = _told(shares, terms)
                if short := _written_out(shorts, terms):
                    written_out[number] = short
        return told, written_out

    def shared_with(self, other: Candidate) -> dict[str, float]:
        """The asker's terms that the other article has too, with what each tells."""
        if other.article_id not in self._shared:
            self._shared[other.article_id] = self._shared_with(other)
        return self._shared[other.article_id]

    def _shared_with(self, other: Candidate) -> dict[str, float]:
        theirs = set(other.topic_terms)
        has = self._places.intersection(places(other.profile).tolist())
        shared: dict[str, float] = {}
        for (term, weight), place in zip(self.weights.items(), self._buckets.values(), strict=True):
            if term in theirs:
                shared[term] = weight
            elif place in has:
                shared[term] = MENTIONED * weight
        for own in self._other_forms(theirs):
            shared[own] = max(shared.get(own, 0.0), SHORT_FORM * self.weights[own])
        return shared

    def _other_forms(self, theirs: AbstractSet[str]) -> set[str]:
        """The asker's terms that the other has in another form only."""
        found = {self._shortened[short] for short in self._shortened.keys() & theirs}
        names = [term for term in theirs if " " in term and term not in self.weights]
        return found.union(*self._shorts.of(names).values()) - theirs


def _told(shares: Mapping[str, Mapping[str, float]], terms: Sequence[str]) -> float:
    found: dict[str, float] = {}
    for term in terms:
        found |= shares.get(term, {})
    return sum(found[name] for name in sorted(found))


def _written_out(shorts: Mapping[str, Sequence[str]], terms: Sequence[str]) -> list[str]:
    return sorted({short for term in terms for short in shorts.get(term, ())}.difference(terms))


def _language(article: Candidate) -> str:
    if article.language:
        return language_of(article.language, ())
    return language_of(None, (word.folded for word in words(article.teaser or article.title)))


def _flat(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _stands_in(term: str, flat: str) -> bool:
    """Whether a term is in a flattened text; a stem may be inside a word, unless it is very short."""
    written = term.replace("-", " ")
    return (written if len(term) > 3 else f" {written} ") in flat
