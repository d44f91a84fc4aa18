"""Text analysis that the indexer and the recommender share: pure, for Indonesian and English."""

from shared.terms.abbreviations import Shortened, short_forms
from shared.terms.languages import language_of, stem
from shared.terms.minhash import BANDS, SAME_BANDS, copied, near_duplicates, packed_marks, signature
from shared.terms.profile import SCALE, indexed, term_hash
from shared.terms.topics import Analysis, analysed, normal_tag
from shared.terms.words import shouted, words

__all__ = [
    "BANDS",
    "SAME_BANDS",
    "SCALE",
    "Analysis",
    "Shortened",
    "analysed",
    "copied",
    "indexed",
    "language_of",
    "near_duplicates",
    "normal_tag",
    "packed_marks",
    "short_forms",
    "shouted",
    "signature",
    "stem",
    "term_hash",
    "words",
]
