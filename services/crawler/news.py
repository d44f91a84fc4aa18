"""What an operator is told of the crawl: figures in each heartbeat, a warning where something begins to go wrong."""

from collections.abc import Iterable
from datetime import datetime

from services.crawler.partition import Partition
from services.crawler.polls import Polls
from shared.health import Health
from shared.logs import get_logger

log = get_logger()


class News:
    """Remembers what has been told, so that each warning comes once."""

    def __init__(self) -> None:
        self._held_back: set[str] = set()

    def tell(self, health: Health, polls: Polls, partitions: Iterable[Partition], now: datetime) -> None:
        """Say to `health` how things stand, and warn of silent sources and of removals that are held back."""
        ours = list(partitions)
        held = {host: pages for one in ours for host, pages in one.known.gone.held.items()}
        health.say(
            **polls.told(now),
            paused_hosts=sum(one.frontier.paused for one in ours),
            unreachable_hosts=sum(len(one.known.unreachable) for one in ours),
            held_removals=sum(held.values()),
        )
        for source in polls.silent(now):
            log.warning(
                "source.silent",
                **{
                    "url.full": source.url, "labels.read_at": source.read_at and source.read_at.isoformat(),
                    "error.message": "its polls have failed for an hour: nothing new is found there. Look at the"
                    " fetch.failed and fetch.refused lines of this URL, and mend it in the site file",
                },
            )  # fmt: skip
        for host in sorted(held.keys() - self._held_back):
            log.warning(
                "removals.held",
                **{
                    "url.domain": host, "labels.pages": held[host],
                    "error.message": "so many of its pages are gone that it looks sick, or that their removal is spread"
                    " over hours: `warta gone list` names them, `warta gone confirm HOST` has them removed",
                },
            )  # fmt: skip
        self._held_back = set(held)
