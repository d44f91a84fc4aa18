"""The ranking's promises, on made candidates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recommender.candidate import Candidate, Recommendation
from services.recommender.recommend import DEFAULT, NO_MORE, NO_TOPICS, recommend
from services.recommender.statistics import CorpusStatistics, counted, words_of_names
from shared.terms import packed_marks
from tests.support.ranked import profile_of, statistics_of

NOW = datetime(2024, 5, 2, 8, tzinfo=UTC)
TERMS = ("samboja", "tanjung biru", "pelabuhan", "kapal", "beras", "gempa", "rana", "sekolah")
STATISTICS = statistics_of(1000, dict.fromkeys(TERMS, 20))


def candidate(number: int, *terms: str, hours: float | None = 1, **fields: Any) -> Candidate:
    at = None if hours is None else NOW - timedelta(hours=hours)
    title = fields.pop("title", " ".join(terms).title())
    return Candidate(
        article_id=f"{number:032x}", title=title, url=f"https://contoh.id/{number}", site="contoh.id",
        profile=profile_of(title, *terms), topic_terms=terms, published_at=at,
        fetched_at=fields.pop("fetched_at", NOW - timedelta(minutes=1)), language="id", **fields,
    )  # fmt: skip


ARTICLE = candidate(
    0, "samboja", "tanjung biru", "pelabuhan", "kapal", hours=None, names=frozenset({"samboja", "tanjung biru"})
)


def ids(recommendation: Recommendation) -> list[int]:
    return [int(item.article_id, 16) for item in recommendation.items]


def rank(*candidates: Candidate, **arguments: Any) -> Recommendation:
    arguments.setdefault("statistics", STATISTICS)
    return recommend(ARTICLE, candidates, now=NOW, **arguments)


def test_more_in_common_comes_first() -> None:
    both = candidate(1, "samboja", "tanjung biru", "beras")
    one = candidate(2, "samboja", "beras", "gempa")
    assert ids(rank(one, both)) == [1, 2]


def test_nothing_in_common_is_not_related() -> None:
    found = rank(candidate(1, "beras", "gempa"), candidate(2, "samboja"))
    assert ids(found) == [2]
    assert found.shortfall == NO_MORE


def test_a_shared_word_alone_counts_less_than_a_shared_name() -> None:
    name, word = candidate(1, "beras", "samboja"), candidate(2, "beras", "kapal")
    found = rank(name, word)
    assert found.items[0].article_id == name.article_id
    assert found.items[0].parts["topic"] > 1.5 * (found.items[1].parts["topic"] if len(found.items) > 1 else 0.0)


def test_a_name_in_the_title_counts_more_than_one_in_the_body() -> None:
    body = candidate(1, "samboja", "beras", title="Beras")
    title = candidate(2, "samboja", "beras", title="Samboja")
    assert ids(rank(body, title)) == [2, 1]


def test_a_short_form_is_the_name() -> None:
    asks = candidate(0, "korea utara", "kapal", hours=None, names=frozenset({"korea utara"}))
    short, other = candidate(1, "korut", "beras"), candidate(2, "gempa", "beras")
    assert ids(recommend(asks, [short, other], now=NOW, statistics=STATISTICS)) == [1]
    (item,) = recommend(short, [asks], now=NOW, statistics=STATISTICS).items
    assert item.parts["topic"] > 0


def test_itself_copies_removed_and_later_ones_stay_out() -> None:
    copied = packed_marks(f"b{band:02d}ff" for band in range(20))
    asks = msgspec.structs.replace(ARTICLE, signature=copied)
    wrong = [
        ARTICLE,
        candidate(1, "samboja", signature=copied),
        candidate(2, "samboja", removed=True),
        candidate(3, "samboja", hours=-0.1),
        msgspec.structs.replace(candidate(4, "samboja", hours=None), fetched_at=NOW + timedelta(seconds=1)),
    ]
    found = recommend(asks, [*wrong, candidate(9, "samboja")], now=NOW, statistics=STATISTICS)
    assert ids(found) == [9]


def test_of_copies_the_best_stays() -> None:
    copied = packed_marks(f"b{band:02d}ff" for band in range(20))
    older = candidate(1, "samboja", hours=30, signature=copied)
    newer = candidate(2, "samboja", hours=3, signature=copied)
    assert ids(rank(older, newer)) == [2]


def test_an_undated_one_has_the_least_time_score_and_no_age() -> None:
    undated, old = candidate(1, "samboja", hours=None), candidate(2, "samboja", hours=24 * 3000)
    found = rank(undated, old)
    assert ids(found) == [2, 1]
    assert found.items[1].parts["time"] < found.items[0].parts["time"] < DEFAULT.tail
    assert found.items[1].reason == {"id": "topik: Samboja", "en": "topic: Samboja"}


def test_context_prefers_the_articles_own_time() -> None:
    asks = msgspec.structs.replace(ARTICLE, published_at=NOW - timedelta(days=90))
    near, fresh = candidate(1, "samboja", hours=24 * 91), candidate(2, "samboja", hours=2)
    assert ids(recommend(asks, [near, fresh], now=NOW, mode="context", statistics=STATISTICS)) == [1, 2]
    assert ids(recommend(asks, [near, fresh], now=NOW, mode="fresh", statistics=STATISTICS)) == [2, 1]


def test_equal_scores_fall_back_to_the_id() -> None:
    assert ids(rank(candidate(2, "samboja"), candidate(1, "samboja"))) == [1, 2]


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_full_list_has_no_shortfall(size: int) -> None:
    found = rank(*(candidate(n, "samboja") for n in range(1, 5)), size=size)
    assert len(found.items) == size
    assert found.shortfall is None


def test_an_article_without_topics_says_so() -> None:
    found = recommend(candidate(0), [candidate(1, "samboja")], now=NOW)
    assert (found.items, found.shortfall) == ((), NO_TOPICS)


def test_diversity_brings_in_another_story() -> None:
    same = [candidate(n, "samboja", "tanjung biru", "pelabuhan", hours=n) for n in (1, 2, 3)]
    other = candidate(4, "kapal", "samboja", "gempa", "sekolah", hours=3)
    assert 4 not in ids(rank(*same, other, size=3))
    diverse = msgspec.structs.replace(DEFAULT, diversity=0.9)
    assert 4 in ids(rank(*same, other, size=3, weights=diverse))


def test_items_say_why() -> None:
    title = "Kapal Pertama di Tanjung Biru, Samboja"
    (item,) = rank(candidate(1, "samboja", "tanjung biru", hours=18, title=title)).items
    assert set(item.topics) == {"Tanjung Biru", "Samboja"}
    assert item.reason["id"] == f"topik: {', '.join(item.topics)} · 18 jam lalu"
    assert item.reason["en"] == f"topics: {', '.join(item.topics)} · 18 hours ago"
    assert item.score == item.parts["topic"] * item.parts["time"]


MADE = st.lists(
    st.tuples(
        st.lists(st.sampled_from(TERMS), unique=True, max_size=5), st.none() | st.floats(0, 1000), st.integers(0, 3)
    ),
    max_size=12,
).map(
    lambda rows: [
        candidate(n, *terms, hours=hours, signature=packed_marks(f"b{band:02d}{copy}" for band in range(20) if copy))
        for n, (terms, hours, copy) in enumerate(rows, start=1)
    ]
)


@given(made=MADE, random=st.randoms(use_true_random=False), statistics=st.sampled_from([STATISTICS, None]))
def test_the_order_of_the_candidates_is_of_no_matter(
    made: list[Candidate], random: Any, statistics: CorpusStatistics | None
) -> None:
    shuffled = made.copy()
    random.shuffle(shuffled)
    assert rank(*made, statistics=statistics) == rank(*shuffled, statistics=statistics)


@given(made=MADE, size=st.integers(0, 12))
def test_every_list_keeps_its_promises(made: list[Candidate], size: int) -> None:
    found = rank(*made, size=size)
    scores = [item.score for item in found.items]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= size
    assert (found.shortfall is None) == (len(scores) == size)
    terms = {one.article_id: set(one.topic_terms) for one in made}
    assert all(terms[item.article_id] & set(ARTICLE.topic_terms) and item.topics for item in found.items)
    assert all(0 < item.score <= 1 for item in found.items)


@given(hours=st.floats(0, 10_000), more=st.floats(0.01, 10_000))
def test_the_score_falls_with_age(hours: float, more: float) -> None:
    newer, older = candidate(1, "samboja", hours=hours), candidate(1, "samboja", hours=hours + more)
    assert rank(newer).items[0].score >= rank(older).items[0].score


def test_a_name_that_all_news_mention_joins_less_than_a_word_unless_it_is_in_the_headline() -> None:
    profiles = [profile_of("x", "samboja", "kapal", f"lain{number}") for number in range(60)]
    told = counted([*profiles, *[profile_of("x", f"beda{number}") for number in range(900)]],
                   [*[words_of_names(["samboja"], "id")] * 60, *[set[int]()] * 900])  # fmt: skip
    place, word = candidate(1, "samboja", "beras", title="Beras"), candidate(2, "kapal", "gempa", title="Gempa")
    named = frozenset({"samboja"})

    def first(title: str) -> int:
        asks = candidate(0, "samboja", "kapal", hours=None, names=named, title=title)
        return ids(recommend(asks, [place, word], now=NOW, mode="context", statistics=told))[0]

    assert first("Rana Sekolah") == 2
    assert first("Samboja") == 1
