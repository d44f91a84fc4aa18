"""Terms as people write them, found again in the articles' own titles and leads."""

from collections.abc import Iterable, Sequence

from shared.terms import Word, language_of, stem, words

MOST_TOPICS = 4


class Displays:
    """The written forms in some texts, by term."""

    def __init__(self, texts: Iterable[str], tags: Iterable[str], language: str | None) -> None:
        told = [words(text) for text in texts]
        spoken = language_of(language, (word.folded for text in told for word in text))
        self._forms: dict[str, str] = {}
        for tag in tags:
            self._forms.setdefault(" ".join(word.folded for word in words(tag.replace("#", " "))), tag)
        for text in told:
            self._collect(text, spoken)

    def of(self, term: str) -> str | None:
        return self._forms.get(term)

    def _collect(self, text: Sequence[Word], language: str) -> None:
        for size in (1, 2, 3, 4, 5):
            for start in range(len(text) - size + 1):
                run = text[start : start + size]
                if size == 1 or all(word.touches for word in run[1:]):
                    self._forms.setdefault(" ".join(w.folded for w in run), " ".join(w.text for w in run))
        for word in text:
            written = word.text if word.acronym else word.folded
            self._forms.setdefault(stem(word.folded, language), written)


def topic_names(added: dict[str, float], displays: Sequence[Displays], *, least: float = 0.2) -> tuple[str, ...]:
    """What joins two articles, strongest first, in written form: at most 4, none under `least` of the strongest.

    A name inside one that is already there ("Putin" after "Vladimir Putin") says nothing new.
    """
    names: list[str] = []
    strongest = max(added.values(), default=0.0)
    for term, weight in sorted(added.items(), key=lambda item: (-item[1], item[0])):
        if weight < least * strongest or len(names) == MOST_TOPICS:
            break
        name = next((form for shown in displays if (form := shown.of(term))), None) or _invented(term)
        if not any(_within(name, other) for other in names):
            names = [*(other for other in names if not _within(other, name)), name]
    return tuple(names)


def _within(inner: str, outer: str) -> bool:
    return f" {inner.lower()} " in f" {outer.lower()} "


def _invented(term: str) -> str:
    return term.title() if " " in term else term
