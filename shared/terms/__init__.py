"""Text analysis that the indexer and the recommender share: pure, for Indonesian and English."""

from shared.terms.abbreviations import short_forms
from shared.terms.languages import is_empty, language_of, stem
from shared.terms.minhash import near_duplicates, signature
from shared.terms.topics import name_terms, normal_tag, opening, topic_terms
from shared.terms.words import Word, words

__all__ = [
    "Word", "is_empty", "language_of", "name_terms", "near_duplicates", "normal_tag", "opening", "short_forms", "signature",
    "stem", "topic_terms", "words",
]  # fmt: skip
