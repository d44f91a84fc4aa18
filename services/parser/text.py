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
_WIDE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?…:;。！？।؟][\"'”’»)\]]*$")


def clean(text: str) -> str:
    """One line of visible text: white space collapsed; controls, bidi overrides and lone surrogates gone."""
    return " ".join((text if text.isprintable() else _INVISIBLE.sub("", text)).split())


def unescaped(text: str) -> str:
    """Without the escapes that templates make once more. Without a semicolon, "&copy=1" may be an address's."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def fold(text: str) -> str:
    """The form in which two titles are compared: words only, case folded."""
    return _fold_short(text) if len(text) < _SHORT else _fold(text)


def _fold(text: str) -> str:
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
