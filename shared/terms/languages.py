"""The two languages: which one a text is in, its function words and stems."""

from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from shared.terms.function_words import ENGLISH, INDONESIAN, MONTHS_AND_DAYS

_STEMMERS = {"id": Stemmer.Stemmer("indonesian"), "en": Stemmer.Stemmer("english")}
_EMPTY = INDONESIAN | ENGLISH | MONTHS_AND_DAYS


def language_of(declared: str | None, folded: Iterable[str]) -> str:
    """`en` or `id`: as declared (`id`, `en-GB`), else by the function words. Else Indonesian."""
    if declared:
        return "en" if declared.lower().startswith("en") else "id"
    told = list(folded)
    english = sum(word in ENGLISH for word in told)
    return "en" if english > sum(word in INDONESIAN for word in told) else "id"


def is_empty(folded: str) -> bool:
    """Whether a word tells no topic: grammar, dates, numbers, single letters."""
    return len(folded) < 2 or folded in _EMPTY or folded[0].isdigit()


@lru_cache(maxsize=65536)
def stem(folded: str, language: str) -> str:
    """The stem of a folded word. Stems of under three letters are no use, then it is the word itself.

    Indonesian plurals double the word: "rudal-rudal" has the stem of "rudal".
    """
    single = folded.partition("-")[0]
    stemmed: str = _STEMMERS[language].stemWord(single)
    return stemmed if len(stemmed) > 2 else single
