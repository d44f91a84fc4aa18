"""Text to words: where sentences begin, what is capitalized, what touches what."""

import re
from typing import NamedTuple

from shared.terms.function_words import ABBREVIATED_BEFORE_NAMES

LONGEST = 40  # characters of a word: no name is longer
MAX_CHARACTERS = 60_000
MAX_WORDS = 6000  # of one text: more says nothing new on its topic, and bounds the work on a hostile page

_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?:;\n\"“”‘«»•|]")


class Word(NamedTuple):
    """A word as written and folded; `starts` a sentence or not; `touches` the word before or is cut off from it."""

    text: str
    folded: str
    starts: bool
    touches: bool

    @property
    def capitalized(self) -> bool:
        return self.text[0].isupper()

    @property
    def acronym(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()


def words(text: str) -> list[Word]:
    """The words of a text in order. "Korea Utara-Rusia" are two neighbours; "Bangsa-Bangsa" is one word."""
    found: list[Word] = []
    end = 0
    text = text[:MAX_CHARACTERS]
    if shouted(text):  # capitals tell nothing: as if it were a headline
        text = text.title()
    for match in _WORD.finditer(text):
        gap, end = text[end : match.start()], match.end()
        written = match[0].replace(".", "")
        if len(written) > LONGEST:
            continue
        folded = fold(written)
        if not found:
            found.append(Word(written, folded, True, False))
            continue
        previous = found[-1]
        if gap == "-" and _repeats(previous.folded, folded):
            found[-1] = previous._replace(text=f"{previous.text}-{written}", folded=f"{previous.folded}-{folded}")
            continue
        title = gap.startswith(".") and previous.capitalized and _shortened(previous.folded)
        starts = not title and _SENTENCE_END.search(gap) is not None
        touches = title or not gap.strip() or (gap == "-" and min(len(written), len(previous.text)) <= 2)
        found.append(Word(written, folded, starts, touches))
        if len(found) >= MAX_WORDS:
            break
    return found


def fold(text: str) -> str:
    """Lower case with one kind of apostrophe: the form in which words are compared."""
    return text.lower().replace("’", "'")


def title_cased(of: list[Word]) -> bool:
    """Whether a headline capitalizes nearly all its words, so that capitals tell nothing about names."""
    long = [word for word in of if len(word.text) > 3 and not word.text[0].isdigit()]
    return len(long) > 1 and sum(word.capitalized for word in long) > 0.7 * len(long)


def shouted(text: str) -> bool:
    """Whether nearly all of a text is in capitals."""
    letters = sum(map(str.isalpha, text))
    return letters > 12 and sum(map(str.isupper, text)) > 0.8 * letters


def _repeats(first: str, second: str) -> bool:
    return len(first) > 1 and second.startswith(first)


def _shortened(folded: str) -> bool:
    return len(folded) == 1 or folded in ABBREVIATED_BEFORE_NAMES
