"""The statistics of a sample are read again and again, and whoever asks waits for that as seldom as can be."""

import asyncio
from typing import Any

import pytest

from services.recommender import sample
from services.recommender.sample import LATEST, LONGEST, SOONEST, TIMES, Sample
from services.recommender.statistics import CorpusStatistics, counted


class Index:
    """Answers each reading with new statistics, `takes` seconds later; `broken` ones fail."""

    def __init__(self) -> None:
        self.now = 0.0
        self.takes = 0.02
        self.broken = False
        self.readings = 0

    async def read(self, *_: Any) -> CorpusStatistics:
        self.readings += 1
        number = self.readings
        await asyncio.sleep(0)
        self.now += self.takes
        if self.broken:
            raise ConnectionError
        return counted([], articles=number)

    async def number(self, statistics: Sample) -> int:
        """Which reading is told."""
        return (await statistics.statistics()).articles


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Index:
    found = Index()
    monkeypatch.setattr(sample, "read", found.read)
    return found


@pytest.fixture
def asked(index: Index) -> Sample:
    client: Any = None
    return Sample(client, steady=lambda: index.now)


async def ahead() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_is_known_serves_until_it_is_due(index: Index, asked: Sample) -> None:
    assert await index.number(asked) == 1
    index.now += TIMES * index.takes - 0.01
    assert await index.number(asked) == 1
    await ahead()
    assert index.readings == 1


async def test_who_asks_when_it_is_due_need_not_wait(index: Index, asked: Sample) -> None:
    await index.number(asked)
    index.now += TIMES * index.takes + 0.01
    assert [await index.number(asked) for _ in range(3)] == [1, 1, 1]
    await ahead()
    assert await index.number(asked) == 2
    assert index.readings == 2, "one reading for all who asked meanwhile"


async def test_what_is_too_old_serves_nobody(index: Index, asked: Sample) -> None:
    await index.number(asked)
    index.now += LONGEST * TIMES * index.takes + 0.01
    assert await asyncio.gather(*(index.number(asked) for _ in range(3))) == [2, 2, 2]
    assert index.readings == 2


async def test_the_reading_that_is_under_way_serves_who_has_to_wait(index: Index, asked: Sample) -> None:
    await index.number(asked)
    index.now += TIMES * index.takes + 0.01
    assert await index.number(asked) == 1
    index.now += LONGEST * TIMES * index.takes
    left, stays = (asyncio.ensure_future(index.number(asked)) for _ in range(2))
    await asyncio.sleep(0)
    left.cancel()
    assert await stays == 2
    assert index.readings == 2


@pytest.mark.parametrize(("takes", "pause"), [(0.0, SOONEST), (1000.0, LATEST)])
async def test_the_pause_has_bounds(index: Index, asked: Sample, takes: float, pause: float) -> None:
    index.takes = takes
    await index.number(asked)
    index.now += LONGEST * pause - 0.01
    assert await index.number(asked) == 1
    index.now += 0.02
    assert await index.number(asked) > 1


async def test_a_reading_that_fails_is_tried_again_and_fails_who_has_nothing_else(index: Index, asked: Sample) -> None:
    await index.number(asked)
    index.broken = True
    index.now += TIMES * index.takes + 0.01
    assert await index.number(asked) == 1
    await ahead()
    assert await index.number(asked) == 1
    await ahead()
    assert index.readings == 2, "not at once"
    index.now += LONGEST * TIMES * index.takes
    with pytest.raises(ConnectionError):
        await index.number(asked)
    index.broken = False
    assert await index.number(asked) == 4
