"""CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are record headers, the value is the data.

A page's value is its bytes, and the rest of that event is extension attributes; every other value is JSON.
Own code because the `cloudevents` package turns bytes into text; tests/contract/test_codec.py holds the two equal on
JSON events.
"""

import functools
import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import msgspec

from shared.articles import UtcTime
from shared.errors import DeadLetter
from shared.events import EVENT_TYPES, Event

Headers = list[tuple[str, bytes]]
E = TypeVar("E", bound=Event)

SPEC_VERSION = "1.0"
JSON_TYPE = "application/json"
# Beside its own errors msgspec lets these through: bad UTF-8 in a string, and deep nesting.
UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Envelope(msgspec.Struct, Generic[E], frozen=True, kw_only=True):
    """An event with its context. `cause` is the id of the event that led to it; `traceparent` is W3C Trace Context."""

    id: str
    type: str
    source: str
    time: UtcTime
    traceparent: str
    event: E
    cause: str | None = None

    @property
    def trace_id(self) -> str:
        """The trace that runs from the crawl request to the related list."""
        return self.traceparent.split("-")[1]


def event_id(event_type: str, cause: str, ordinal: int) -> str:
    """The id of the `ordinal`-th event of a type that `cause` led to: the same when the work is done again."""
    return hashlib.sha256(f"{event_type}\n{cause}\n{ordinal}".encode()).hexdigest()[:32]


def new_traceparent() -> str:
    """The start of a trace."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_traceparent(traceparent: str) -> str:
    """The next span of the same trace."""
    version, trace, _span, flags = traceparent.split("-")
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"


def wrap(
    event: E,
    *,
    source: str,
    time: datetime,
    cause: Envelope[Any] | None = None,
    ordinal: int = 0,
    root: str | None = None,
) -> Envelope[E]:
    """Give `event` its context: an id from type, cause and ordinal, and the cause's trace.

    Without a cause it starts a trace; `root` (a URL, say) then makes its id repeatable, else the id is random.
    """
    origin = cause.id if cause else (root or secrets.token_hex(16))
    return Envelope(
        id=event_id(event.TYPE, origin, ordinal),
        type=event.TYPE,
        source=source,
        time=time,
        cause=cause.id if cause else None,
        traceparent=child_traceparent(cause.traceparent) if cause else new_traceparent(),
        event=event,
    )


def encode(envelope: Envelope[Any]) -> tuple[Headers, bytes]:
    """The record's headers and value."""
    event: Event = envelope.event
    headers: Headers = [
        ("ce_specversion", SPEC_VERSION.encode()),
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_time", _text(envelope.time)),
        ("traceparent", envelope.traceparent.encode()),
    ]
    if envelope.cause:
        headers.append(("ce_cause", envelope.cause.encode()))
    if not _carries_bytes(type(event)):
        headers.append(("content-type", JSON_TYPE.encode()))
        return headers, msgspec.json.encode(event)
    headers.append(("content-type", getattr(event, "content_type", "application/octet-stream").encode()))
    headers.extend((name, _text(value)) for field, name in _attributes(type(event))
                   if (value := getattr(event, field)) not in (None, {}))  # fmt: skip
    return headers, cast("Any", event).body


def decode(headers: Iterable[tuple[str, bytes]], value: bytes | None) -> Envelope[Any]:
    """The event of a record. Raises `DeadLetter`: `not_an_event`, `unknown_event` or `wrong_type`."""
    try:
        found = {name: raw.decode() for name, raw in headers if raw is not None and _is_ours(name)}
    except UnicodeDecodeError:
        raise DeadLetter("not_an_event", "a header is not UTF-8") from None
    missing = [n for n in ("ce_id", "ce_source", "ce_type", "ce_time") if n not in found]
    if missing:
        raise DeadLetter("not_an_event", f"without the header {missing[0]}")
    if found.get("ce_specversion") != SPEC_VERSION:
        raise DeadLetter("not_an_event", "its ce_specversion is not 1.0")
    event_type = EVENT_TYPES.get(found["ce_type"])
    if event_type is None:
        raise DeadLetter("unknown_event", f"ce_type {found['ce_type'][:100]!r}")
    traceparent = found.get("traceparent", "")
    try:
        return Envelope(
            id=found["ce_id"],
            type=found["ce_type"],
            source=found["ce_source"],
            time=msgspec.convert(found["ce_time"], UtcTime),
            traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent) else new_traceparent(),
            event=_decode_event(event_type, found, value or b""),
            cause=found.get("ce_cause"),
        )
    except UNDECODABLE as error:
        raise DeadLetter("wrong_type", _without_values(error)) from None


def _without_values(error: Exception) -> str:
    """What is wrong and where, without the value that msgspec quotes: it may be a page's text."""
    what, at, where = str(error).rpartition(" - at ")
    if isinstance(error, msgspec.DecodeError):
        return (what or where).split(" '")[0] + (f" at {where}" if at else "")
    return type(error).__name__


def _is_ours(name: str) -> bool:
    return name.startswith("ce_") or name in {"content-type", "traceparent"}


def _decode_event(event_type: type[Event], headers: dict[str, str], value: bytes) -> Event:
    if not _carries_bytes(event_type):
        return _decoder(event_type).decode(value)
    fields: dict[str, Any] = {
        field: _structured(event_type, field, headers[name])
        for field, name in _attributes(event_type)
        if name in headers
    }
    fields["body"] = value
    if "content_type" in event_type.__struct_fields__:
        fields["content_type"] = headers.get("content-type", "application/octet-stream")
    return msgspec.convert(fields, event_type, strict=False)


def _structured(event_type: type[Event], field: str, text: str) -> object:
    return msgspec.json.decode(text) if field in _json_fields(event_type) else text


def _text(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    encoded = msgspec.json.encode(value)
    return encoded.strip(b'"') if isinstance(value, datetime) else encoded


@functools.cache
def _decoder(event_type: type[Event]) -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(event_type)


@functools.cache
def _carries_bytes(event_type: type[Event]) -> bool:
    return any(field.name == "body" and field.type is bytes for field in msgspec.structs.fields(event_type))


@functools.cache
def _attributes(event_type: type[Event]) -> tuple[tuple[str, str], ...]:
    """Field name and header: CloudEvents allows only lower-case letters and digits in an attribute's name."""
    return tuple(
        (name, "ce_" + name.replace("_", ""))
        for name in event_type.__struct_fields__
        if name not in {"body", "content_type"}
    )


@functools.cache
def _json_fields(event_type: type[Event]) -> frozenset[str]:
    return frozenset(f.name for f in msgspec.structs.fields(event_type) if isinstance(f.default_factory, type))
