"""The grown corpus: as many articles as wanted, each a valid document of its own."""

from datetime import UTC, datetime, timedelta

import msgspec

from bench._growth import SPAN, blended
from operations.evaluate.documents import source
from operations.evaluate.labels import LabelledArticle
from services.recommender.statistics import hashes
from shared.documents import ArticleDocument, Card, of_lines
from shared.terms import packed_marks

END = datetime(2026, 10, 1, tzinfo=UTC)
PARENTS = [
    msgspec.json.decode(source(LabelledArticle(
        id=str(n), title=f"Kapal {n} di Samboja", published_at=END,
        body=" ".join(f"kata{n}x{m} laut" for m in range(30)),
        language="id",
    ), END), type=ArticleDocument)
    for n in range(4)
]  # fmt: skip


def test_each_number_makes_one_article_always_the_same() -> None:
    made = list(blended(PARENTS, range(20), end=END))
    assert made == list(blended(PARENTS, range(20), end=END))
    assert len({one.article_id for one in made}) == 20
    assert made[5:8] == list(blended(PARENTS, range(5, 8), end=END))


def test_it_has_words_of_both_parents_once_each() -> None:
    for one in blended(PARENTS, range(20), end=END):
        terms = hashes(one.profile).tolist()
        assert len(terms) == len(set(terms))
        assert len(one.profile) == 5 * len(terms)
        assert len(one.stems) == len(set(one.stems))
        card = msgspec.msgpack.decode(one.card, type=Card)
        assert (card.title, card.published_at) == (one.title, one.published_at)
        assert of_lines(card.topic_terms) == one.topic_terms
        assert card.marks == packed_marks(one.signature)
        assert one.published_at
        assert timedelta() <= END - one.published_at <= SPAN
