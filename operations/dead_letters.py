"""A dead letter as a person sees it, which ones are meant, and the record that it was. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec

from shared import codec
from shared.articles import UtcTime
from shared.codec import Envelope
from shared.delivery import ORIGINAL
from shared.errors import WartaError
from shared.events import DeadLetterSettled, MessageRejected
from shared.topics import DLQ_SUFFIX
from shared.urls import host_of

State = Literal["waiting", "retried", "discarded"]


class LetterError(WartaError):
    """What is asked for can't be done with this one dead letter; the message says why."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter without its bytes. `id` is its own place, `source` (topic/partition/offset) the original's.

    `url`, `event_id` and `event_type` are the original's, where it says them; `size` is that of its value.
    `left_out`: the bytes didn't fit into the dead-letter topic.
    """

    id: str
    state: State
    reason: str
    detail: str
    rejected_at: UtcTime
    service: str
    code_version: str
    source: str
    trace_id: str
    key: str | None
    size: int
    left_out: bool
    url: str | None = None
    event_id: str | None = None
    event_type: str | None = None

    @property
    def topic(self) -> str:
        """The source topic."""
        return self.id.partition(DLQ_SUFFIX)[0]

    @property
    def host(self) -> str:
        """The host of `url`, empty when there is none."""
        return host_of(self.url or "")


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The record that was rejected, as it was in its topic."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: codec.Headers

    @property
    def size(self) -> int:
        """Of the value, in bytes."""
        return len(self.value or b"")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which dead letters are meant: all that is set must fit; of several values of one kind, any."""

    topics: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()

    def reads(self, topic: str) -> bool:
        """Whether one of `topic` could be meant."""
        of_ids = {letter_id.partition(DLQ_SUFFIX)[0] for letter_id in self.ids}
        return (not self.topics or topic in self.topics) and (not self.ids or topic in of_ids)

    def fits(self, letter: Letter) -> bool:
        """Whether `letter` is meant. One whose original shows no URL is of no site."""
        return (
            (not self.topics or letter.topic in self.topics)
            and (not self.reasons or letter.reason in self.reasons)
            and (not self.ids or letter.id in self.ids)
            and (self.since is None or letter.rejected_at >= self.since)
            and (self.until is None or letter.rejected_at < self.until)
            and (not self.sites or of_sites(letter.host, self.sites))
        )


def of_sites(host: str, sites: Iterable[str]) -> bool:
    """Whether `host` is one of `sites` or below one: `dunia.tempo.co` is of `tempo.co`."""
    return any(host == site or host.endswith("." + site) for site in sites)


def letter_id(topic: str, offset: int) -> str:
    """How a dead letter is named everywhere: its dead-letter topic and its offset there, `pages.fetched.dlq/17`."""
    return f"{topic}{DLQ_SUFFIX}/{offset}"


def letter_of(record: Any, envelope: Envelope[MessageRejected], state: State) -> Letter:
    """What the dead letter in `record` says."""
    event = envelope.event
    headers = {name: raw.decode(errors="backslashreplace") for name, raw in original_of(record, event).headers}
    trace = headers.get("traceparent", "").split("-")
    return Letter(
        id=letter_id(record.topic.removesuffix(DLQ_SUFFIX), record.offset),
        state=state,
        reason=event.reason,
        detail=event.detail,
        rejected_at=event.rejected_at,
        service=event.service,
        code_version=event.code_version,
        source=_source(event),
        trace_id=trace[1] if len(trace) == 4 else envelope.trace_id,
        key=None if record.key is None else record.key.decode(errors="backslashreplace"),
        size=len(event.body),
        left_out=_left_out(event),
        url=headers.get("ce_url") or _url_in(event.body),
        event_id=headers.get("ce_id"),
        event_type=headers.get("ce_type"),
    )


def original_of(record: Any, event: MessageRejected) -> Original:
    """The record that became this dead letter. Where it was left out, only its topic and key are right."""
    return Original(
        topic=event.source_topic,
        key=record.key,
        value=None if event.null_value else event.body,
        headers=[(name.removeprefix(ORIGINAL), raw) for name, raw in record.headers if name.startswith(ORIGINAL)],
    )


def settlement(
    envelope: Envelope[MessageRejected],
    offset: int,
    *,
    action: Literal["retried", "discarded"],
    why: str,
    now: datetime,
) -> Envelope[DeadLetterSettled]:
    """The end of the dead letter at `offset`; its id is the same each time."""
    event = DeadLetterSettled(offset=offset, action=action, settled_at=now, why=why)
    return codec.wrap(event, source="/warta/dlq", time=now, cause=envelope, ordinal=offset)


def _source(event: MessageRejected) -> str:
    return f"{event.source_topic}/{event.source_partition}/{event.source_offset}"


def _left_out(event: MessageRejected) -> bool:
    said = f"don't fit here: read {_source(event)} while it is retained)"
    return not event.body and not event.null_value and event.detail.endswith(said)


class _WithUrl(msgspec.Struct):
    url: str | None = None


_DECODER = msgspec.json.Decoder(_WithUrl)


def _url_in(body: bytes) -> str | None:
    if not body.startswith(b"{"):
        return None
    try:
        return _DECODER.decode(body).url
    except codec.UNDECODABLE:
        return None
