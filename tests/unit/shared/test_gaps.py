from hypothesis import given
from hypothesis import strategies as st

from shared.gaps import Gaps


@given(st.permutations(range(12)))
def test_nothing_beyond_the_first_gap_is_committable(order: list[int]) -> None:
    gaps = Gaps()
    for offset in range(12):
        gaps.opened(offset)
    ended: set[int] = set()
    for offset in order:
        gaps.ended(offset)
        ended.add(offset)
        first_open = next((n for n in range(12) if n not in ended), 12)
        assert gaps.committable == first_open
        assert len(gaps) == 12 - len(ended)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=200))
def test_what_is_open_is_what_was_opened_and_has_not_ended(steps: list[tuple[bool, int]]) -> None:
    """Also where a topic's compaction has left holes, and when one ends twice."""
    gaps = Gaps()
    opened: list[int] = []
    left: set[int] = set()
    for opens, number in steps:
        if opens:
            opened.append((opened[-1] if opened else 0) + 1 + number)
            gaps.opened(opened[-1])
            left.add(opened[-1])
        elif opened:
            gaps.ended(opened[number % len(opened)])
            left.discard(opened[number % len(opened)])
        assert len(gaps) == len(left)
        assert gaps.committable == (min(left) if left else opened[-1] + 1 if opened else 0)


def test_what_has_ended_is_cleared_away() -> None:
    gaps = Gaps()
    for offset in range(100_000):
        gaps.opened(offset)
        gaps.ended(offset - 50)
    assert (len(gaps), gaps.committable) == (50, 99_950)
    assert len(gaps._offsets) < 20_000
