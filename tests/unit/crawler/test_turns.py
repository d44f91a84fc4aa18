from datetime import UTC, datetime, timedelta

from services.crawler.turns import IN_FLIGHT, MAX_HOSTS, NO_TIME, Turns

NOW = datetime(2024, 10, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_host_in_its_own_turn_waits_only_for_what_came_out_of_turn() -> None:
    turns = Turns()
    turns.began("a")
    assert turns.own_wait("a", NOW, SECOND) == IN_FLIGHT
    turns.ended("a", NOW)
    assert turns.own_wait("a", NOW, SECOND) == NO_TIME
    turns.began("a")
    turns.ended("a", NOW, foreign=True)
    assert turns.own_wait("a", NOW, 3 * SECOND) == 3 * SECOND
    assert turns.own_wait("a", NOW + 2 * SECOND, 3 * SECOND) == SECOND
    assert turns.own_wait("a", NOW + 9 * SECOND, 3 * SECOND) == NO_TIME
    assert turns.own_wait("lain", NOW, SECOND) == NO_TIME


def test_who_comes_out_of_turn_waits_for_all() -> None:
    turns = Turns()
    assert turns.foreign_wait("a", NOW, SECOND) == NO_TIME
    turns.began("a")
    assert turns.foreign_wait("a", NOW, 5 * SECOND) == 5 * SECOND
    turns.ended("a", NOW)
    assert turns.foreign_wait("a", NOW + SECOND, 5 * SECOND) == 4 * SECOND
    turns.leave_alone("a", NOW + 60 * SECOND)
    assert turns.foreign_wait("a", NOW, SECOND) == 60 * SECOND
    assert turns.own_wait("a", NOW, SECOND) == 60 * SECOND


def test_busy_answers_are_counted_in_a_row() -> None:
    turns = Turns()
    for expected in (1, 2):
        turns.answered("a", busy=True)
        assert turns.busy_before("a") == expected
    turns.answered("a", busy=False)
    assert turns.busy_before("a") == turns.busy_before("b") == 0


def test_the_memory_is_bounded_and_forgets_nothing_in_flight() -> None:
    turns = Turns()
    turns.began("a")
    for number in range(MAX_HOSTS + 10):
        turns.answered(str(number), busy=True)
    assert turns.own_wait("a", NOW, SECOND) == IN_FLIGHT
    assert turns.busy_before("0") == 0
    assert turns.busy_before(str(MAX_HOSTS)) == 1
