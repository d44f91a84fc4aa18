"""Profiles: what is packed comes out again, within a byte's precision."""

from math import sqrt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.recommender.statistics import BUCKETS, STRENGTHS, buckets, hashes, joined
from shared.terms.profile import MOST, SCALE, indexed, packed, stems_by_strength, term_hash

STEMS = st.dictionaries(st.text(min_size=1, max_size=12), st.floats(0.1, 15), max_size=40)


@given(STEMS, st.lists(st.text(min_size=3, max_size=12), max_size=5))
def test_terms_and_strengths_come_out_again(strengths: dict[str, float], names: list[str]) -> None:
    profile = packed(strengths, names)
    assert len(profile) % 5 == 0
    assert set(hashes(profile).tolist()) == {term_hash(term) for term in (*strengths, *names)}
    _, told = buckets(profile)
    by_hash = dict(zip(hashes(profile).tolist(), told.tolist(), strict=True))
    for term, strength in {term_hash(term): strength for term, strength in strengths.items()}.items():
        assert abs(by_hash[term] - strength) <= 0.5 / SCALE
    for name in {term_hash(name) for name in names} - {term_hash(term) for term in strengths}:
        assert by_hash[name] == 0


@given(st.lists(STEMS, max_size=6))
def test_many_profiles_are_read_as_each_alone(several: list[dict[str, float]]) -> None:
    profiles = [packed(strengths, ()) for strengths in several]
    ids, told, lengths = joined(profiles)
    alone = [buckets(profile) for profile in profiles]
    assert lengths.tolist() == [len(each) for each, _ in alone]
    assert ids.tolist() == [number for each, _ in alone for number in each.tolist()]
    assert STRENGTHS[told].tolist() == [number for _, each in alone for number in each.tolist()]
    assert not ids.size or int(ids.max()) < BUCKETS


def test_a_long_text_keeps_its_strongest_stems() -> None:
    words = [f"kata{number}" for number in range(2 * MOST)]
    found = stems_by_strength([(1, words), (3, words[-10:])])
    assert len(found) == MOST
    assert list(found)[:10] == words[-10:]
    assert found[words[-1]] == sqrt(4)


def test_hashes_are_indexed_as_eight_digits() -> None:
    assert indexed(255) == "000000ff"
    assert np.uint32(term_hash("rudal")) == term_hash("rudal")
