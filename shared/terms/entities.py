"""Named entities from capitals alone: no list of names, one article at a time.

A capital in mid-sentence makes a name, neighbours in capitals one long run ("Gubernur Jawa Tengah Budi Contoh"). A
run is cut where both sides hold a name that the article also uses by itself ("Jawa Tengah"). Headlines in which all is
capitalized prove nothing; in them, what the text has shown to be a name counts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from shared.terms.function_words import MONTHS_AND_DAYS, NAME_JOINTS, ROLES
from shared.terms.languages import is_empty
from shared.terms.words import Word, title_cased

LONGEST_NAME = 5  # words
LONGEST_RUN = 12  # words: what goes on longer is a list or a shout, and is taken in pieces

Run = tuple[str, ...]


class Names:
    """What one article's text shows to be names."""

    def __init__(self, texts: Iterable[Sequence[Word]]) -> None:
        told = [list(words) for words in texts]
        self._inside: Counter[str] = Counter()
        self._lower: Counter[str] = Counter()
        for words in told:
            self._count(words)
        runs = [run for words in told for run in self._runs(words)]
        self._alone = Counter(runs)
        self._pairs = Counter(pair for run in runs for pair in pairwise(run))
        self._seconds = Counter(second for run in runs for second in run[1:])
        self._firsts = Counter(run[0] for run in runs)

    def found_in(self, words: Sequence[Word]) -> list[str]:
        """The names in a text of the article, in order, folded, each as often as it occurs."""
        return [" ".join(piece) for run in self._runs(list(words)) for piece in self._cut(run)]

    def is_name(self, word: Word) -> bool:
        """Whether the article uses this word as a name, or writes it in capitals throughout."""
        if word.acronym:
            return not word.text.isdigit()
        return self._inside[word.folded] > 0 and self._inside[word.folded] >= self._lower[word.folded]

    def may_be_name(self, word: Word) -> bool:
        """Whether only a headline or a sentence's beginning has the word, so that its capital proves nothing."""
        return word.capitalized and not self._inside[word.folded] and not self._lower[word.folded]

    def _count(self, words: list[Word]) -> None:
        if title_cased(words):
            return
        for index, word in enumerate(words):
            if not word.capitalized:
                self._lower[word.folded] += 1
            elif not word.starts or self._opens_a_name(words, index):
                self._inside[word.folded] += 1

    def _opens_a_name(self, words: list[Word], index: int) -> bool:
        following = words[index + 1] if index + 1 < len(words) else None
        return following is not None and following.touches and following.capitalized and not is_empty(following.folded)

    def _runs(self, words: list[Word]) -> Iterable[Run]:
        """The runs of touching names, without roles and function words."""
        run: list[str] = []
        joint: str | None = None
        for word in words:
            if run and (not word.touches or len(run) >= LONGEST_RUN):
                yield tuple(run)
                run, joint = [], None
            if self._belongs(word):
                run = [*run, joint, word.folded] if joint else [*run, word.folded]
                joint = None
            elif run and not joint and not word.capitalized and word.folded in NAME_JOINTS - {"di"}:
                joint = word.folded
            elif run:
                yield tuple(run)
                run, joint = [], None
        if run:
            yield tuple(run)

    def _belongs(self, word: Word) -> bool:
        if not word.capitalized or word.folded in ROLES or word.folded in MONTHS_AND_DAYS:
            return False
        return self.is_name(word) and (word.acronym or not is_empty(word.folded))

    def _cut(self, run: Run) -> list[Run]:
        """Cut a run into names, each around one that is used alone; given names go with what follows."""
        pieces: list[Run] = []
        rest = run
        while rest:
            size = self._first_name(rest)
            pieces.append(rest[:size])
            rest = rest[size:]
        return [piece for piece in pieces if len(piece) <= LONGEST_NAME]

    def _first_name(self, run: Run) -> int:
        anchors = [
            (start, end)
            for start in range(len(run))
            for end in range(start + 1, len(run) + 1)
            if end - start < len(run) and self._alone[run[start:end]]
        ]
        if not anchors:
            return len(run)
        start, end = min(anchors, key=lambda span: (span[0], -span[1]))
        if start > 0:
            follows = self._pairs[run[start - 1], run[start]]
            given = not self._alone[run[:start]] and follows * 2 >= self._seconds[run[start]]
            return end if given else start
        later = [anchor for anchor in anchors if anchor[0] >= end]
        if later:
            return end
        glued = self._pairs[run[end - 1], run[end]] > 1 and self._firsts[run[end]] == 0 and len(run) - end <= 2
        return len(run) if glued else end
