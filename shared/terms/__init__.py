"""Text analysis that the indexer and the recommender share: pure, for Indonesian and English."""

from shared.terms.abbreviations import short_forms
from shared.terms.languages import language_of, stem
from shared.terms.minhash import near_duplicates, signature
from shared.terms.topics import name_terms, normal_tag, topic_terms
from shared.terms.words import Word, words

__all__ = [
    "Word",
    "language_of",
    "name_terms",
    "near_duplicates",
    "normal_tag",
    "short_forms",
    "signature",
    "stem",
    "topic_terms",
    "words",
]
