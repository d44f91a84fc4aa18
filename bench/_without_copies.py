"""A labelled set with one of each article's copies: what a list that shows none is worth, where there are none."""

from collections import Counter, defaultdict

from msgspec import structs

from bench._copies import SHARED_BY_COPIES, runs_of
from operations.evaluate.labels import LabelledSet

_HOLDERS = 60  # of one run of words: what more articles have is a phrase of the trade and tells no copy


def without_copies(labelled: LabelledSet) -> LabelledSet:
    """The set without articles that share 30 % of the shorter text's runs of four words with one before them.

    Labels that have nothing relevant left are gone too.
    """
    kept: dict[str, set[tuple[str, ...]]] = {}
    holders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for article in labelled.articles:
        runs = runs_of(article.body if isinstance(article.body, str) else " ".join(article.body))
        shared = Counter(id_ for run in runs for id_ in holders.get(run, ()))
        if any(count >= SHARED_BY_COPIES * min(len(runs), len(kept[id_])) for id_, count in shared.items()):
            continue
        kept[article.id] = runs
        for run in runs:
            if len(holders[run]) < _HOLDERS:
                holders[run].append(article.id)
    labels = [
        structs.replace(one, relevant={id_: gain for id_, gain in one.relevant.items() if id_ in kept})
        for one in labelled.labels if one.query in kept
    ]  # fmt: skip
    return structs.replace(
        labelled,
        articles=tuple(one for one in labelled.articles if one.id in kept),
        labels=tuple(one for one in labels if one.relevant),
    )
