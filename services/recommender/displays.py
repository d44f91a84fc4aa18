"""Terms as people write them, found again in the articles' own titles and leads."""

from collections.abc import Collection, Sequence
from functools import cached_property

from services.recommender.candidate import Candidate
from shared.terms import Word, language_of, normal_tag, stem, words

MOST_TOPICS = 4


class Displays:
    """The written forms of an article's terms: names as they stand, plain words in lower case, by stem.

    They are looked for in tags, teaser and title, in this order: headlines capitalize too much.
    """

    def __init__(self, article: Candidate) -> None:
        self._article = article
        self._tags = {normal_tag(tag): tag for tag in reversed(article.topics)}

    def of(self, term: str, *, name: bool) -> str | None:
        """How the article writes a term; None if it is only in the rest of the text."""
        if not name:
            return self._plain.get(term)
        return self._tags.get(term) or next((form for text in self._texts if (form := _run(text, term))), None)

    @cached_property
    def _texts(self) -> list[list[Word]]:
        return [words(self._article.teaser or ""), words(self._article.title)]

    @cached_property
    def _plain(self) -> dict[str, str]:
        language = language_of(self._article.language, (word.folded for text in self._texts for word in text))
        forms: dict[str, str] = {}
        for word in (word for text in self._texts for word in text):
            forms.setdefault(stem(word.folded, language), word.text if word.acronym else word.folded)
        return forms


def _run(text: Sequence[Word], name: str) -> str | None:
    """The first words of a text that make up the name, as they are written."""
    parts = name.split(" ")
    for start, first in enumerate(text):
        if first.folded != parts[0]:
            continue
        run = text[start : start + len(parts)]
        if [word.folded for word in run] == parts and all(word.touches for word in run[1:]):
            return " ".join(word.text for word in run)
    return None


def topic_names(
    added: dict[str, float], displays: Sequence[Displays], names: Collection[str], *, least: float = 0.2
) -> tuple[str, ...]:
    """What joins two articles, strongest first, in written form: at most 4, none under `least` of the strongest.

    Names count double here: they tell a reader more. A name inside another ("Jawa", "Jawa Tengah") isn't repeated.
    """
    told = {term: weight * (2.0 if term in names or " " in term else 1.0) for term, weight in added.items()}
    strongest = max(told.values(), default=0.0)
    shown: list[str] = []
    for term, weight in sorted(told.items(), key=lambda item: (-item[1], item[0])):
        if weight < least * strongest or len(shown) == MOST_TOPICS:
            break
        form = _written(term, displays, name=term in names or " " in term)
        if not any(_within(form, other) for other in shown):
            shown = [*(other for other in shown if not _within(other, form)), form]
    return tuple(shown)


def _written(term: str, displays: Sequence[Displays], *, name: bool) -> str:
    found = next((form for display in displays if (form := display.of(term, name=name))), None)
    return found or (term.title() if name and len(term) > 3 else term.upper() if name else term)


def _within(inner: str, outer: str) -> bool:
    return f" {inner.lower()} " in f" {outer.lower()} "
