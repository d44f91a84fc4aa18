"""Bytes to text: byte order mark, what the bytes prove, the header, the page's own meta, then a guess."""

import codecs
import re
import unicodedata

import charset_normalizer
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

from shared.errors import DeadLetter

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_MARKS = tuple(mark for mark, _ in _BOMS)
_REPLACED = "\ufffd".encode()
_BAD = 20
_GUESS_FROM = 64 * 1024
_CP1252 = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][" + re.escape("".join(char for char, byte in _CP1252.items() if byte < 0xC0)) + "]{1,3}"
)

_TWICE = re.compile(b"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")  # how that looks in UTF-8, which bytes tell sooner


def readable(body: bytes, content_type: str) -> str | bytes:
    """The page for the tree: as it came where that is clean UTF-8, as most pages are, else as `decode` reads it."""
    return body if _is_clean(body) else decode(body, content_type)


def decode(body: bytes, content_type: str) -> str:
    """The page's text. Raises `DeadLetter` for what no encoding makes readable."""
    text, is_utf8 = _decode(body, content_type)
    bad = text.count("\ufffd") + sum(text.count(chr(code)) for code in range(9) if code in body or not is_utf8)
    if bad > max(_BAD, len(text) // 10):
        raise DeadLetter("undecodable_page", "more than a tenth of the characters are unreadable")
    if is_utf8 and 0 not in body and _TWICE.search(body) is None:
        return text
    return _repair(text.replace("\x00", ""))


def _is_clean(body: bytes) -> bool:
    """Whether `decode` would find UTF-8 with nothing to repair, whatever is declared. Plain ASCII may be ISO-2022."""
    if body.isascii() or 0 in body or body.startswith(_MARKS) or (0xEF in body and _REPLACED in body):
        return False
    if sum(body.count(code) for code in range(1, 9) if code in body) > _BAD:
        return False
    if 0xC3 in body and _TWICE.search(body) is not None:
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode(body: bytes, content_type: str) -> tuple[str, bool]:
    """The text, and whether it was UTF-8."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), encoding == "utf-8"
    declared = [
        encoding
        for encoding in (http_content_type_encoding(content_type), html_body_declared_encoding(body[:4096]))
        if encoding is not None and _is_text_encoding(encoding)
    ]
    if body.isascii():
        stateful = next((name for name in declared if name.startswith(("iso2022", "iso-2022", "hz"))), "ascii")
        return body.decode(stateful, "replace"), stateful == "ascii"
    # Text in another encoding is next to never valid UTF-8, so valid UTF-8 beats any label.
    text = body.decode("utf-8", "replace")
    if _is_mostly_utf8(text, body):
        return text, True
    for encoding in declared:
        if resolve_encoding(encoding) == "utf-8":
            continue
        candidate = body.decode(encoding, "replace")
        if candidate.count("\ufffd") * 100 <= len(candidate):
            return candidate, False
    guess = charset_normalizer.from_bytes(body[:_GUESS_FROM]).best()
    if guess is None or _is_latin(str(guess)):
        return body.decode("cp1252", "replace"), False  # the web's default, and guessers mix up the Latin code pages
    return body.decode(guess.encoding, "replace"), False


def _is_latin(text: str) -> bool:
    letters = [char for char in text[:2000] if char.isalpha() and not char.isascii()]
    return sum(unicodedata.name(char, "").startswith("LATIN") for char in letters) * 2 >= len(letters)


def _is_mostly_utf8(text: str, body: bytes) -> bool:
    """Whether broken sequences are rare beside good ones: a cut or a stray byte doesn't change the encoding."""
    broken = text.count("\ufffd")
    good = sum(1 for byte in body if byte >= 0xC2) - broken if broken else 1
    return broken == 0 or good > broken * 4


def _is_text_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)  # noqa: SLF001 - "hex" and "zlib" are codecs too
    except (LookupError, ValueError):
        return False


def _repair(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 once (a curly quote as three characters), where that decodes."""
    return _MOJIBAKE.sub(_one_repair, text)


def _one_repair(found: re.Match[str]) -> str:
    raw = bytes(_CP1252.get(char, ord(char) & 0xFF) for char in found[0])
    for length in range(len(raw), 1, -1):
        try:
            return raw[:length].decode("utf-8") + found[0][length:]
        except UnicodeDecodeError:
            continue
    return found[0]
