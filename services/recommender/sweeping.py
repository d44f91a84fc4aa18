"""Sweeps on and on, says how the lists stand, and warns when the rate can't keep them fresh."""

import asyncio
from collections.abc import Callable
from math import ceil
from typing import Any, NoReturn

from aiokafka.errors import KafkaError

from services.recommender.sweep import AHEAD, Standing, Sweep
from shared import search
from shared.clock import utcnow
from shared.errors import Retry
from shared.kafka import KafkaUnreachableError, will_pass
from shared.logs import get_logger

TICK_SECONDS = 5.0
ENOUGH = 0.9
log = get_logger()
Say = Callable[[dict[str, Any]], None]


def needed_per_second(lists: int, *, share: float, validity_seconds: float) -> float:
    """The rate at which one recommender has to renew its `share` of the lists, so that none gets too old."""
    return lists * share / (validity_seconds * (1 - AHEAD))


def must_begin(standing: Standing, *, share: float, per_second: float, validity_seconds: float) -> bool:
    """Whether the lists that end together are so many that some have to be renewed before they are due."""
    return any(
        count * share > per_second * (validity_seconds * (tenth / len(standing.ending) - AHEAD / 2))
        for tenth, count in enumerate(standing.ending, start=1)
        if tenth / len(standing.ending) > AHEAD
    )


class Warner:
    """Warns once when the allowed rate is too low, and again only after it was enough for a while."""

    def __init__(self, *, allowed: float, validity_seconds: float) -> None:
        self._allowed = allowed
        self._validity = validity_seconds
        self._warned = False

    def look(self, lists: int, *, share: float) -> None:
        """Judge by how many lists there are, and which share of them is ours."""
        needed = needed_per_second(lists, share=share, validity_seconds=self._validity)
        if needed > self._allowed and not self._warned:
            self._warned = True
            log.warning(
                "related.sweep.too_slow",
                **{
                    "labels.lists": lists, "labels.needed_per_second": round(needed, 1),
                    "labels.allowed_per_second": self._allowed,
                    "error.message": f"{lists} lists can't be renewed every {self._validity:g} s: set "
                    f"WARTA_RECOMMENDER_SWEEP_PER_SECOND to {ceil(needed)} or more, run more recommenders, or raise "
                    "WARTA_RECOMMENDER_VALIDITY_SECONDS",
                },
            )  # fmt: skip
        elif needed < ENOUGH * self._allowed:
            self._warned = False


async def keep_sweeping(
    sweep: Sweep, *, validity_seconds: float, per_second: float, share: Callable[[], float], say: Say
) -> NoReturn:
    """Sweep on and on; while a server is away, later. Raises what waiting can't mend."""
    every = min(TICK_SECONDS, validity_seconds * AHEAD / 2)
    warner = Warner(allowed=per_second, validity_seconds=validity_seconds)
    while True:
        now = utcnow()
        try:
            standing = await sweep.standing(now=now)
            ours = share()
            say({
                "hot_lists": standing.lists, "oldest_overdue_seconds": round(standing.overdue_seconds, 1),
            })  # fmt: skip
            warner.look(standing.lists, share=ours)
            early = must_begin(standing, share=ours, per_second=per_second, validity_seconds=validity_seconds)
            if asked := await sweep.tick(now=now, most=ceil(per_second * every), early=early):
                log.info("related.swept", **{"labels.lists": asked})
        except (*search.CLIENT_ERRORS, KafkaError, KafkaUnreachableError) as error:
            if not _passes(error):
                raise search.instruction(error) from None
            log.info("related.sweep.postponed", **{"error.type": type(error).__name__})
        await asyncio.sleep(every)


def _passes(error: Exception) -> bool:
    if isinstance(error, search.CLIENT_ERRORS):
        return isinstance(search.instruction(error), Retry)
    return not isinstance(error, KafkaError) or will_pass(error)
