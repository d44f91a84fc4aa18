"""Records as the services write them become rows; what isn't an event becomes none, or an unreadable one."""

from types import SimpleNamespace
from typing import Any

import pytest

from operations.audit.decoding import row_of
from operations.audit.rows import Decided, ListRequest, Outcome, Page, Rejected, Request, Settled, Unreadable, Version
from shared import codec
from shared.articles import article_version
from shared.codec import Headers
from shared.events import CrawlRequested, Event
from shared.topics import CRAWL_REQUESTS, PAGES_FETCHED, SOURCES, dead_letters
from tests.support.events import AT, FULL, ID, SPARE, URL

CAUSE = codec.wrap(CrawlRequested(url=URL), source="/test", time=AT)
TOPIC_OF = {event: topic for topic in (*SOURCES, dead_letters(PAGES_FETCHED)) for event in topic.event_types}
AT_MS = int(AT.timestamp() * 1000)


def record(topic: str, value: bytes | None, headers: Headers) -> Any:
    return SimpleNamespace(topic=topic, partition=2, offset=9, timestamp=77, headers=tuple(headers), value=value)


def row(event: Event, topic: str | None = None) -> Any:
    headers, value = codec.encode(codec.wrap(event, source="/warta/crawler", time=AT, cause=CAUSE))
    return row_of(record(topic or TOPIC_OF[type(event)].name, value, headers))


def test_every_event_but_the_lists_becomes_a_row_with_its_place_and_id() -> None:
    for event in (*FULL, *SPARE):
        found = row(event) if event.TYPE != "warta.related.computed.v1" else None
        if found is None:
            continue
        assert not isinstance(found, Unreadable), event
        assert (found.partition, found.offset, found.at) == (2, 9, 77)
        assert found.id == codec.event_id(event.TYPE, CAUSE.id, 0)


def test_rows_have_what_is_joined_by() -> None:
    rows = {type(found): found for event in FULL if event.TYPE != "warta.related.computed.v1" and (found := row(event))}
    assert (rows[Request].url, rows[Request].cause, rows[Request].from_crawler) == (URL, CAUSE.id, True)
    assert (rows[Page].url, rows[Page].version, rows[Page].found_by) == (URL, article_version(AT, 0), "sitemap")
    assert (rows[Outcome].outcome, rows[Outcome].reason, rows[Outcome].settled_at) == ("failed", "timeout", AT_MS)
    assert (rows[Version].article, rows[Version].version, rows[Version].removed) == (ID, 6, True)
    assert (rows[ListRequest].article, rows[ListRequest].own) == (ID, True)
    assert (rows[Rejected].source_topic, rows[Rejected].source_partition, rows[Rejected].source_offset) == (
        "pages.fetched", 3, 9,
    )  # fmt: skip
    assert (rows[Rejected].cause, rows[Rejected].reason) == (CAUSE.id, "wrong_type")
    assert (rows[Decided].pair, rows[Decided].version) == (f"{ID}|{'f' * 32}", AT_MS * 1000)
    assert (rows[Settled].letter, rows[Settled].action) == (7, "retried")


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (b"", []),
        (None, []),
        (b"{}", [("ce_id", b"\xff"), ("ce_type", CrawlRequested.TYPE.encode())]),
        (b"{}", [("ce_id", b"x"), ("ce_type", CrawlRequested.TYPE.encode())]),
        (b"[" * 100_000, [("ce_id", b"x"), ("ce_type", CrawlRequested.TYPE.encode())]),
        (None, [("ce_id", b"x"), ("ce_type", CrawlRequested.TYPE.encode())]),
        (b'{"url":"\xff"}', [("ce_id", b"x"), ("ce_type", CrawlRequested.TYPE.encode())]),
        (b'{"url":"x"}', [("ce_id", None), ("ce_type", CrawlRequested.TYPE.encode())]),
    ],
)
def test_what_is_no_event_is_unreadable_where_a_service_reads_it(value: bytes | None, headers: Any) -> None:
    found = row_of(record(CRAWL_REQUESTS.name, value, headers))
    assert isinstance(found, Unreadable)
    assert found.offset == 9
    assert row_of(record("crawl.outcomes", value, headers)) is None


def test_an_event_of_another_topic_is_unreadable_and_keeps_its_id() -> None:
    found = row(CrawlRequested(url=URL), topic=PAGES_FETCHED.name)
    assert isinstance(found, Unreadable)
    assert found.id == codec.event_id(CrawlRequested.TYPE, CAUSE.id, 0)
