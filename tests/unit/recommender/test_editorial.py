"""Editors decide last, whatever order their decisions come in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.recommender.candidate import Candidate, Recommendation
from services.recommender.decisions import version_of
from services.recommender.editorial import CLOCKS_DIFFER, EDITOR, Decisions, edition, in_force
from services.recommender.recommend import NO_MORE, recommend
from shared.events import EVERYWHERE, RelatedDecided
from shared.terms import packed_marks
from tests.support.ranked import profile_of, statistics_of

NOW = datetime(2024, 5, 2, 8, tzinfo=UTC)
STATISTICS = statistics_of(1000, {"samboja": 20, "kapal": 20})


def named(number: int) -> str:
    return f"{number:032x}"


def candidate(number: int, *, hours: float = 1, **fields: Any) -> Candidate:
    terms = fields.pop("topic_terms", ("samboja",))
    return Candidate(
        article_id=named(number), title="Samboja", url=f"https://contoh.id/{number}", site="contoh.id",
        profile=profile_of("Samboja", *terms), topic_terms=terms, published_at=NOW - timedelta(hours=hours), **fields,
    )  # fmt: skip


ARTICLE = candidate(0, topic_terms=("samboja", "kapal"), names=frozenset({"samboja"}))
RELATED = [candidate(number, hours=number) for number in range(1, 9)]


def decide(decision: Any, item: int, *, on: int | None = 0, minutes: float = 10, **fields: Any) -> RelatedDecided:
    return RelatedDecided(
        article_id=EVERYWHERE if on is None else named(on), item_id=named(item), decision=decision,
        decided_at=NOW - timedelta(minutes=minutes), **fields,
    )  # fmt: skip


def listed(
    *decided: RelatedDecided, size: int = 4, others: tuple[Candidate, ...] = (), article: Candidate = ARTICLE
) -> Recommendation:
    known = [*RELATED, *others]
    decisions = in_force(decided, article.article_id, now=NOW)
    pinned = [one for one in known if one.article_id in {pin.item_id for pin in decisions.pins}]
    edited = edition(decisions, pinned, size=size, now=NOW)
    ranked = recommend(article, edited.admitted(known), now=NOW, size=edited.left, statistics=STATISTICS)
    return edited.completed(ranked, article, now=NOW, mode="fresh")


def numbers(recommendation: Recommendation) -> list[int]:
    return [int(item.article_id, 16) for item in recommendation.items]


def test_without_decisions_the_ranking_is_left_alone() -> None:
    assert numbers(listed()) == [1, 2, 3, 4]
    assert listed() == recommend(ARTICLE, RELATED, now=NOW, size=4, statistics=STATISTICS)


def test_a_blocked_item_makes_room_for_the_next_best() -> None:
    assert numbers(listed(decide("block", 2))) == [1, 3, 4, 5]
    assert numbers(listed(decide("block", 2, on=None))) == [1, 3, 4, 5]
    assert numbers(listed(decide("block", 2, on=7))) == [1, 2, 3, 4], "on another list"


def test_a_pin_takes_its_place_and_says_so() -> None:
    found = listed(decide("pin", 7, position=2))
    assert numbers(found) == [1, 7, 2, 3]
    pick = found.items[1]
    assert pick.parts == {EDITOR: 1.0}
    assert pick.reason == {"id": "pilihan redaksi · 7 jam lalu", "en": "editors' pick · 7 hours ago"}
    scores = [item.score for item in found.items]
    assert scores == sorted(scores, reverse=True)
    assert found.shortfall is None


def test_one_that_ranks_anyway_is_shown_once() -> None:
    assert numbers(listed(decide("pin", 3))) == [3, 1, 2, 4]


def test_a_pin_may_be_off_topic_or_sponsored_and_copies_of_it_stay_out() -> None:
    signature = packed_marks(f"b{band:02d}ff" for band in range(20))
    paid = candidate(20, topic_terms=("beras",), sponsored=True, signature=signature)
    copy = candidate(21, hours=0.5, signature=signature)
    assert numbers(listed(others=(paid, copy))) == [21, 1, 2, 3]
    found = listed(decide("pin", 20), others=(paid, copy))
    assert numbers(found) == [20, 1, 2, 3]
    assert found.items[0].reason["en"] == "editors' pick · sponsored · 1 hour ago"


def test_what_is_removed_or_not_out_yet_is_no_pin() -> None:
    removed, later = candidate(20, removed=True), candidate(21, hours=-1)
    pins = [decide("pin", 20), decide("pin", 21), decide("pin", 99)]
    assert numbers(listed(*pins, others=(removed, later))) == [1, 2, 3, 4]


def test_a_block_wins_over_a_pin_wherever_each_was_made() -> None:
    for block_on, pin_on in ((None, 0), (0, None)):
        pair = (decide("block", 7, on=block_on, minutes=20), decide("pin", 7, on=pin_on, minutes=5))
        assert numbers(listed(*pair)) == [1, 2, 3, 4]


def test_a_release_takes_back_its_own_pair_only() -> None:
    everywhere = decide("block", 2, on=None)
    assert numbers(listed(everywhere, decide("release", 2, minutes=5))) == [1, 3, 4, 5]
    assert numbers(listed(everywhere, decide("release", 2, on=None, minutes=5))) == [1, 2, 3, 4]
    assert numbers(listed(decide("pin", 7), decide("release", 7, minutes=5))) == [1, 2, 3, 4]


def test_pins_at_one_place_stand_newest_first_and_never_beyond_the_list() -> None:
    pins = [decide("pin", number, minutes=number) for number in (5, 6, 7, 8)]
    assert numbers(listed(*pins, size=3)) == [5, 6, 7]
    assert numbers(listed(decide("pin", 7, position=4), size=3)) == [1, 2, 3]


def test_behind_a_short_ranking_a_pin_moves_up() -> None:
    alone = candidate(0, topic_terms=("beras",), names=frozenset({"beras"}))
    found = listed(decide("pin", 7, position=3), article=alone)
    assert (numbers(found), found.shortfall) == ([7], NO_MORE)


def test_an_article_is_never_on_its_own_list() -> None:
    assert numbers(listed(decide("pin", 0, on=None), others=(ARTICLE,))) == [1, 2, 3, 4]


def test_a_decision_holds_from_its_time_to_its_end() -> None:
    ends = NOW + timedelta(minutes=7)
    held = in_force([decide("pin", 7, valid_until=ends), decide("block", 2)], named(0), now=NOW)
    assert held.until == ends
    assert in_force([decide("pin", 7, valid_until=NOW)], named(0), now=NOW) == Decisions()
    ahead = CLOCKS_DIFFER.total_seconds() / 60
    assert in_force([decide("block", 7, minutes=-ahead)], named(0), now=NOW).blocked
    assert not in_force([decide("block", 7, minutes=-ahead - 1)], named(0), now=NOW).blocked


made = st.lists(
    st.builds(
        decide,
        st.sampled_from(["pin", "block", "release"]),
        st.integers(0, 9),
        on=st.sampled_from([None, 0, 0, 1]),
        minutes=st.integers(-3, 30),
        position=st.integers(1, 6),
        valid_until=st.none() | st.just(NOW + timedelta(minutes=1)) | st.just(NOW - timedelta(minutes=1)),
    ),
    max_size=12,
)


@given(made, st.data())
def test_any_order_and_repetition_comes_to_the_same(decided: list[RelatedDecided], data: st.DataObject) -> None:
    again = data.draw(st.permutations(decided)) + data.draw(
        st.lists(st.sampled_from(decided)) if decided else st.just([])
    )
    assert in_force(again, named(0), now=NOW) == in_force(decided, named(0), now=NOW)


@given(made, st.integers(0, 10))
def test_the_size_is_kept_nothing_is_twice_and_nothing_blocked_is_there(
    decided: list[RelatedDecided], size: int
) -> None:
    found = listed(*decided, size=size)
    decisions = in_force(decided, named(0), now=NOW)
    ids = [item.article_id for item in found.items]
    assert len(ids) == len(set(ids))
    assert decisions.blocked.isdisjoint(ids)
    assert named(0) not in ids
    available = len({one.article_id for one in RELATED} - decisions.blocked)
    assert (len(ids) == size) == (found.shortfall is None)
    assert len(ids) >= min(size, available) - sum(pin.position > available for pin in decisions.pins)
    scores = [item.score for item in found.items]
    assert scores == sorted(scores, reverse=True)


def test_a_version_counts_microseconds() -> None:
    one = decide("pin", 1, minutes=0)
    later = decide("pin", 1, minutes=-1e-6 / 60)
    assert version_of(later) - version_of(one) == 1
    assert version_of(one) == int(NOW.timestamp()) * 1_000_000
