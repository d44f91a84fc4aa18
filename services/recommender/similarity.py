"""Topic similarity: the cosine of two articles' weighted topic terms."""

import re
from collections.abc import Callable
from math import log, sqrt

import msgspec

from services.recommender.candidate import Candidate
from shared.terms import normal_tag, short_forms

_TELLING = log(1 + 3)  # a name or tag that a third of all articles share singles nothing out
_WORD = re.compile(r"\w+")


class Zones(msgspec.Struct, frozen=True, kw_only=True):
    """What a term counts by where it stands; `fade` is the rank among the terms at which it counts half."""

    title: float = 2.0
    lead: float = 1.5
    body: float = 1.0
    fade: float = 20.0
    short_form: float = 0.8


class Profile:
    """An article's terms with their weights, of length 1; `core` are those that stand in its title or lead."""

    def __init__(self, article: Candidate, rarity: Callable[[str], float], zones: Zones) -> None:
        title, lead = _flat(article.title), _flat(article.teaser or "")
        raw: dict[str, float] = {}
        self.core: set[str] = set()
        for rank, term in enumerate(article.topic_terms):
            zone = zones.title if _stands_in(term, title) else zones.lead if _stands_in(term, lead) else zones.body
            raw[term] = zone * rarity(term) / (1.0 + rank / zones.fade)
            if zone != zones.body:
                self.core.add(term)
        length = sqrt(sum(w * w for w in raw.values())) or 1.0
        self.weights = {term: w / length for term, w in raw.items()}


class Asker(Profile):
    """The article that asks, ready to be compared with many."""

    def __init__(self, article: Candidate, rarity: Callable[[str], float], zones: Zones) -> None:
        super().__init__(article, rarity, zones)
        self._zones = zones
        self._shortened = {
            short: term for term in reversed(self.weights) for short in short_forms(term) if short not in self.weights
        }
        self._singles = {term for term in self.weights if term.isalpha() and len(term) <= 10}
        tags = set(map(normal_tag, article.topics))
        self.core |= tags & self.weights.keys()
        self._names = {term for term in self.core & article.names if rarity(term) > _TELLING}
        told = sum(self.weights[term] for term in sorted(self.core))
        self._named = sum(self.weights[term] for term in sorted(self._names)) / told if told else 0.0

    def shared_with(self, other: Profile) -> dict[str, float]:
        """What each of the asker's terms adds to the similarity; the sum is at most 1."""
        mine, theirs = self.weights, other.weights
        added = {term: weight * mine[term] for term, weight in theirs.items() if term in mine}
        for term, weight in theirs.items():
            for own in self._other_forms(term, theirs):
                added[own] = max(added.get(own, 0.0), self._zones.short_form * weight * mine[own])
        return added

    def focus(self, added: dict[str, float]) -> float:
        """1 for what shares a name with the article's title, lead or tags; less without, the more they are about names.

        What joins "Korea Utara dan Rusia Makin Akrab" to other news are the two countries, not words like "sejarah".
        """
        return 1.0 if not self._names.isdisjoint(added) else 1.0 - self._named

    def _other_forms(self, term: str, theirs: dict[str, float]) -> set[str]:
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
