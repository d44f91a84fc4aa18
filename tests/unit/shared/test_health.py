"""Live means: it moves, or has nothing to move, or waits for something named."""

import asyncio
from collections.abc import Callable

from shared.health import PARTITION_WINDOWS, Health
from shared.settings import HealthSettings
from shared.topics import ARTICLES_PARSED, PAGES_FETCHED
from tests.support.cluster import until

STALL = 0.3
PLACE = ("pages.fetched", 2)


def health() -> Health:
    return Health("test", HealthSettings(port=0, stall_seconds=STALL))


async def stalls(one: Health, *, meanwhile: Callable[[], None] = lambda: None) -> bool:
    """Whether it isn't live within three times the window."""
    for _ in range(30):
        meanwhile()
        await asyncio.sleep(STALL / 10)
        if not one.live:
            return True
    return False


async def test_an_idle_service_is_live() -> None:
    assert not await stalls(health())


async def test_work_that_does_not_move_is_a_stall_and_progress_ends_it() -> None:
    one = health()
    with one.working():
        assert await stalls(one)
        assert "in work" in str(one.stalled_because)
        one.progressed("success")
        assert one.live


async def test_a_topic_behind_must_move_itself() -> None:
    one = health()
    one.behind({PLACE})
    assert await stalls(one, meanwhile=lambda: one.progressed("success", of=("related.requests", 2)))
    assert "pages.fetched/2" in str(one.stalled_because)
    one.progressed("success", of=PLACE)
    assert one.live


async def test_a_partition_may_wait_while_its_neighbours_move_but_not_for_ever() -> None:
    one = health()
    one.behind({PLACE})

    def neighbours_move() -> None:
        one.progressed("success", of=("pages.fetched", 3))

    assert not await stalls(one, meanwhile=neighbours_move)

    async def stalled() -> bool:
        neighbours_move()
        return not one.live

    await until(stalled, seconds=2 * PARTITION_WINDOWS * STALL, every=STALL / 10)


async def test_a_long_piece_of_work_is_a_move() -> None:
    one = health()
    one.behind({PLACE})
    assert not await stalls(one, meanwhile=lambda: one.moving(PAGES_FETCHED))
    assert await stalls(one)
    one.progressed("success", of=PLACE)
    one.behind({PLACE})
    assert await stalls(one)
    one.behind(set())
    assert one.live


async def test_a_long_piece_of_work_that_goes_on_is_life_for_its_topic() -> None:
    one = health()
    one.behind({PLACE})
    with one.working():
        assert not await stalls(one, meanwhile=lambda: one.moving(PAGES_FETCHED))
        assert await stalls(one, meanwhile=lambda: one.moving(ARTICLES_PARSED))
    assert "pages.fetched/2" in str(one.stalled_because)


async def test_a_consumer_that_its_group_forgot_is_stalled_unless_work_goes_on() -> None:
    one = health()
    one.member(belongs=False)
    assert not await stalls(one, meanwhile=lambda: one.progressed("success"))
    assert await stalls(one)
    one.member(belongs=True)
    assert one.live


async def test_waiting_for_a_dependency_is_life_but_not_readiness() -> None:
    one = health()
    one.behind({PLACE})
    one.member(belongs=False)
    with one.working():
        assert not await stalls(one, meanwhile=lambda: one.retrying("elasticsearch", "down"))
    assert "waiting for elasticsearch" in one.unready_because
    one.member(belongs=True)
    one.behind(set())
    one.progressed("success")
    assert not one.unready_because


async def test_the_state_says_why() -> None:
    one = health()
    one.say(lag=7)
    asked = iter((1, 2))
    one.ask(lambda: {"sources": next(asked)})
    assert [one._state()["labels.sources"] for _ in range(2)] == [1, 2]
    one._asked.clear()
    with one.working():

        async def stalled() -> bool:
            return "labels.stalled_because" in one._state()

        await until(stalled, seconds=5, every=0.05)
    assert one._state()["labels.lag"] == 7
