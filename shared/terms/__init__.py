"""Text analysis that the indexer and the recommender share: pure, for Indonesian and English."""

from shared.terms.abbreviations import short_forms
from shared.terms.languages import is_empty, language_of, stem
from shared.terms.minhash import near_duplicates, signature
from shared.terms.topics import opening, topic_terms
from shared.terms.words import Word, phrases, title_cased, words

__all__ = [
    "Word", "is_empty", "language_of", "near_duplicates", "opening", "phrases", "short_forms", "signature", "stem",
    "title_cased", "topic_terms", "words",
]  # fmt: skip
