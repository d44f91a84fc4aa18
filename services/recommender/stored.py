"""A list as the index `related` holds it: what was told, and until when it is kept ready."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shared.articles import UtcTime
from shared.events import RelatedComputed

HOT = timedelta(days=7)
# An article that is asked for stays hot a day longer: so it need be written down only once a day that it is asked for.
ASKED = HOT + timedelta(days=1)
READER = "api"  # what a request is `because_of` when a reader asked


class Heat(msgspec.Struct, frozen=True, kw_only=True):
    """Beside each stored list: when a reader last asked for it (to the day), and until when it is kept ready."""

    asked_at: UtcTime | None = None
    hot_until: UtcTime | None = None

    def cools(self, now: datetime) -> bool:
        """Whether a reader's asking now would keep the list ready for longer than it is."""
        return self.hot_until is None or self.hot_until < now + HOT


class StoredList(msgspec.Struct, frozen=True, kw_only=True):
    """A list and its heat."""

    computed: RelatedComputed
    heat: Heat = Heat()


def heat(*, asked_at: datetime | None, published_at: datetime | None, indexed_at: datetime | None) -> Heat:
    """An article is hot for 7 days from when it was published, was changed, or was last asked for."""
    ends = [at + HOT for at in (published_at, indexed_at) if at]
    if asked_at:
        ends.append(asked_at + ASKED)
    return Heat(asked_at=asked_at, hot_until=max(ends, default=None))


def to_document(computed: RelatedComputed, heat: Heat) -> dict[str, Any]:
    """The document's source: the event's fields, and the heat's that are known."""
    known = {name: at for name, at in msgspec.to_builtins(heat).items() if at is not None}
    return {**msgspec.to_builtins(computed), **known}


def from_document(source: Mapping[str, Any]) -> StoredList:
    """The list of a source. Raises `msgspec.ValidationError` for what isn't ours."""
    return StoredList(computed=msgspec.convert(source, RelatedComputed), heat=msgspec.convert(source, Heat))
