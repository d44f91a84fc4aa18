"""What an audit found."""

from datetime import datetime

import msgspec

# More would be a list that nobody reads, and memory: the rest is counted.
MOST_NAMED = 10_000


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages of one kind ended in which class. `reads` is the topic, or the index, that has them."""

    name: str
    reads: str
    classes: dict[str, int]

    @property
    def messages(self) -> int:
        """All of them."""
        return sum(self.classes.values())


class Unexplained(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose end nothing shows, or a document that no event made. `records` counts its copies.

    A document has no place in Kafka; `url` is None where the message doesn't have it.
    """

    stage: str
    why: str
    id: str
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    url: str | None = None
    article_id: str | None = None
    records: int = 1


class ExpiredUnread(msgspec.Struct, frozen=True, kw_only=True):
    """Records that retention took before their group had read them: lost."""

    service: str
    topic: str
    partition: int
    records: int


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The account at `cut_at`. `more_unexplained` counts those beyond the ones named."""

    cut_at: datetime
    stages: tuple[Stage, ...]
    unexplained: tuple[Unexplained, ...] = ()
    expired_unread: tuple[ExpiredUnread, ...] = ()
    more_unexplained: int = 0

    @property
    def clean(self) -> bool:
        """Whether everything is explained and nothing expired unread."""
        return not self.unexplained and not self.expired_unread
