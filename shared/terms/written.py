"""Terms as people write them, found again in the article's own texts."""

from collections.abc import Collection, Iterable, Sequence

from shared.terms.languages import stem
from shared.terms.words import Word


def written(
    terms: Sequence[str], names: Collection[str], tags: Iterable[tuple[str, str]], texts: Iterable[Sequence[Word]],
    language: str,
) -> tuple[str, ...]:  # fmt: skip
    """The written form of each term, empty where it is the term itself.

    Names are written as they stand, other words (given by their stems) in lower case unless in capitals throughout.
    `tags` are pairs of a term and the tag it came of; the first form that is met is taken.
    """
    forms = dict(reversed(list(tags)))
    sought: dict[str, list[list[str]]] = {}
    for name in (term for term in terms if (term in names or " " in term) and term not in forms):
        parts = name.split(" ")
        sought.setdefault(parts[0], []).append(parts)
    stems = {term for term in terms if term not in names and " " not in term} - forms.keys()
    for text in texts:
        for start, word in enumerate(text):
            for parts in sought.get(word.folded, ()):
                run = text[start : start + len(parts)]
                if [one.folded for one in run] == parts and all(one.touches for one in run[1:]):
                    forms.setdefault(" ".join(parts), " ".join(one.text for one in run))
            if (stemmed := stem(word.folded, language)) in stems:
                forms.setdefault(stemmed, word.text if word.acronym else word.folded)
    return tuple(form if (form := forms.get(term, "")) != term else "" for term in terms)
