"""Which records of a partition were being worked on when a process died, and how often. Pure.

The state is a short text, kept outside the process, that says what is in work now (`at`), what died before (`died`),
and how long the row of dead letters is (`row`). Whoever finds the text of an owner that is gone counts one death for
each record that was in work. So the count survives the process, and only what was really in work is ever suspected.
"""

from collections.abc import Iterable, Iterator

import msgspec

Run = tuple[int, int]  # first and last offset
MOST_CHARACTERS = 4000  # a broker keeps 4,096 of them, by default
MOST_OFFSETS = 100_000  # of one run: more were never in work at once


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    owner: str = ""
    at: tuple[Run, ...] = ()
    died: tuple[tuple[int, int, int], ...] = ()
    row: int = 0


class Deaths:
    """The state of one partition, as its present owner holds it."""

    def __init__(self) -> None:
        self._at: set[int] = set()
        self._died: dict[int, int] = {}
        self._has_read = False
        self.row = 0
        """The row of dead letters as the kept text tells it."""

    @classmethod
    def inherited(cls, text: str, *, heir: str, alive: Iterable[str]) -> "tuple[Deaths, int]":
        """From the last owner's text: the state, and the row of dead letters that it left to `heir`.

        Nothing died with an owner among those `alive`. What `heir` itself has written tells it of no row.
        """
        deaths = cls()
        try:
            kept = msgspec.json.decode(text, type=_Kept) if text else _Kept()
        except msgspec.DecodeError:  # of another program, or another version: no reason to fail
            return deaths, 0
        for low, high, count in kept.died:
            deaths._died |= dict.fromkeys(_offsets(low, high), count)
        if kept.owner not in set(alive):
            for low, high in kept.at:
                for offset in _offsets(low, high):
                    deaths._died[offset] = deaths._died.get(offset, 0) + 1
        deaths.row = kept.row
        return deaths, 0 if kept.owner == heir else kept.row

    def read_from(self, offset: int) -> None:
        """Tell of a record that is read: what lies before the first of them had its end, and is forgotten."""
        if not self._has_read:
            self._has_read = True
            self._died = {died: count for died, count in self._died.items() if died >= offset}

    def of(self, offset: int) -> int:
        """How many processes died over this record."""
        return self._died.get(offset, 0)

    def begun(self, offset: int) -> None:
        """Work on it begins, or goes on after a wait."""
        self._at.add(offset)

    def waiting(self, offset: int) -> None:
        """It waits for a dependency: a death now would say nothing of it."""
        self._at.discard(offset)

    def ended(self, offset: int) -> None:
        """It has its end."""
        self._at.discard(offset)
        self._died.pop(offset, None)

    def calm(self) -> None:
        """Nothing is in work any more."""
        self._at.clear()

    def text(self, owner: str, row: int) -> str:
        """What to keep; if it is too long, what died least is left out first."""
        died = list(_counted(self._died))
        while True:
            kept = msgspec.json.encode(_Kept(owner, tuple(_runs(self._at)), tuple(died), row)).decode()
            if len(kept) <= MOST_CHARACTERS:
                return kept
            if not died:
                return msgspec.json.encode(_Kept(owner, (), (), row)).decode()
            died.sort(key=lambda run: -run[2])
            del died[len(died) // 2 :]


def _offsets(low: int, high: int) -> range:
    return range(low, min(high, low + MOST_OFFSETS) + 1)


def _runs(offsets: Iterable[int]) -> Iterator[Run]:
    return ((low, high) for low, high, _ in _counted(dict.fromkeys(offsets, 1)))


def _counted(counts: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """Runs of neighbours with an equal count."""
    run: tuple[int, int, int] | None = None
    for offset in sorted(counts):
        count = counts[offset]
        if run and run[1] == offset - 1 and run[2] == count:
            run = (run[0], offset, count)
            continue
        if run:
            yield run
        run = (offset, offset, count)
    if run:
        yield run
