"""A row of dead letters that has stopped a process stops the next one too, wherever that begins; its end ends it."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.deaths import Deaths
from shared.delivery import TooManyDeadLettersError
from tests.support.fakes.attempts import PARTITIONS, FakeAttemptsStore, FakeProcess, record_at
from tests.support.fakes.log import FakeLog

LIMIT = 3
places = st.integers(0, len(PARTITIONS) - 1)


def kept_rows(store: FakeAttemptsStore) -> list[int]:
    return [Deaths.inherited(store.texts.get(one, ""), heir="", alive=())[1] for one in PARTITIONS]


async def stopped(store: FakeAttemptsStore, name: str, *, at: int = 0, limit: int = LIMIT) -> FakeProcess:
    process = FakeProcess(store, name, limit=limit)
    for _ in range(limit):
        await process.work_on(at, bad=True)
    with pytest.raises(TooManyDeadLettersError):
        await process.work_on(at, bad=True)
    return process


@pytest.mark.parametrize("place", range(1, len(PARTITIONS)))
async def test_the_next_process_stops_at_once_though_it_begins_with_other_partitions(place: int) -> None:
    store = FakeAttemptsStore()
    await stopped(store, "first")
    for name in ("second", "third"):
        log = FakeLog()
        process = FakeProcess(store, name, limit=LIMIT, log=log)
        with pytest.raises(TooManyDeadLettersError):
            await process.work_on(place, bad=True)
        assert not log.ever, "not one dead letter more"


async def test_a_row_that_began_within_one_batch_is_kept_for_all_partitions_too() -> None:
    store = FakeAttemptsStore()
    process = FakeProcess(store, "first", limit=LIMIT)
    with pytest.raises(TooManyDeadLettersError):
        await process.work_on(*[0] * (LIMIT + 2), bad=True)
    assert kept_rows(store) == [LIMIT] * len(PARTITIONS)


async def test_one_success_ends_the_row_on_partitions_that_had_nothing_to_do() -> None:
    store = FakeAttemptsStore()
    await stopped(store, "first")
    mended = FakeProcess(store, "second", limit=LIMIT)
    await mended.work_on(0, bad=False)
    assert kept_rows(store) == [0] * len(PARTITIONS), "also if it is killed now"
    healthy = FakeProcess(store, "third", limit=LIMIT)
    await healthy.work_on(4, bad=True)


async def test_each_of_several_processes_goes_on_with_the_row_that_was_left() -> None:
    store = FakeAttemptsStore()
    await stopped(store, "first")
    for name, owned in (("second", PARTITIONS[:3]), ("third", PARTITIONS[3:])):
        store.alive.add(name)
        process = FakeProcess(store, name, limit=LIMIT)
        process.owned = owned
        with pytest.raises(TooManyDeadLettersError):
            await process.work_on(owned[0].partition, bad=True)


async def test_nothing_is_written_to_partitions_of_another_process() -> None:
    store = FakeAttemptsStore()
    process = FakeProcess(store, "mine", limit=LIMIT)
    await process.work_on(0, bad=True)
    other = Deaths().text("other", 0)
    store.texts[PARTITIONS[5]] = other
    process.owned = PARTITIONS[:5]  # it has moved on, though the rebalance has not been told of yet
    await process.work_on(5, bad=True)
    await process.work_on(0, bad=False)
    await process.attempts.close()
    assert store.texts[PARTITIONS[5]] == other
    assert kept_rows(store) == [0] * len(PARTITIONS)


async def test_after_the_release_nothing_is_written_over_what_the_next_owner_keeps() -> None:
    store = FakeAttemptsStore()
    process = FakeProcess(store, "mine", limit=LIMIT)
    await process.work_on(0, bad=True)
    await process.attempts.release()
    assert kept_rows(store) == [1] * len(PARTITIONS)
    theirs = dict.fromkeys(PARTITIONS, Deaths().text("other", 2))
    store.texts |= theirs
    await process.work_on(0, bad=True)  # what a stop has cut short runs on for a moment
    await process.attempts.close()
    assert store.texts == theirs


async def test_what_is_assigned_while_the_state_is_read_is_read_as_well() -> None:
    store = FakeAttemptsStore()
    store.texts[PARTITIONS[5]] = Deaths().text("gone", LIMIT)
    process = FakeProcess(store, "mine", limit=LIMIT)
    process.owned = PARTITIONS[:3]

    def rebalance() -> None:
        store.reading = lambda: None
        process.owned = PARTITIONS[2:]
        process.attempts.forget()
        store.texts[PARTITIONS[2]] = Deaths().text("gone", 1)

    store.reading = rebalance
    with pytest.raises(TooManyDeadLettersError):
        await process.work_on(2, bad=True)
    assert store.read_for == [set(PARTITIONS[:3]), set(PARTITIONS[2:])]


async def test_a_rebalance_does_not_bring_back_a_row_that_has_ended() -> None:
    store = FakeAttemptsStore()
    process = FakeProcess(store, "mine", limit=LIMIT)
    for _ in range(LIMIT):
        await process.work_on(0, bad=True)
    process.publisher.succeeded()
    process.attempts.forget()
    await process.work_on(0, bad=True)
    assert process.publisher.row == 1


async def test_the_state_is_read_once_for_an_assignment_and_a_row_of_none_costs_no_write() -> None:
    store = FakeAttemptsStore()
    process = FakeProcess(store, "mine", limit=LIMIT)
    for _ in range(10):
        await process.work_on(1, 2, bad=False)
    assert store.read_for == [set(PARTITIONS)]
    assert store.written == [{PARTITIONS[1], PARTITIONS[2]}] * 10


async def test_the_stop_waits_until_the_row_is_kept() -> None:
    store = FakeAttemptsStore()
    process = FakeProcess(store, "mine", limit=LIMIT)
    for _ in range(LIMIT):
        await process.work_on(0, bad=True)
    rejecting = asyncio.Event()

    async def one(record: object) -> None:
        store.up.clear()
        process.publisher.row = LIMIT + 1
        rejecting.set()
        raise TooManyDeadLettersError

    stopping = asyncio.create_task(process.attempts.work_through([record_at(0)], one))  # type: ignore[list-item]
    await rejecting.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not stopping.done()
    store.up.set()
    with pytest.raises(TooManyDeadLettersError):
        await stopping
    assert kept_rows(store) == [LIMIT + 1] * len(PARTITIONS)


async def test_what_the_brokers_took_at_the_second_try_only_is_kept_for_all_partitions_too() -> None:
    store = FakeAttemptsStore()
    process = FakeProcess(store, "mine", limit=LIMIT)
    await process.work_on(0, bad=False)
    process.publisher.row = 2
    store.lost = 1
    await process.attempts.begin([record_at(0, 1)])
    assert kept_rows(store) == [2] * len(PARTITIONS)


@given(st.lists(st.tuples(places, st.booleans(), st.booleans()), max_size=60))
async def test_over_any_kills_there_are_never_more_in_a_row_than_the_limit(steps: list[tuple[int, bool, bool]]) -> None:
    store, log = FakeAttemptsStore(), FakeLog()
    process = FakeProcess(store, "0", limit=LIMIT, log=log)
    row = 0
    for number, (place, bad, kill) in enumerate(steps, start=1):
        before = len(log.ever)
        stops = False
        try:
            await process.work_on(place, bad=bad)
        except TooManyDeadLettersError:
            stops = True
        row = row + len(log.ever) - before if bad else 0
        assert row <= LIMIT
        assert row == LIMIT or not stops, "no process is stopped by a row that has ended"
        if stops or kill:
            process = FakeProcess(store, str(number), limit=LIMIT, log=log)
