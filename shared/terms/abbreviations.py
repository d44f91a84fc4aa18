"""Indonesian news shortens names by rule: initials (Amerika Serikat: AS) and syllables (Korea Utara: Korut).

Nothing is listed here: a short form is recognized from the long one, or from its own definition "Long Form (SHORT)".
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain, islice, product

_MOST_DEFINITIONS = 100  # of one text
_LONGEST_HEAD = 5  # letters of a word in a short form
_VOWEL = re.compile("[aeiou]")
_SKIPPED = frozenset(("dan", "of", "and", "the", "untuk", "for"))
_DEFINITION = re.compile(r"\b((?:[^\W_]{1,30}[ -]){1,7}[^\W_]{1,30}) \(([^\W\d_]{2,14})\)")


@lru_cache(maxsize=4096)
def short_forms(name: str, *, shortest: int = 3) -> frozenset[str]:
    """What a folded name of 2 to 5 words may be shortened to; empty for any other.

    Initials of all words; or, of two or three words, 2 to 5 letters with a vowel of each. Two initials ("AS") stand
    for too many names to tell anything, except within one article: `shortest` 2.
    """
    parts = _parts(name)
    if not 2 <= len(parts) <= 5:
        return frozenset()
    forms = {"".join(part[0] for part in parts)} if len(parts) >= shortest else set()
    if len(parts) <= 3:
        heads = [
            [part[:n] for n in range(2, _LONGEST_HEAD + 1) if n < len(part) and _VOWEL.search(part[:n])]
            for part in parts
        ]
        forms.update("".join(combination) for combination in product(*heads))
    return frozenset(forms)


class Shortened:
    """Single words, to ask of many names which of the words each may be shortened to: as `short_forms`, far sooner."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for word in filter(None, words):
            self._by_start.setdefault(word[:2], []).append(word)
        self._words = frozenset(chain.from_iterable(self._by_start.values()))

    def of(self, names: Iterable[str]) -> dict[str, list[str]]:
        """For each name those words that are in `short_forms(name)`; names without any are left out."""
        by_start, words = self._by_start, self._words
        found: dict[str, list[str]] = {}
        for name in names:
            initials, start, second, parts = _seen(name)
            if initials in words:
                found[name] = [initials]
            if start in by_start:
                for word in by_start[start]:
                    if second in word and word != initials and _of_heads(word, parts):
                        found.setdefault(name, []).append(word)
        return found


def definitions(text: str) -> dict[str, str]:
    """The short forms that a text defines itself ("Badan Gizi Nasional (BGN)"): folded short form to folded name."""
    found: dict[str, str] = {}
    for match in islice(_DEFINITION.finditer(text), _MOST_DEFINITIONS):
        short = match[2].lower()
        parts = re.split(r"[ -]", match[1])
        starts = [i for i, part in enumerate(parts) if part[0].isupper() and part[0].lower() == short[0]]
        longs = [long for i in starts if _spells(short, long := [part.lower() for part in parts[i:]])]
        if longs:
            found.setdefault(short, " ".join(longs[-1]))
    return found


@lru_cache(maxsize=32768)
def _seen(name: str) -> tuple[str, str, str, tuple[str, ...]]:
    """A name's initials if they may be short for it; if heads of its parts may, how two begin; and the parts."""
    parts = tuple(_parts(name))
    initials = "".join(part[0] for part in parts) if 3 <= len(parts) <= 5 else ""
    start, second = (parts[0][:2], parts[1][:2]) if 2 <= len(parts) <= 3 else ("", "")
    return initials, start, second, parts


def _parts(name: str) -> list[str]:
    return [part for part in name.replace("-", " ").split(" ") if part and part not in _SKIPPED]


def _of_heads(rest: str, parts: Sequence[str]) -> bool:
    """Whether `rest` is put together of heads of all parts, as in `short_forms`."""
    part = parts[0]
    for length in range(2, min(len(part), _LONGEST_HEAD + 1)):
        head = part[:length]
        if not rest.startswith(head):
            return False
        left = rest[length:]
        if _VOWEL.search(head) and (_of_heads(left, parts[1:]) if len(parts) > 1 else not left):
            return True
    return False


def _spells(short: str, parts: list[str]) -> bool:
    """Whether `short` is put together of beginnings of the parts in order, of the first one and at least one other."""

    @cache
    def match(rest: str, index: int, used: int) -> bool:
        if not rest:
            return used >= 2
        if index == len(parts):
            return False
        head = parts[index]
        common = next(
            (n for n, (a, b) in enumerate(zip(rest, head, strict=False)) if a != b), min(len(rest), len(head))
        )
        taken = any(match(rest[n:], index + 1, used + 1) for n in range(min(common, 5), 0, -1))
        return taken or (index > 0 and match(rest, index + 1, used))

    return match(short, 0, 0)
