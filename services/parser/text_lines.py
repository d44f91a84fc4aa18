"""A text dump as lines: what one element of the page left behind is one line, blank lines part the blocks."""

import re
from statistics import median

import msgspec

from services.parser.text import clean, ends_a_sentence

_BULLET = re.compile(r"^(?:[-•*·]|\d{1,2}[.)])\s")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A clean, non-empty line and the number of its block."""

    text: str
    block: int


def read_lines(text: str) -> list[Line]:
    """The dump's lines; hard-wrapped text is joined into paragraphs first."""
    blocks: list[list[str]] = [[]]
    for raw in text.splitlines():
        if line := clean(raw):
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    if _is_wrapped(blocks):
        blocks = [[" ".join(block)] if _is_wrapped([block]) else block for block in blocks]
    return [Line(text=line, block=number) for number, block in enumerate(blocks) for line in block]


def is_paragraph(text: str) -> bool:
    """Whether a line reads as running text and not as a label, a heading or a link."""
    return len(text) >= 80 or (ends_a_sentence(text) and len(text) >= 25) or _BULLET.match(text) is not None


def _is_wrapped(blocks: list[list[str]]) -> bool:
    breaks = [line for block in blocks for line in block[:-1]]
    if not breaks or sum(not ends_a_sentence(line) for line in breaks) * 2 < len(breaks):
        return False
    lengths = [len(line) for line in breaks]
    widest = max(lengths)
    return 50 <= widest <= 100 and median(lengths) > widest * 0.75
