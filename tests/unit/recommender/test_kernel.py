"""Time: a burst is over soon, a topic that is always written about lasts, and nothing grows with age."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from services.recommender.kernel import concentration, half_life, kept

AGES = st.lists(st.floats(0, 3000), min_size=1, max_size=20)


def test_a_burst_has_a_shorter_half_life_than_a_steady_topic() -> None:
    like = np.ones(5)
    burst = half_life(np.array([0.1, 0.2, 0.5, 1.0, 40.0]), like, shortest=0.5, longest=60)
    steady = half_life(np.array([1.0, 20.0, 60.0, 90.0, 200.0]), like, shortest=0.5, longest=60)
    assert burst < steady


def test_what_is_little_alike_tells_little() -> None:
    ages = np.array([1.0, 1.0, 100.0, 100.0])
    near = half_life(ages, np.array([1.0, 1.0, 0.1, 0.1]), shortest=0.5, longest=60)
    far = half_life(ages, np.array([0.1, 0.1, 1.0, 1.0]), shortest=0.5, longest=60)
    assert near < far


def test_without_anything_alike_it_is_the_longest() -> None:
    assert half_life(np.array([1.0]), np.array([0.0]), shortest=1, longest=9) == 9
    assert half_life(np.array([]), np.array([]), shortest=1, longest=9) == 9


def test_an_event_is_what_came_at_once_and_a_topic_what_came_as_everything_does() -> None:
    distances, likest, like = np.array([0.1, 0.3, 90.0, 200.0, 300.0, 400.0]), np.array([0, 1]), np.ones(2)
    assert concentration(distances, likest, like, days=2) > 0.9
    assert concentration(distances, np.array([0, 3]), like, days=2) < 0.4
    assert concentration(distances, np.array([2, 3]), like, days=2) == 0
    assert concentration(distances, np.array([0, 3]), np.array([1.0, 0.1]), days=2) > 0.8


def test_where_all_is_near_or_nothing_alike_there_is_no_event() -> None:
    assert concentration(np.zeros(5), np.arange(3), np.ones(3), days=2) == 0
    assert concentration(np.array([1.0]), np.array([0]), np.array([0.0]), days=2) == 0
    nothing = np.array([], np.intp)
    assert concentration(np.array([np.inf]), nothing, nothing.astype(float), days=2) == 0


@given(AGES, st.randoms(use_true_random=False))
@example([3, 3, 0, 0, 4, 0, 0, 4, 0, 0, 3, 3], None)
def test_it_stays_within_its_bounds_and_order_is_of_no_matter(ages: list[float], draw: object) -> None:
    likeness = np.linspace(0.1, 1, len(ages))
    found = half_life(np.array(ages), likeness, shortest=2, longest=30)
    assert 2 <= found <= 30
    turned = half_life(np.array(ages)[::-1].copy(), likeness[::-1].copy(), shortest=2, longest=30)
    assert found == turned


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30), st.floats(0.05, 365))
def test_an_older_one_never_keeps_more(ages: list[float], half: float) -> None:
    shares = kept(np.sort(np.array(ages)), half)
    assert (np.diff(shares) <= 0).all()
    assert (shares <= 1).all()
    assert (shares >= 0).all()


def test_a_half_is_kept_at_the_half_life() -> None:
    assert kept(np.array([0.0, 7.0]), 7.0).tolist() == [1.0, 0.5]
