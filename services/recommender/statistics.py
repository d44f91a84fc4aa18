"""How common each term is among the articles: what makes "Rusia" tell more than "dunia"."""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from shared.terms import SCALE, stem, term_hash

BUCKETS = 1 << 18  # terms share one now and then: of 6,000 in a ranking some 2 %
OF_NO_NAME = 1  # article in which any term is thought to be none: a name seen but once singles out a story
KEPT = 8  # computed vectors: a search needs one, a ranking three
_MASK = BUCKETS - 1


class CorpusStatistics:
    """`documents` articles, `counts[bucket]` of them about its terms; a sample tells as much as all of them do.

    `named[bucket]` of these have it as a part of a name.
    """

    def __init__(self, documents: int, counts: NDArray[np.uint32], named: NDArray[np.uint32] | None = None) -> None:
        self.documents = documents
        self.counts = counts
        self._named = np.zeros_like(counts) if named is None else named
        self._kept: dict[tuple[float, ...], NDArray[np.float32]] = {}

    def rarity(self, power: float, shared: float, *, name: float = 1.0) -> NDArray[np.float32]:
        """The weight of each bucket: ln(1 + (others + ½) / (count + ½))^power, as in BM25.

        It is less for what under some `shared` articles have: a term that only one article in the sample has joins
        nothing, and would make long texts look unlike each other. Of a name it is the share `name`.
        """

        def computed() -> NDArray[np.float64]:
            counts = np.maximum(self.counts, 0.5)
            others = np.maximum(self.documents - counts, 0.0)
            rarity: NDArray[np.float64] = np.log1p((others + 0.5) / (counts + 0.5)) ** power
            rarity *= counts / (counts + shared)
            return rarity if name == 1.0 else rarity * self.general(name)

        return self._once((power, shared, name), computed)

    def general(self, name: float) -> NDArray[np.float32]:
        """What each bucket keeps of its weight where a name counts `name`: 1 for what is never a part of one."""
        return self._once((name,), lambda: 1.0 - (1.0 - name) * self._named / (self.counts + OF_NO_NAME))

    def _once(self, key: tuple[float, ...], computed: Callable[[], NDArray[np.float64]]) -> NDArray[np.float32]:
        if key not in self._kept:
            found = computed().astype(np.float32)
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = found
        return self._kept[key]


def buckets(profile: bytes) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The buckets of a profile's terms and their strengths, two vectors of one length."""
    ids, strengths, _ = joined([profile])
    return ids, strengths


def joined(profiles: Sequence[bytes]) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.int64]]:
    """The buckets and strengths of all profiles, end to end, and how many each has."""
    counts = [len(profile) // 5 for profile in profiles]
    terms = b"".join([profile[: 4 * count] for profile, count in zip(profiles, counts, strict=True)])
    told = b"".join([profile[4 * count : 5 * count] for profile, count in zip(profiles, counts, strict=True)])
    strengths = np.frombuffer(told, np.uint8).astype(np.float32) / np.float32(SCALE)
    ids = np.frombuffer(terms, "<u4").astype(np.uint32, copy=False) & np.uint32(_MASK)
    return ids, strengths, np.array(counts, np.int64)


def hashes(profile: bytes) -> NDArray[np.uint32]:
    """The hashes of a profile's terms."""
    return np.frombuffer(profile, "<u4", len(profile) // 5).astype(np.uint32, copy=False)


def places(profile: bytes) -> NDArray[np.uint32]:
    """The buckets of a profile's terms alone."""
    return hashes(profile) & np.uint32(_MASK)


def bucket(term: str) -> int:
    """The bucket of a term."""
    return term_hash(term) & _MASK


def counted(profiles: Iterable[bytes], names: Iterable[Collection[int]] = repeat(())) -> CorpusStatistics:
    """The statistics of the given articles, from the profile of each and the buckets of its names' words."""
    counts, named = np.zeros(BUCKETS, np.uint32), np.zeros(BUCKETS, np.uint32)
    documents = 0
    for profile, parts in zip(profiles, names, strict=False):
        documents += 1
        has = places(profile)
        counts[has] += 1
        if parts:
            named[np.intersect1d(has, np.fromiter(parts, np.uint32, len(parts)))] += 1
    return CorpusStatistics(documents, counts, named)


def words_of_names(names: Iterable[str], language: str) -> set[int]:
    """The buckets of the words that names are made of."""
    return {bucket(stem(word, language)) for name in names for word in name.split(" ")}
