from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.crawler.rhythm import FASTEST, SLOWEST, USUAL_GAP, Rhythm

MINUTE = timedelta(minutes=1)


def after(gap: timedelta, *, polls: int = 500) -> timedelta:
    """The interval for a source that brings an item once in each `gap`."""
    rhythm = Rhythm(MINUTE)
    rhythm.read(30, None)
    now = last = timedelta(0)
    for _ in range(polls):
        now += rhythm.interval
        rhythm.read(now // gap - last // gap, now - last)
        last = now
    return rhythm.interval


def test_the_first_poll_tells_nothing() -> None:
    rhythm = Rhythm(MINUTE)
    assert rhythm.interval == MINUTE
    rhythm.read(50, None)
    assert rhythm.interval == MINUTE


def test_the_busier_a_source_the_shorter_its_interval() -> None:
    found = [after(gap) for gap in (MINUTE, USUAL_GAP, timedelta(hours=2), timedelta(days=1), timedelta(days=30))]
    assert found == sorted(found)
    assert found[0] < 0.7 * MINUTE
    assert 0.8 * MINUTE < found[1] < 1.25 * MINUTE
    assert 2 * MINUTE < found[3] < 8 * MINUTE


def test_a_silent_source_that_wakes_is_polled_fast_again() -> None:
    rhythm = Rhythm(MINUTE)
    for _ in range(1000):
        rhythm.read(0, rhythm.interval)
    asleep = rhythm.interval
    for _ in range(20):
        rhythm.read(1, MINUTE)
    assert asleep > 5 * MINUTE > 3 * rhythm.interval


def test_failures_double_it_and_one_success_ends_that() -> None:
    rhythm = Rhythm(MINUTE)
    for _ in range(3):
        rhythm.failed()
    assert rhythm.interval == 8 * MINUTE
    rhythm.read(0, None)
    assert rhythm.interval == MINUTE


@given(st.lists(st.tuples(st.integers(0, 1000), st.floats(0, 1e8)) | st.none(), max_size=50))
def test_it_stays_between_its_bounds(polls: list[tuple[int, float] | None]) -> None:
    rhythm = Rhythm(MINUTE)
    for poll in polls:
        if poll is None:
            rhythm.failed()
        else:
            rhythm.read(poll[0], timedelta(seconds=poll[1]))
        assert FASTEST * MINUTE <= rhythm.interval <= SLOWEST * MINUTE


def test_a_clock_that_was_set_back_is_survived() -> None:
    rhythm = Rhythm(timedelta(minutes=1))
    rhythm.read(1, timedelta(hours=-9))
    assert rhythm.interval > timedelta(0)
