"""What an operator is told of the crawl: figures in each heartbeat, a warning where something begins to go wrong."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from services.crawler.partition import Partition
from services.crawler.polls import Polls
from shared.logs import get_logger

# All sources are looked at for it.
EVERY = timedelta(seconds=10)
log = get_logger()


class News:
    """Remembers what has been told, so that each warning comes once."""

    def __init__(self, polls: Polls, partitions: Iterable[Partition]) -> None:
        self._polls = polls
        self._partitions = partitions
        self._held_back: set[str] = set()
        self._next = datetime.min.replace(tzinfo=UTC)

    def figures(self, now: datetime) -> dict[str, float]:
        """How things stand, for the heartbeat."""
        ours = list(self._partitions)
        return {
            **self._polls.told(now),
            "paused_hosts": sum(one.frontier.paused for one in ours),
            "unreachable_hosts": sum(len(one.known.unreachable) for one in ours),
            "held_removals": sum(self._held().values()),
        }

    def warn(self, now: datetime) -> None:
        """Warn of silent sources and of removals that are held back, every few seconds."""
        if now < self._next:
            return
        self._next = now + EVERY
        for source in self._polls.silent(now):
            log.warning(
                "source.silent",
                **{
                    "url.full": source.url, "labels.read_at": source.read_at and source.read_at.isoformat(),
                    "error.message": "its polls have failed for an hour: nothing new is found there. Look at the"
                    " fetch.failed and fetch.refused lines of this URL, and mend it in the site file",
                },
            )  # fmt: skip
        held = self._held()
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

    def _held(self) -> dict[str, int]:
        return {host: pages for one in self._partitions for host, pages in one.known.gone.held.items()}
