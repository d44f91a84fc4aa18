"""One table: what `bootstrap` creates, and what compose, the manifests and a contract test agree with."""

from typing import Literal

import msgspec

from shared import events

DAY_MS = 24 * 3600 * 1000
MIB = 1024 * 1024
MAX_PAGE_BYTES = 4 * MIB
DLQ_EXTRA_BYTES = 64 * 1024
DLQ_SUFFIX = ".dlq"

Cleanup = Literal["delete", "compact", "compact,delete"]


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic: `key` names what its records are keyed by; retention is by time, never by bytes.

    Compaction keeps a key's last record, and leaves alone what is younger than `compaction_lag_ms`.
    """

    name: str
    key: str
    event_types: tuple[type[events.Event], ...]
    cleanup: Cleanup
    retention_ms: int | None
    partitions: int = 6
    max_message_bytes: int = 1 * MIB
    compaction_lag_ms: int = 0

    @property
    def dlq(self) -> str:
        """The name of its dead-letter twin."""
        return self.name + DLQ_SUFFIX

    @property
    def config(self) -> dict[str, str]:
        """The topic's settings as Kafka names them."""
        return {
            "cleanup.policy": self.cleanup,
            "retention.bytes": "-1",
            "retention.ms": str(-1 if self.retention_ms is None else self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
            "min.compaction.lag.ms": str(self.compaction_lag_ms),
        }


# A request may wait for its host's turn: at one a second, a million of one host take twelve days.
CRAWL_REQUESTS = Topic(
    name="crawl.requests", key="host", event_types=(events.CrawlRequested,), cleanup="delete", retention_ms=14 * DAY_MS
)
CRAWL_OUTCOMES = Topic(
    name="crawl.outcomes", key="host", event_types=(events.FetchSettled, events.FetchFailed), cleanup="delete",
    retention_ms=35 * DAY_MS,
)  # fmt: skip
PAGES_FETCHED = Topic(
    name="pages.fetched", key="page URL", event_types=(events.PageFetched,), cleanup="delete", retention_ms=14 * DAY_MS,
    max_message_bytes=5 * MIB,
)  # fmt: skip
PAGES_OUTCOMES = Topic(
    name="pages.outcomes", key="page URL", event_types=(events.PageDropped,), cleanup="compact,delete",
    retention_ms=30 * DAY_MS,
)  # fmt: skip
# A key's last record needn't be its newest version: two pages are parsed at once, an old one again. None may go before
# the indexer has seen it, and it may be as far behind as the parser, whose pages are kept for 14 days.
ARTICLES_PARSED = Topic(
    name="articles.parsed", key="article id", event_types=(events.ArticleParsed, events.ArticleRemoved),
    cleanup="compact", retention_ms=None, max_message_bytes=5 * MIB, compaction_lag_ms=14 * DAY_MS,
)  # fmt: skip
ARTICLES_INDEXED = Topic(
    name="articles.indexed", key="article id", event_types=(events.ArticleIndexed,), cleanup="delete",
    retention_ms=7 * DAY_MS,
)  # fmt: skip
RELATED_REQUESTS = Topic(
    name="related.requests", key="article id", event_types=(events.RelatedRequested,), cleanup="delete",
    retention_ms=1 * DAY_MS,
)  # fmt: skip
ARTICLES_RELATED = Topic(
    name="articles.related", key="article id", event_types=(events.RelatedComputed,), cleanup="compact",
    retention_ms=None,
)  # fmt: skip
# Small and for ever: what editors have decided has no other home that an index could be filled from again.
RELATED_DECISIONS = Topic(
    name="related.decisions", key="article id|item id", event_types=(events.RelatedDecided,), cleanup="compact",
    retention_ms=None,
)  # fmt: skip

SOURCES: tuple[Topic, ...] = (
    CRAWL_REQUESTS, CRAWL_OUTCOMES, PAGES_FETCHED, PAGES_OUTCOMES, ARTICLES_PARSED, ARTICLES_INDEXED,
    RELATED_REQUESTS, ARTICLES_RELATED, RELATED_DECISIONS,
)  # fmt: skip


def dead_letters(source: Topic) -> Topic:
    """The dead-letter twin of `source`: the original bytes, 30 days, 64 KiB larger."""
    return Topic(
        name=source.dlq, key=source.key, event_types=(events.MessageRejected, events.DeadLetterSettled),
        cleanup="delete", retention_ms=30 * DAY_MS, partitions=1,
        max_message_bytes=source.max_message_bytes + DLQ_EXTRA_BYTES,
    )  # fmt: skip


TOPICS: dict[str, Topic] = {t.name: t for s in SOURCES for t in (s, dead_letters(s))}

# Who reads what, in the consumer group `warta-<service>`.
CONSUMERS: dict[str, tuple[Topic, ...]] = {
    "crawler": (CRAWL_REQUESTS,),
    "parser": (PAGES_FETCHED,),
    "indexer": (ARTICLES_PARSED,),
    "recommender": (ARTICLES_INDEXED, RELATED_REQUESTS, RELATED_DECISIONS),
}


def group_of(service: str) -> str:
    """The consumer group of a service."""
    return f"warta-{service}"
