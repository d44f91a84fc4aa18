"""Asks the recommender to store the lists that were asked for, without keeping any caller waiting."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NoReturn

from services.recommender.stored import READER
from shared.delivery import Outgoing
from shared.events import RelatedRequested
from shared.logs import get_logger
from shared.topics import RELATED_REQUESTS

AGAIN_SECONDS = 300.0
MOST_REMEMBERED = 10_000
MOST_WAITING = 1_000
log = get_logger()


class Asker:
    """Each article at most once in five minutes; what finds no room while Kafka is away is let go, and logged."""

    def __init__(self, publish: Callable[[Outgoing], Awaitable[object]], *, steady: Callable[[], float]) -> None:
        self._publish = publish
        self._steady = steady
        self._asked: OrderedDict[str, float] = OrderedDict()
        self._queue: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)

    def ask(self, article_id: str) -> None:
        """Have the article's list asked for soon."""
        now = self._steady()
        if now - self._asked.get(article_id, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return
        try:
            self._queue.put_nowait(article_id)
        except asyncio.QueueFull:
            log.warning("related.request.dropped", **{"labels.article_id": article_id})
            return
        self._asked[article_id] = now
        self._asked.move_to_end(article_id)
        if len(self._asked) > MOST_REMEMBERED:
            self._asked.popitem(last=False)

    async def run(self) -> NoReturn:
        """Send what is asked for, one by one. Raises what waiting can't mend."""
        while True:
            article_id = await self._queue.get()
            event = RelatedRequested(article_id=article_id, because_of=READER)
            await self._publish(Outgoing(topic=RELATED_REQUESTS, key=article_id, event=event))
