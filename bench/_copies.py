"""How well signatures tell copies from other articles: recall on edits of real texts, and false alarms among others."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from random import Random

import msgspec

from bench._edits import COPIES, GREY, NO_COPIES, Edit, edited
from shared.articles import Article
from shared.terms import copied, near_duplicates, signature, words

Signature = tuple[str, ...]
Signing = Callable[[Article], Signature]
RUN = 4
# Of the shorter text's runs of four words: from here on two articles of a corpus are taken for a real copy.
SHARED_BY_COPIES = 0.3


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Of `pairs` so many were taken for copies."""

    pairs: int
    marked: int

    @property
    def share(self) -> float:
        return self.marked / max(self.pairs, 1)


def on_edits(articles: Sequence[Article], *, seed: int = 1) -> dict[str, Tally]:
    """For each kind of edit: how many edited articles are taken for a copy of theirs."""
    signatures = [signature(article) for article in articles]
    kinds: dict[str, Edit] = {**COPIES, **GREY, **NO_COPIES}
    found: Counter[str] = Counter()
    for number, article in enumerate(articles):
        random = Random(f"{seed}-{number}")
        other = articles[(number + 1 + random.randrange(len(articles) - 1)) % len(articles)]
        for name, edit in kinds.items():
            copy = edited(edit, article, other, random)
            found[name] += near_duplicates(signatures[number], signature(copy))
    return {name: Tally(pairs=len(articles), marked=found[name]) for name in kinds}


def among(articles: Sequence[Article]) -> Tally:
    """Pairs of different articles that are taken for copies.

    Those that do share much of their text are right, and so are those of one title: that is a rule of its own.
    """
    false = sum(
        _title(articles[one]) != _title(articles[other])
        and shared_part(articles[one], articles[other]) < SHARED_BY_COPIES
        for one, other in marked_pairs([signature(article) for article in articles])
    )
    return Tally(pairs=len(articles) * (len(articles) - 1) // 2, marked=false)


def within(groups: Iterable[Sequence[Article]]) -> Tally:
    """The same for the pairs within each group."""
    tallies = [among(group) for group in groups]
    return Tally(pairs=sum(one.pairs for one in tallies), marked=sum(one.marked for one in tallies))


def marked_pairs(signatures: Sequence[Signature]) -> list[tuple[int, int]]:
    """All pairs that are taken for copies, as places in the sequence."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, marks in enumerate(signatures):
        for mark in marks:
            holders[mark].append(number)
    shared: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for mark, numbers in holders.items():
        for pair in combinations(numbers, 2):
            shared[pair].add(mark)
    return sorted(pair for pair, marks in shared.items() if copied(marks))


def shared_part(one: Article, other: Article) -> float:
    """The share of the shorter text's runs of four words that the other has too."""
    runs, others = (runs_of(" ".join(article.body)) for article in (one, other))
    return len(runs & others) / max(min(len(runs), len(others)), 1)


def runs_of(text: str) -> set[tuple[str, ...]]:
    """The text's runs of four words, folded."""
    said = [word.folded for word in words(text)]
    return {tuple(said[place : place + RUN]) for place in range(len(said) - RUN + 1)}


def _title(article: Article) -> list[str]:
    return [word.folded for word in words(article.title)]
