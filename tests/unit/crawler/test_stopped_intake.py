"""A crawler that a row of dead letters has stopped drains no further after its restart, and blames no request."""

from typing import Any

import pytest

from services.crawler.intake import Intake
from services.crawler.partition import Partition
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import Sites
from shared.deaths import Deaths
from shared.delivery import TooManyDeadLettersError
from shared.partitions import partitions
from shared.topics import CRAWL_REQUESTS
from tests.support.fakes.attempts import FakeAttemptsStore, FakeProcess
from tests.support.fakes.log import FakeLog, FakeRecord

LIMIT = 3


class _Health:
    def progressed(self, *_what: Any, **_more: Any) -> None: ...


def poison(number: int) -> list[Any]:
    return [
        FakeRecord(topic=CRAWL_REQUESTS.name, partition=number, offset=offset, key=b"k", value=b"no event", headers=())
        for offset in range(2 * LIMIT)
    ]


async def test_a_row_in_one_batch_is_kept_for_all_partitions_and_none_of_it_counts_as_died() -> None:
    store = FakeAttemptsStore()
    for name, number, letters in (("first", 0, LIMIT), ("second", 4, 0)):
        log = FakeLog()
        process = FakeProcess(store, name, limit=LIMIT, log=log)
        process.owned = partitions(CRAWL_REQUESTS)
        context: Any = type(
            "Context", (), {"attempts": process.attempts, "health": _Health(), "publisher": process.publisher}
        )()
        intake = Intake(context, Sites(), CrawlerSettings(), lambda _job: None)
        with pytest.raises(TooManyDeadLettersError):
            await intake.take(Partition(number), poison(number))
        assert len(log.ever) == letters
    for one in process.owned:
        deaths, row = Deaths.inherited(store.texts[one], heir="", alive=())
        assert row == LIMIT
        assert not any(map(deaths.of, range(2 * LIMIT)))
