"""Terms as people write them, found again in the articles' own titles and leads."""

from collections.abc import Collection, Sequence

from services.recommender.candidate import Candidate
from shared.terms import Word, language_of, normal_tag, stem, words

MOST_TOPICS = 4
LONGEST = 5  # words of a name


class Displays:
    """The written forms of an article's terms: `names` as they stand, `plain` words in lower case, by stem."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.plain: dict[str, str] = {}

    def of(self, term: str, *, name: bool) -> str | None:
        return self.names.get(term) if name else self.plain.get(term)

    def read(self, text: Sequence[Word], language: str) -> None:
        for word in text:
            self.plain.setdefault(stem(word.folded, language), word.text if word.acronym else word.folded)
        for size in range(1, LONGEST + 1):
            for start in range(len(text) - size + 1):
                run = text[start : start + size]
                if all(word.touches for word in run[1:]):
                    self.names.setdefault(" ".join(w.folded for w in run), " ".join(w.text for w in run))


def displays_of(article: Candidate) -> Displays:
    """The forms in tags, teaser and title, in this order: headlines capitalize too much."""
    displays = Displays()
    for tag in article.topics:
        displays.names.setdefault(normal_tag(tag), tag)
    texts = [words(article.teaser or ""), words(article.title)]
    language = language_of(article.language, (word.folded for text in texts for word in text))
    for text in texts:
        displays.read(text, language)
    return displays


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
        if weight < least * strongest:
            break
        form = _written(term, displays, name=term in names or " " in term)
        if not any(_within(form, other) for other in shown):
            shown = [*(other for other in shown if not _within(other, form)), form]
    return tuple(shown[:MOST_TOPICS])


def _written(term: str, displays: Sequence[Displays], *, name: bool) -> str:
    found = next((form for display in displays if (form := display.of(term, name=name))), None)
    return found or (term.title() if name and len(term) > 3 else term.upper() if name else term)


def _within(inner: str, outer: str) -> bool:
    return f" {inner.lower()} " in f" {outer.lower()} "
