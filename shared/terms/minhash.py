"""Near-duplicate signatures: MinHash over word triples, in bands that can be looked up.

Two texts agree in a band with probability J², J being the Jaccard similarity of their triples: at J = .75, as after one
word of twenty was replaced, in 18 of 32 bands, at .5 in 8, at .2 in one, on different texts in none. `./warta bench
duplicates` measures it.
"""

import hashlib
import struct
from collections.abc import Collection, Iterable, Sequence
from zlib import crc32

from shared.articles import Article
from shared.terms.words import words

BANDS = 32
SAME_BANDS = 8  # from about J = .5 on

_ROWS = 2
_SHINGLE = 3
_FEWEST = 6  # triples: below that a text is too short to tell copies by
_MOST = 2000
_TITLE_WORDS = 5
_HASHES = struct.Struct(f"<{BANDS * _ROWS}I")
_PACKED = struct.Struct(f"<{BANDS}H6s")


def signature(article: Article) -> tuple[str, ...]:
    """The bands of the text (`b00…` to `b31…`), and the title's own mark (`t…`) when it is long enough to be unique.

    The text is the body, or with a body of under 40 words the title and lead too: all there is of a teaser.
    """
    title = [word.folded for word in words(article.title)]
    body = [word.folded for word in words("\n".join(article.body))]
    if len(body) < 40:
        body = [*title, *(word.folded for word in words(article.lead or "")), *body]
    marks = (f"t{_hex(' '.join(title))}",) if len(set(title)) >= _TITLE_WORDS else ()
    return (*_bands(body), *marks)


def near_duplicates(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two signatures are of copies: the same long title, or nearly the same text."""
    return copied(set(one).intersection(other))


def copied(shared: Collection[str]) -> bool:
    """Whether the marks that two signatures share make their articles copies."""
    return len(shared) >= SAME_BANDS or any(mark.startswith("t") for mark in shared)


def packed_marks(signature: Iterable[str]) -> bytes:
    """A signature in 70 bytes, where it is compared and not looked up: 16 bits a band, little-endian, 48 of the title.

    0 is a mark that there isn't. Empty for an empty signature.
    """
    bands, title = [0] * BANDS, b""
    for mark in signature:
        if mark.startswith("t"):
            title = hashlib.blake2b(mark.encode(), digest_size=6).digest()
        else:
            bands[int(mark[1:3])] = crc32(mark.encode()) & 0xFFFF or 1
    return _PACKED.pack(*bands, title) if title or any(bands) else b""


def _bands(tokens: list[str]) -> tuple[str, ...]:
    shingles = {" ".join(tokens[i : i + _SHINGLE]) for i in range(min(len(tokens) - _SHINGLE + 1, _MOST))}
    if len(shingles) < _FEWEST:
        return ()
    rows = (_HASHES.unpack(hashlib.shake_128(shingle.encode()).digest(_HASHES.size)) for shingle in shingles)
    lowest = [min(column) for column in zip(*rows, strict=True)]
    return tuple(
        f"b{band:02d}{_hex(','.join(map(str, lowest[band * _ROWS : (band + 1) * _ROWS])))}" for band in range(BANDS)
    )


def _hex(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
