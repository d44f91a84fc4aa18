"""An article as a vector: how strongly it is about each of its stems, packed for Elasticsearch's doc values.

The strength of a stem is the square root of how often it occurs, an occurrence in the title or a tag counting three
times: on topic and event collections alike better than counts or their logarithms. How rare a stem is among all
articles is the ranking's part, because that changes as the stream flows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from struct import pack
from zlib import crc32

TITLE = 3
MOST = 255  # stems: of a longer text the strongest
SCALE = 16  # a strength is kept as a byte of sixteenths


def stems_by_strength(weighted: Iterable[tuple[int, Sequence[str]]]) -> dict[str, float]:
    """Stems with their strength, strongest first, of equals the first mentioned; from texts with their weights."""
    counts: Counter[str] = Counter()
    for weight, stems in weighted:
        for stem in stems:
            counts[stem] += weight
    return {stem: sqrt(count) for stem, count in counts.most_common(MOST)}


def packed(strengths: dict[str, float], names: Iterable[str]) -> bytes:
    """N hashes of 4 bytes, then n strengths of 1, little-endian.

    `names` of several words stand behind the stems with strength 0: they say only that the article has them.
    """
    kept = {term_hash(term): min(255, round(strength * SCALE)) for term, strength in strengths.items()}
    for name in names:
        kept.setdefault(term_hash(name), 0)
    return pack(f"<{len(kept)}I{len(kept)}B", *kept, *kept.values())


def term_hash(term: str) -> int:
    """32 bits that stand for a term."""
    return crc32(term.encode())


def indexed(hashed: int) -> str:
    """The form in which the index has a term's hash."""
    return f"{hashed:08x}"
