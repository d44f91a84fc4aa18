"""What stands between the title and the first paragraph of a text dump: people, dates, the picture's caption."""

import re
from datetime import datetime

import msgspec

from services.parser.boilerplate import is_boilerplate
from services.parser.bylines import is_of_the_one_before
from services.parser.date_lines import is_modification, read_date_line
from services.parser.dateline import split_dateline
from services.parser.dates import Moment
from services.parser.text import fold, unique, words
from services.parser.text_lines import Line, is_paragraph

_AUTHOR = (
    r"rep(?=\s*[:：])|reporter|penulis|pewarta|jurnalis|wartawan|kontributor|oleh|by|author|written by|tim redaksi"
)
_ROLE = re.compile(
    rf"(?:(?P<editor>editor|penyunting|redaktur|edited by|red(?=\s*[:：]))|(?P<author>{_AUTHOR}))"
    r"(?:\s*[:：]\s*(?P<names>.+))?",
    re.IGNORECASE,
)
_NEXT_ROLE = re.compile(
    rf"[\s|,;/–-]*(?<![^\W_])(?=(?:editor|penyunting|redaktur|edited by|red|{_AUTHOR})\s?[:：])", re.IGNORECASE
)
_LONGEST = 200
_NAME_WORD = r"(?:[A-Z][\w'’.-]*|bin|binti|van|der|den|de|da|al|el|dan|and)"
_NAME = re.compile(rf"[A-Z][\w'’.-]*(?:\s{_NAME_WORD}){{0,5}}(?:,\s?(?:S|M|Dr|Ph)\.\w.{{0,8}})?")
_NOT_A_NAME = re.compile(
    r"(?:ilustrasi|logo|foto|suasana|infografis|dok|image|gambar|tempo\.co\b|jakarta$).*", re.IGNORECASE
)
_PICTURE_MARK = re.compile(r"image(?:-\w+)?|\[?(?:foto|gambar|image|photo)\]?|perbesar", re.IGNORECASE)
_LOOK_AHEAD = 8


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of the header, and `end`: how many lines it took."""

    end: int
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published: Moment | None = None
    modified: Moment | None = None
    captions: tuple[str, ...] = ()
    standfirst: tuple[str, ...] = ()


def read_role(text: str) -> tuple[str, str | None] | None:
    """("editor" | "author", the names on the same line) of a label such as "Editor: …", or None."""
    if (found := _ROLE.fullmatch(text)) is None:
        return None
    return ("editor" if found["editor"] else "author"), found["names"]


def split_names(text: str) -> list[str]:
    """The names in "A, B dan C" or "A | B"; what doesn't look like a name is left out."""
    parts = re.split(r"\s*(?:,|;|\||/|&|\bdan\b|\band\b)\s*", text)
    names = [part.strip(" -") for part in parts]
    return [name for place, name in enumerate(names) if _is_name(name) and not (place and is_of_the_one_before(name))]


def split_roles(text: str) -> list[str]:
    """The parts of "Reporter: A, Editor: B", each with its label; the whole of any other line."""
    if len(text) > _LONGEST or read_role(text) is None:
        return [text]
    parts = [part.strip(" |,;/–-") for part in _NEXT_ROLE.split(text)]
    return [part for part in parts if part]


def read_header(lines: list[Line], *, title: str, now: datetime) -> Header:
    """Read up to the first line that must be the article's own text."""
    people: dict[str, list[str]] = {"author": [], "editor": []}
    captions: list[str] = []
    standfirst: list[str] = []
    published: Moment | None = None
    modified: Moment | None = None
    role, picture_block, seen_fact = None, -1, False
    index = 0
    while index < len(lines):
        text = lines[index].text
        if (labelled := read_role(text)) is not None:
            role, names = labelled
            people[role] += split_names(names or "")
            seen_fact = True
        elif (moment := read_date_line(text, now=now)) is not None:
            if is_modification(text):
                modified = modified or moment
            else:
                published = published or moment
            role, seen_fact = None, True
        elif _PICTURE_MARK.fullmatch(text):
            role, picture_block = None, lines[index].block
        elif is_boilerplate(text) or fold(text) == fold(title):
            role, picture_block = None, -1
        elif split_dateline(text)[0] is not None:
            break
        elif (
            lines[index].block == picture_block
            or _is_repeated(lines, index)
            or (seen_fact and _precedes_dateline(lines, index))
        ):
            captions.append(text)
            role = None
        elif role is not None and not is_paragraph(text) and (found := split_names(text)):
            people[role] += found
        elif is_paragraph(text):
            if not _facts_follow(lines, index, now=now):
                break
            standfirst.append(text)
        index += 1
    return Header(
        end=index,
        authors=unique(people["author"]),
        editors=unique(people["editor"]),
        published=published,
        modified=modified,
        captions=distinct_captions(captions, title=title),
        standfirst=tuple(standfirst),
    )


def distinct_captions(captions: list[str], *, title: str) -> tuple[str, ...]:
    """Each picture's caption once: its alternative text says the same, a part of it, or only the article's title."""
    kept: list[str] = []
    for caption in captions:
        if fold(caption) == fold(title) or any(fold(caption) in fold(other) for other in kept):
            continue
        kept = [other for other in kept if fold(other) not in fold(caption)] + [caption]
    return tuple(kept)


def with_roles_apart(lines: list[Line]) -> list[Line]:
    """The lines, with "Reporter: A | Editor: B" as two."""
    return [Line(text=part, block=line.block) for line in lines for part in split_roles(line.text)]


def _is_name(text: str) -> bool:
    return 2 < len(text) <= 50 and _NAME.fullmatch(text) is not None and _NOT_A_NAME.match(text) is None


def _is_repeated(lines: list[Line], index: int) -> bool:
    text = fold(lines[index].text)
    neighbours = [lines[other].text for other in (index - 1, index + 1) if 0 <= other < len(lines)]
    return text in map(fold, neighbours)


def _precedes_dateline(lines: list[Line], index: int) -> bool:
    """Nothing between the people or the date and the dateline is the article's text: it's a caption."""
    ahead = lines[index + 1 : index + 1 + _LOOK_AHEAD]
    return len(words(lines[index].text)) >= 4 and any(split_dateline(line.text)[0] is not None for line in ahead)


def _facts_follow(lines: list[Line], index: int, *, now: datetime) -> bool:
    ahead = lines[index + 1 : index + 1 + 4]
    return any(read_role(line.text) is not None or read_date_line(line.text, now=now) is not None for line in ahead)
