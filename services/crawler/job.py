"""One URL on its way through the crawler, and the ways a try can end."""

from datetime import timedelta

import msgspec

from services.crawler.answer import Answer
from services.crawler.partition import Partition
from shared.codec import Envelope
from shared.events import CrawlRequested, FetchFailed, FetchSettled, PageFetched
from shared.topics import CRAWL_REQUESTS


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A fetch to be done. `envelope` and `offset` are those of the request.

    They are None for what nobody asked for: a poll of the site file, a page that is looked at again. `gathered` are the
    answers of its first parts; each part waits for its host's turn.
    """

    url: str
    host: str
    request: CrawlRequested
    partition: Partition
    envelope: Envelope[CrawlRequested] | None = None
    offset: int | None = None
    attempt: int = 1
    gathered: tuple[Answer, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The addresses to fetch in the place of `url`, if it is to be had in parts."""
        return self.request.parts if self.request.kind == "page" else ()

    @property
    def target(self) -> str:
        """What to fetch next."""
        return self.parts[len(self.gathered)] if self.parts else self.url

    @property
    def key(self) -> tuple[str, str]:
        """Two jobs of one key at once would be the same work."""
        return " ".join((self.request.kind, *self.parts)), self.url

    @property
    def record(self) -> "RecordOf | None":
        """Where its request is, if there is one."""
        return None if self.offset is None else RecordOf(partition=self.partition.number, offset=self.offset)


class RecordOf(msgspec.Struct, frozen=True, kw_only=True):
    """The place of a request."""

    partition: int
    offset: int
    topic: str = CRAWL_REQUESTS.name


class Follow(msgspec.Struct, frozen=True, kw_only=True):
    """A request that came of a fetch; with `root` it starts a trace of its own, else it is caused by the job's."""

    request: CrawlRequested
    root: str | None = None


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """The try hasn't ended the job: the next is number `attempt`. The pauses are for the URL, and for its host.

    `gathered` are all parts that there are now, or none if the try brought no new one.
    """

    attempt: int
    why: str
    url_pause: timedelta = timedelta(0)
    host_pause: timedelta = timedelta(0)
    gathered: tuple[Answer, ...] = ()


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The job's one outcome, with the page and the requests to be published before it; its host may want a pause.

    `is_missing`: the answer says, though not by its status, that there is no such page.
    """

    outcome: FetchSettled | FetchFailed
    page: PageFetched | None = None
    follows: tuple[Follow, ...] = ()
    host_pause: timedelta = timedelta(0)
    is_missing: bool = False


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """A redirect to another spelling of the same URL: the next try fetches that."""

    url: str


Verdict = Again | Ended | Hop
