"""Likeness by profiles, and what the likest articles add to it."""

from itertools import count

import numpy as np

from services.recommender.similarity import Vectors, fed_back, likeness
from services.recommender.statistics import CorpusStatistics, bucket, counted, words_of_names
from shared.terms.profile import packed


def profile(*words: str) -> bytes:
    return packed(dict.fromkeys(words, 1.0), ())


def vectors(*profiles: bytes) -> Vectors:
    rarity = counted(profiles).rarity(0.9, 0.0)
    return Vectors(profiles, rarity, saturation=3.0, length=0.8)


def test_the_same_text_is_most_alike_and_a_strange_one_not_at_all() -> None:
    found = likeness(
        vectors(profile("rudal", "laut"), profile("rudal", "laut"), profile("rudal"), profile("beras")), {}
    )
    assert found[0] > found[1] > found[2] == 0


def test_a_rare_word_joins_more_than_a_common_one() -> None:
    others = [profile("kapal", f"lain{number}") for number in range(20)]
    found = likeness(vectors(profile("kapal", "samboja"), profile("samboja", "x"), profile("kapal", "y"), *others), {})
    assert found[0] > found[1]


def test_articles_without_words_are_like_nothing() -> None:
    assert likeness(vectors(b"", b"", profile("beras")), {}).tolist() == [0, 0]
    assert likeness(vectors(profile("beras"), b"", profile("beras")), {})[0] == 0
    assert likeness(vectors(profile("beras"), profile("beras"), b""), {})[1] == 0


def test_what_the_likest_have_in_common_counts_too() -> None:
    of_topic = [profile("rudal", "pyongyang", f"a{number}") for number in range(5)]
    told = vectors(profile("rudal", "kim"), *of_topic, profile("pyongyang"), profile("beras"))
    direct = likeness(told, {})
    fed = fed_back(told, direct, share=0.5, seeds=5, power=4.0)
    assert direct[5] == direct[6] == 0
    assert fed[5] > fed[6] == 0


def test_feedback_of_nothing_changes_nothing() -> None:
    told = vectors(profile("rudal"), profile("beras"), profile("gempa"))
    direct = likeness(told, {})
    assert fed_back(told, direct, share=0.5, seeds=20, power=4.0).tolist() == direct.tolist()
    alone = vectors(profile("rudal"))
    assert fed_back(alone, likeness(alone, {}), share=0.5, seeds=20, power=4.0).size == 0


def test_rarities_with_other_powers_are_kept_beside_each_other() -> None:
    statistics: CorpusStatistics = counted([profile("rudal"), profile("rudal", "beras")])
    first = statistics.rarity(0.8, 0.5)
    assert statistics.rarity(0.9, 0.5) is not first
    assert statistics.rarity(0.8, 0.5) is first
    assert np.isfinite(first).all()


def test_what_is_mostly_a_name_keeps_less_of_its_weight() -> None:
    profiles = [profile("kapal", "jakarta", f"lain{number}") for number in range(40)]
    told = counted(profiles, [words_of_names(["jakarta"], "id")] * len(profiles))
    plain, damped = told.rarity(1.2, 0.5), told.rarity(1.2, 0.5, name=0.3)
    assert damped[bucket("kapal")] == plain[bucket("kapal")]
    assert damped[bucket("jakarta")] < 0.5 * plain[bucket("jakarta")]
    assert np.allclose(damped, plain * told.general(0.3))


def test_what_is_repeated_where_it_is_said_counts_more_than_what_as_many_say_once() -> None:
    profiles = [packed({"gempa": 3.0, "warga": 1.0, f"lain{number}": 1.0}, ()) for number in range(8)]
    told = counted([*profiles, *(profile(f"beda{number}") for number in range(400))])
    plain, more = told.rarity(1.2, 0.5), told.rarity(1.2, 0.5, burst=1.0)
    assert plain[bucket("gempa")] == plain[bucket("warga")]
    assert more[bucket("gempa")] > plain[bucket("gempa")] > more[bucket("warga")]
    assert more[bucket("lain0")] == plain[bucket("lain0")]  # one article's alone: nobody knows
    assert np.allclose(more, plain * told.bursts(1.0))


def test_what_nearly_all_articles_repeat_is_no_topic() -> None:
    profiles = [packed({"presiden": 3.0, "kata": 1.0, f"lain{number}": 1.0}, ()) for number in range(40)]
    bursts = counted(profiles).bursts(1.0)
    assert abs(bursts[bucket("presiden")] - 1) < 0.01
    assert (counted([]).bursts(1.0) == 1).all()


def test_the_second_mention_asks_for_less_than_the_first() -> None:
    asks = packed({"rudal": 3.0, "laut": 1.0}, ())
    rarity = counted([asks, profile("rudal"), profile("laut"), profile("beras")]).rarity(0.9, 0.0)
    by_count, less = (
        likeness(
            Vectors([asks, profile("rudal"), profile("laut")], rarity, saturation=3.0, length=0.8, repeats=power), {}
        )
        for power in (1.0, 0.7)
    )
    assert by_count[0] > less[0] > less[1] > by_count[1]


def test_terms_that_share_a_bucket_count_together_and_a_name_without_strength_takes_nothing_away() -> None:
    known: dict[int, str] = {}
    words = (f"{number * 7919:x}" for number in count(10_000))
    first, second = next((one, word) for word in words if (one := known.setdefault(bucket(word), word)) != word)
    place = bucket(first)
    both, alone = (vectors(packed(dict.fromkeys(terms, 1.0), ())).own() for terms in ((first, second), (first,)))
    assert both.keys() == alone.keys() == {place}
    told = vectors(packed({first: 1.0, "beras": 1.0}, (second,)), profile("gempa")).own()
    assert told[place] == vectors(profile(first, "beras"), profile("gempa")).own()[place]
    assert told[place][0] > 0
