"""How common each term is among the articles: what makes "Rusia" tell more than "dunia"."""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from shared.terms import SCALE, stem, term_hash

BUCKETS = 1 << 18  # terms share one now and then: of 6,000 in a ranking some 2 %
OF_NO_NAME = 1  # article in which any term is thought to be none: a name seen but once singles out a story
COMMON = 6.0  # the power by which a term tells less of a topic the more articles have it, as the name of a president
SEEN = 10.0  # articles with a term, at which half of how often they repeat it is thought to be no chance
KEPT = 8  # computed vectors: a search needs two, a ranking four
STRENGTHS = np.arange(256, dtype=np.float32) / np.float32(SCALE)
_MASK = BUCKETS - 1


class CorpusStatistics:
    """`documents` articles, `counts[bucket]` of them about its terms; a sample tells as much as all of them do.

    `named[bucket]` of these have it as a part of a name; `occurrences[bucket]` is how often all of them say it. They
    stand for `articles`, by default for themselves.
    """

    def __init__(
        self, documents: int, counts: NDArray[np.uint32], named: NDArray[np.uint32],
        occurrences: NDArray[np.float64], *, articles: int | None = None,
    ) -> None:  # fmt: skip
        self.documents = documents
        self.articles = documents if articles is None else articles
        self.counts = counts
        self._named = named
        self._occurrences = occurrences
        self._kept: dict[tuple[str | float, ...], NDArray[np.float32]] = {}

    def rarity(self, power: float, shared: float, *, name: float = 1.0, burst: float = 0.0) -> NDArray[np.float32]:
        """The weight of each bucket: ln(1 + (others + ½) / (count + ½))^power, as in BM25.

        It is less for what under some `shared` articles have: a term that only one article in the sample has joins
        nothing, and would make long texts look unlike each other. Of a name it is the share `name`; `burst` is the
        power of what is repeated where it is said.
        """

        def computed() -> NDArray[np.float64]:
            counts = np.maximum(self.counts, 0.5)
            others = np.maximum(self.documents - counts, 0.0)
            rarity: NDArray[np.float64] = np.log1p((others + 0.5) / (counts + 0.5)) ** power
            rarity *= counts / (counts + shared)
            if name != 1.0:
                rarity *= self.general(name)
            return rarity * self.bursts(burst) if burst else rarity

        return self._once(("rarity", power, shared, name, burst), computed)

    def general(self, name: float) -> NDArray[np.float32]:
        """What each bucket keeps of its weight where a name counts `name`: 1 for what is never a part of one."""
        return self._once(("general", name), lambda: 1.0 - (1.0 - name) * self._named / (self.counts + OF_NO_NAME))

    def bursts(self, power: float) -> NDArray[np.float32]:
        """How much more often than others an article that says a term says it, to the `power`: what topics are made of.

        Compared are the terms that about as many articles have. 1 for what one article has or none, and next to that
        for what most have.
        """

        def computed() -> NDArray[np.float64]:
            told = np.flatnonzero((self.counts > 1) & (self._occurrences > 0))
            counts = self.counts[told].astype(np.float64)
            often = np.log(self._occurrences[told] / counts)
            alike = np.rint(2.0 * np.log2(counts)).astype(np.int64)
            usual = np.bincount(alike, often) / np.maximum(np.bincount(alike), 1)
            more = (often - usual[alike]) * counts / (counts + SEEN) * (1.0 - counts / self.documents) ** COMMON
            found = np.ones(BUCKETS)
            found[told] = np.exp(power * more)
            return found

        return self._once(("bursts", power), computed)

    def expected(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """How many articles may have the terms in some buckets."""
        found: NDArray[np.float64] = np.maximum(self.counts[places], 0.5) * (self.articles / max(self.documents, 1))
        return found

    def _once(self, key: tuple[str | float, ...], computed: Callable[[], NDArray[np.float64]]) -> NDArray[np.float32]:
        if key not in self._kept:
            found = computed().astype(np.float32)
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = found
        return self._kept[key]


def buckets(profile: bytes) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The buckets of a profile's terms and their strengths, two vectors of one length."""
    ids, told, _ = joined([profile])
    return ids, STRENGTHS[told]


def joined(profiles: Sequence[bytes]) -> tuple[NDArray[np.intp], NDArray[np.uint8], NDArray[np.int64]]:
    """The buckets of all profiles and their strengths as they are told, end to end, and how many each has.

    `STRENGTHS` has what is told: a power of 256 numbers takes less time than one of many thousands. The buckets are
    what numpy looks up by without a copy of them.
    """
    counts = [len(profile) // 5 for profile in profiles]
    terms = b"".join([profile[: 4 * count] for profile, count in zip(profiles, counts, strict=True)])
    told = b"".join([profile[4 * count : 5 * count] for profile, count in zip(profiles, counts, strict=True)])
    ids = (np.frombuffer(terms, "<u4") & np.uint32(_MASK)).astype(np.intp)
    return ids, np.frombuffer(told, np.uint8), np.array(counts, np.int64)


def hashes(profile: bytes) -> NDArray[np.uint32]:
    """The hashes of a profile's terms."""
    return np.frombuffer(profile, "<u4", len(profile) // 5).astype(np.uint32, copy=False)


def places(profile: bytes) -> NDArray[np.uint32]:
    """The buckets of a profile's terms alone."""
    return hashes(profile) & np.uint32(_MASK)


def bucket(term: str) -> int:
    """The bucket of a term."""
    return term_hash(term) & _MASK


def counted(
    profiles: Iterable[bytes], names: Iterable[Collection[int]] = repeat(()), *, articles: int | None = None
) -> CorpusStatistics:
    """The statistics of the given articles, from the profile of each and the buckets of its names' words."""
    counts, named, occurrences = np.zeros(BUCKETS, np.uint32), np.zeros(BUCKETS, np.uint32), np.zeros(BUCKETS)
    documents = 0
    for profile, parts in zip(profiles, names, strict=False):
        documents += 1
        has, strengths = buckets(profile)
        counts[has] += 1
        np.add.at(occurrences, has, (strengths * strengths).astype(np.float64))
        if parts:
            named[np.intersect1d(has, np.fromiter(parts, np.uint32, len(parts)))] += 1
    return CorpusStatistics(documents, counts, named, occurrences, articles=articles)


def words_of_names(names: Iterable[str], language: str) -> set[int]:
    """The buckets of the words that names are made of."""
    return {bucket(stem(word, language)) for name in names for word in name.split(" ")}
