"""What stands at both ends of a text and isn't of it: bylines, dates, who the author is, requests to the reader."""

import re

from services.parser.bylines import BY
from services.parser.dates import names_a_day
from services.parser.text import ends_a_sentence, fold, fold_start
from services.parser.text_header import read_role

_LAST = _FIRST = 3
_LONGEST = 600
_BYLINE = 160
_DATE_WORDS = 8
_FULL_NAME = 2
_NEXT_WORDS = 20  # characters after a name
_FEW = 3
_DASHES = "-–—"
# What is asked, in lower case, and a word to the reader: a text about newsletters has only the first.
_ASKED = re.compile(
    r"\b(?:newsletters?|sign(?:ing)? up|subscribe|bookmark|follow us|log in|register"
    r"|our (?:app|podcast|website|channel)|comment policy|comment on this|join the (?:conversation|discussion)"
    r"|nieuwsbrief|nyhetsbrev|nyhedsbrev|abonnieren|abonnez|abonneer|kommentare|suscr[ií]b\w+|bolet[ií]n|inscri\w+"
    r"|assine|iscriviti|abbonati|berlangganan|ikuti|buletin)\b"
)
_TO_READERS = re.compile(
    r"\b(?:you|your|here|us|our|below|sie|ihre?n?|hier|vous|votre|vos|aqu[ií]|seu|sua|você|qui|je|jouw|deg|dig|anda|kami"
    r"|sini)\b",
    re.IGNORECASE,
)
_CLEARLY = re.compile(
    r".*\b(?:sign(?:ing)? up|subscribe)\b.*\b(?:newsletters?|inbox)\b.*"
    r"|.*\bnewsletters?\b.*\b(?:inbox|sign up|consent|unsubscribe|privacy policy)\b.*"
    r"|.*\b(?:reach|contact|follow|e-?mail) (?:the|our|these) (?:reporters?|authors?|writers?|editors?|newsroom)\b.*"
    r"|.*\bhave (?:a|any) (?:news |story )?tips?\b.*\b(?:contact|e-?mail|send|us)\b.*"
    r"|.{5,100} contributed (?:reporting|to this (?:report|story|article))\b.*",
    re.IGNORECASE,
)
# Found sooner than the pattern fails: each of its ways has one.
_TELLING = (
    "sign", "subscribe", "newsletter", "reporter", "author", "writer", "editor", "newsroom", "tip", "contributed",
)  # fmt: skip
_WHO = re.compile(
    r"(?:is|was|are|writes|covers|works|lives|joined|reports|ist|war|arbeitet|schreibt|leitet|est|es|era|escribe|é|è"
    r"|scrive|adalah|merupakan|är|er)\b"
)
_QUOTES = re.compile(r"[\"“”«»„]")


def without_edges(lines: list[str], people: tuple[str, ...]) -> list[str]:
    """The lines between; `people` are the article's authors. What is left is never nothing."""
    names = [folded for name in people if (folded := fold(name))]
    start = 0
    for place, line in enumerate(lines[:_FIRST]):
        if is_byline(line, names):
            start = place + 1
    head = [line for line in lines[:start] if not is_byline(line, names)]
    tail = [line for line in lines[start:][-_LAST:] if not _is_ending(line, names)]
    kept = [*head, *lines[start:][:-_LAST], *tail]
    return kept or lines


def is_byline(line: str, names: list[str]) -> bool:
    """Whether it says who wrote it, or when, and nothing else. `names` are folded."""
    if len(line) > _BYLINE or ends_a_sentence(line):
        return False
    rest = fold(BY.sub("", line))
    if len(rest.split()) <= _DATE_WORDS and names_a_day(line) and line[-1] not in _DASHES:
        return True
    named = False
    for name in sorted(names, key=len, reverse=True):
        if name in rest:
            rest, named = rest.replace(name, " "), True
    return named and sum(not word.isdigit() for word in rest.split()) <= _FEW


def _is_ending(line: str, names: list[str]) -> bool:
    if len(line) > _LONGEST:
        return False
    if (role := read_role(line)) is not None and role[1]:
        return True
    folded = fold_start(line, max(map(len, names)) + _NEXT_WORDS) if names else ""
    if any(
        folded.startswith(f"{name} ") and _WHO.match(folded, len(name) + 1)
        for name in names
        if len(name.split()) >= _FULL_NAME
    ):
        return True
    if _QUOTES.search(line):
        return False
    lowered = line.lower()
    return (any(word in lowered for word in _TELLING) and _CLEARLY.fullmatch(line) is not None) or (
        _ASKED.search(lowered) is not None and _TO_READERS.search(line) is not None
    )
