"""The articles whose pages are gone and whose removal the crawler holds back, read from `crawl.outcomes`."""

from collections.abc import Callable
from contextlib import aclosing

import msgspec
from aiokafka import TopicPartition

from operations.ranges import whole
from shared import codec
from shared.articles import UtcTime
from shared.errors import DeadLetter
from shared.events import FetchFailed, FetchSettled, Removal
from shared.settings import KafkaSettings
from shared.topics import CRAWL_OUTCOMES

_EVERY = 100_000
_SAYS_SO = b'"removal"'
_HELD: frozenset[Removal | None] = frozenset(("held", "capped"))


class HeldRemoval(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page that is gone and whose article stays for now; `why` as the outcome's `removal` has it."""

    url: str
    why: Removal
    since: UtcTime
    last: UtcTime
    status: int | None = None


class HeldRemovals:
    """Takes outcomes in, those of a URL in their order; `found` are the ones that are held at the end."""

    def __init__(self) -> None:
        self._gone: dict[str, HeldRemoval] = {}

    def take(self, value: bytes, headers: codec.Headers) -> None:
        """One record of `crawl.outcomes`. Almost all name no page that is gone: their bytes tell sooner."""
        if _SAYS_SO not in value and not self._gone:
            return
        try:
            event = codec.decode(headers, value).event
        except DeadLetter:
            return
        if isinstance(event, FetchFailed | FetchSettled) and event.removal:
            before = self._gone.get(event.url)
            self._gone[event.url] = HeldRemoval(
                url=event.url, why=event.removal, since=before.since if before else event.settled_at,
                last=event.settled_at, status=event.status,
            )  # fmt: skip
        elif isinstance(event, FetchSettled) and event.outcome in {"published", "unchanged"}:
            self._gone.pop(event.url, None)

    @property
    def found(self) -> list[HeldRemoval]:
        """What is held back, by URL."""
        return sorted((one for one in self._gone.values() if one.why in _HELD), key=lambda one: one.url)


async def held_removals(settings: KafkaSettings, report: Callable[[str], None]) -> list[HeldRemoval]:
    """Read the whole topic. Raises `WartaError`, `KafkaError`."""
    wanted = [TopicPartition(CRAWL_OUTCOMES.name, number) for number in range(CRAWL_OUTCOMES.partitions)]
    held = HeldRemovals()
    async with aclosing(whole(settings, "warta-gone", wanted, every=_EVERY, report=report)) as reading:
        async for record in reading:
            held.take(record.value or b"", list(record.headers or ()))
    return held.found
