"""Reads JSON as pages carry it: broken by templates, repaired only where one reading is possible."""

import html
import json
import re
from typing import Any

import msgspec

_MAX_TEXT = 1_000_000
_MOST_MARKS = 4
_WRAPPER = re.compile(
    r"<!--|-->|//\s*<!\[CDATA\[|//\s*\]\]>|/\*\s*<!\[CDATA\[\s*\*/|/\*\s*\]\]>\s*\*/|<!\[CDATA\[|\]\]>|;"
)
_STRING = r'"(?:[^"\\]|\\.)*"'
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)
_DOUBLE_COMMA = re.compile(rf"({_STRING})|,(?=\s*,)", re.DOTALL)
_MISSING_COMMA = re.compile(
    rf'({_STRING}(?=[^\S\n]*\n\s*"(?:[^"\\]|\\.)*"\s*:))|({_STRING})|([}}\]](?=\s*[{{"]))', re.DOTALL
)
_BAD_ESCAPE = re.compile(r'\\(?:u(?![0-9a-fA-F]{4})|(?!["\\/bfnrtu]))')
_MEMBER = re.compile(r'^([^\S\n]*"[@\w]+"[^\S\n]*:[^\S\n]*")(.*)("(?:[^\S\n]*,)?[^\S\n]*)$', re.MULTILINE)
_NEXT_MEMBER = re.compile(r'"\s*[,:]\s*["\[{]|"\s*[}\]]')
_INNER_QUOTE = re.compile(r'(?<!\\)"')


def read_json(text: str) -> list[Any]:
    """The values that `text` holds, one after another; none where it can't be read, is nested too deeply or is huge."""
    if len(text) > _MAX_TEXT:
        return []
    try:
        return [msgspec.json.decode(text)]
    except (ValueError, RecursionError):
        pass
    text = _unwrapped(text.lstrip("\ufeff"))
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    text = _BAD_ESCAPE.sub(
        lambda found: "" if found.end() < len(text) and text[found.end()] == "'" else r"\\" + found[0][1:], text
    )
    for repaired in (_commas_only, _quotes_too):
        values, is_whole = _values(repaired(text))
        if is_whole:
            return values
    return _values(_commas_only(text))[0]


def _unwrapped(text: str) -> str:
    """Without comment and CDATA marks around it."""
    text = text.strip()
    for _ in range(_MOST_MARKS):
        if (found := _WRAPPER.match(text)) is not None:
            text = text[found.end() :].lstrip()
        if (found := _ending(text)) is not None:
            text = text[: found.start()].rstrip()
    return text


def _ending(text: str) -> re.Match[str] | None:
    """The mark that ends the text."""
    return next((found for found in _WRAPPER.finditer(text, max(len(text) - 20, 0)) if found.end() == len(text)), None)


def _commas_only(text: str) -> str:
    text = _DOUBLE_COMMA.sub(_kept, _TRAILING_COMMA.sub(_kept, text))
    return _MISSING_COMMA.sub(lambda found: found[2] or f"{found[0]},", text)


def _quotes_too(text: str) -> str:
    """Escapes quotes inside a string that is all of its line."""
    return _commas_only(_MEMBER.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    before, value, after = found.groups()
    return found[0] if _NEXT_MEMBER.search(value) else before + _INNER_QUOTE.sub(r"\"", value) + after


def _kept(found: re.Match[str]) -> str:
    return found[1] or ""


def _values(text: str) -> tuple[list[Any], bool]:
    """What can be read from the start, and whether that is all."""
    decoder, place = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    while (place := _start(text, place)) < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
    return values, True


def _start(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n,;":
        place += 1
    return place
