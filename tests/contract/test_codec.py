"""The codec: exact over all events, equal to the `cloudevents` package, firm on anything else."""

import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cloudevents.abstract import CloudEvent
from cloudevents.http import CloudEvent as HttpCloudEvent
from cloudevents.kafka import KafkaMessage, from_binary, to_binary
from hypothesis import given
from hypothesis import strategies as st

from shared import codec
from shared.errors import DeadLetter
from shared.events import EVENT_TYPES, CrawlRequested, Event, PageFetched
from tests.support.events import ADDED, AT, FULL, ID, SPARE, URL

GOLDEN = Path(__file__).parent / "golden_events"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def envelope(event: Event) -> codec.Envelope[Event]:
    return codec.Envelope(
        id=ID, type=event.TYPE, source="/warta/test", time=AT, cause="c", traceparent=TRACE, event=event
    )


def plain(event: Event) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(msgspec.json.encode(event))
    return found


def name(event: Event) -> str:
    return type(event).__name__


@pytest.mark.parametrize("event", [*FULL, *SPARE, *ADDED.values()], ids=name)
def test_every_event_comes_back_as_it_went(event: Event) -> None:
    assert codec.decode(*codec.encode(envelope(event))) == envelope(event)


def test_the_examples_cover_every_event() -> None:
    assert {type(event) for event in FULL} == set(EVENT_TYPES.values())


@pytest.mark.parametrize("event", [e for e in FULL if not hasattr(e, "body")], ids=name)
def test_json_events_are_what_the_cloudevents_package_reads_and_writes(event: Event) -> None:
    headers, value = codec.encode(envelope(event))
    theirs: CloudEvent = from_binary(KafkaMessage(headers=dict(headers), key=None, value=value))
    assert theirs["type"] == event.TYPE
    assert theirs["id"] == ID
    assert theirs["cause"] == "c"
    assert theirs.get_data() == plain(event)
    attributes = {"type": event.TYPE, "source": "/warta/test", "id": ID, "time": AT.isoformat(), "cause": "c"}
    message = to_binary(HttpCloudEvent({**attributes, "datacontenttype": "application/json"}, plain(event)))
    back = codec.decode([*message.headers.items(), ("traceparent", TRACE.encode())], _bytes(message.value))
    assert back == envelope(event)


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def write_golden(event: Event, path: Path) -> None:
    headers, value = codec.encode(envelope(event))
    record = {"headers": [[k, v.decode()] for k, v in headers], "value": base64.b64encode(value).decode()}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


@pytest.mark.parametrize(("golden", "event"), [*((event.TYPE, event) for event in FULL), *ADDED.items()])
def test_events_of_earlier_versions_are_still_read(golden: str, event: Event) -> None:
    record = msgspec.json.decode((GOLDEN / f"{golden}.json").read_bytes())
    headers = [(k, v.encode()) for k, v in record["headers"]]
    assert codec.decode(headers, base64.b64decode(record["value"])) == envelope(event)


def test_unknown_fields_of_a_newer_producer_are_ignored() -> None:
    headers, value = codec.encode(envelope(CrawlRequested(url=URL)))
    newer = msgspec.json.encode({**msgspec.json.decode(value), "priority": 7})
    assert codec.decode([*headers, ("ce_shade", b"blue")], newer).event == CrawlRequested(url=URL)


@pytest.mark.parametrize(
    ("change", "value", "reason"),
    [
        ({"ce_type": None}, b"{}", "not_an_event"),
        ({"ce_id": None}, b"{}", "not_an_event"),
        ({"ce_specversion": b"0.3"}, b"{}", "not_an_event"),
        ({"ce_source": b"\xff"}, b"{}", "not_an_event"),
        ({"ce_type": b"warta.page.eaten.v1"}, b"{}", "unknown_event"),
        ({"ce_time": b"yesterday"}, b'{"url":"u"}', "wrong_type"),
        ({}, b"{}", "wrong_type"),
        ({}, b'{"url":5}', "wrong_type"),
        ({}, b'{"url":"u","depth":"deep"}', "wrong_type"),
        ({}, b"\xff\xfe", "wrong_type"),
        ({}, None, "wrong_type"),
    ],
)
def test_what_is_no_event_is_a_dead_letter_with_its_reason(
    change: dict[str, bytes | None], value: bytes | None, reason: str
) -> None:
    headers = dict(codec.encode(envelope(CrawlRequested(url=URL)))[0]) | change
    with pytest.raises(DeadLetter) as caught:
        codec.decode([(k, v) for k, v in headers.items() if v is not None], value)
    assert caught.value.reason == reason


@pytest.mark.parametrize("header", ["ce_fetchedat", "ce_status", "ce_httpheaders"])
def test_a_page_with_a_broken_attribute_is_a_dead_letter(header: str) -> None:
    headers, value = codec.encode(envelope(PageFetched(url=URL, fetched_at=AT, content_type="", body=b"", status=201,
                                                       http_headers={"a": "b"})))  # fmt: skip
    with pytest.raises(DeadLetter, match="wrong_type"):
        codec.decode([(k, b"{broken" if k == header else v) for k, v in headers], value)


@given(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=50))), st.none() | st.binary(max_size=200))
def test_nothing_but_a_dead_letter_is_raised(headers: list[tuple[str, bytes]], value: bytes | None) -> None:
    with pytest.raises(DeadLetter):
        codec.decode(headers, value)


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_a_page_is_never_interpreted(body: bytes, content_type: str) -> None:
    page = PageFetched(url=URL, fetched_at=AT, content_type=content_type, body=body)
    assert codec.decode(*codec.encode(envelope(page))).event == page


def test_ids_repeat_when_the_work_is_repeated_and_traces_run_on() -> None:
    cause = envelope(CrawlRequested(url=URL))
    page = PageFetched(url=URL, fetched_at=AT, content_type="", body=b"")
    one, same, other = (codec.wrap(page, source="s", time=AT, cause=cause, ordinal=n) for n in (0, 0, 1))
    assert one.id == same.id != other.id
    assert one.cause == cause.id
    assert one.trace_id == cause.trace_id
    assert one.traceparent != same.traceparent


def test_an_opt_out_of_robots_txt_rides_in_a_header_and_its_absence_in_none() -> None:
    fields: dict[str, Any] = {"url": "https://contoh.id/1", "fetched_at": AT, "content_type": "text/html", "body": b"x"}
    for page in (PageFetched(**fields), PageFetched(**fields, ai_opt_out="robots.txt")):
        headers, value = codec.encode(envelope(page))
        assert ("ce_aioptout" in dict(headers)) is (page.ai_opt_out is not None)
        assert codec.decode(headers, value).event == page
