"""Whitespace, invisible characters and the small comparisons that every reader of page text needs."""

import html
import re
from functools import lru_cache

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
    # Joiners shape words of Arabic and Indic scripts; elsewhere they are dirt.
    r"|(?:^|(?<=[\x00-\u05ff]))[\u200c\u200d]+"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d?);")
_SHORT = 1000
_WORD = re.compile(r"\w+")
_FOLDED = str.maketrans({char: char.lower() if char == "_" or char.isalnum() else " " for char in map(chr, range(128))})
_TYPOGRAPHIC = "\xa0\u2013\u2014\u2018\u2019\u201c\u201d\u2026"  # what else is in English and Indonesian text
_WIDE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?…:;。！？।؟][\"'”’»)\]]*$")


def clean(text: str) -> str:
    """One line of visible text: white space collapsed; controls, bidi overrides and lone surrogates gone."""
    if text.isprintable():  # no white space but blanks, and nothing invisible
        is_trim = "  " not in text and text[:1] != " " and text[-1:] != " "
        return text if is_trim else " ".join(text.split())
    line = " ".join(text.split())
    if line.isprintable() and not _has_separator(text):
        return line  # nearly always, and the pattern costs twenty times as much
    return " ".join(_INVISIBLE.sub("", text).split())


def _has_separator(text: str) -> bool:
    """Whether it has what is white space to Python, but dirt to us."""
    return "\x1c" in text or "\x1d" in text or "\x1e" in text or "\x1f" in text


def unescaped(text: str) -> str:
    """Without the escapes that templates make once more. Without a semicolon, "&copy=1" may be an address's."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def fold(text: str) -> str:
    """The form in which two titles are compared: words only, case folded."""
    return _fold_short(text) if len(text) < _SHORT else _fold(text)


def fold_start(text: str, length: int) -> str:
    """`fold(text)[:length]`, without folding much more than that."""
    begins = text[: 3 * length]
    if len(begins) < len(text):
        whole, _, _ = fold(begins).rpartition(" ")  # the last word may be cut
        if len(whole) >= length:
            return whole[:length]
    return fold(text)[:length]


def _fold(text: str) -> str:
    plain = text
    if not text.isascii():
        for mark in _TYPOGRAPHIC:
            plain = plain.replace(mark, " ")
    if plain.isascii():  # four times as fast
        return " ".join(plain.translate(_FOLDED).split())
    return " ".join(_WORD.findall(text.casefold()))


_fold_short = lru_cache(maxsize=2048)(_fold)  # a page's readers ask for the same lines again


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def letters(text: str) -> int:
    """Its length, as if in letters: a sign of Chinese, Japanese or Korean says as much as three."""
    return len(text) if text.isascii() else len(text) + 2 * len(_WIDE.findall(text))


def ends_a_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text))


def unique(items: list[str]) -> tuple[str, ...]:
    """The non-empty items in order, each once by `fold`."""
    seen: dict[str, str] = {}
    for item in map(clean, items):
        if item:
            seen.setdefault(fold(item) or item, item)
    return tuple(seen.values())
