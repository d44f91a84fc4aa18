"""Which dead letters are meant, what they say, and what they were."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.dlq_text import page, row, summary
from operations.dead_letter_topics import Found, Part
from operations.dead_letters import Letter, Wanted, letter_of, of_sites, original_of, settlement
from operations.obsolete import article_in
from shared import codec
from shared.articles import article_id, article_version
from shared.codec import Envelope
from shared.delivery import ORIGINAL
from shared.events import ArticleRemoved, CrawlRequested, DeadLetterSettled, MessageRejected, PageFetched

AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
URL = "https://dunia.contoh.id/baca/1"


class Record(msgspec.Struct, kw_only=True):
    topic: str = "pages.fetched.dlq"
    partition: int = 0
    offset: int = 17
    key: bytes | None = b"k"
    value: bytes | None = b""
    headers: Any = ()


def rejected(
    event: Any = None, *, value: bytes | None = None, headers: codec.Headers | None = None, **fields: Any
) -> Found:
    """The dead letter of an event's record, or of a raw one."""
    if event is not None:
        headers, value = codec.encode(codec.wrap(event, source="/test", time=AT))
    said: dict[str, Any] = {
        "reason": "parser_failed", "source_topic": "pages.fetched", "source_partition": 3, "source_offset": 9,
        "rejected_at": AT, "service": "parser", "code_version": "1", "body": value or b"", "null_value": value is None,
    }  # fmt: skip
    envelope: Envelope[MessageRejected] = codec.wrap(MessageRejected(**{**said, **fields}), source="/test", time=AT)
    own, body = codec.encode(envelope)
    record = Record(value=body, headers=[*own, *((ORIGINAL + name, raw) for name, raw in headers or [])])
    return Found(
        letter=letter_of(record, codec.decode(record.headers, body), "waiting"), envelope=envelope, record=record
    )


PAGE = PageFetched(url=URL, fetched_at=AT, content_type="text/html", body=b"<p>")


def test_a_letter_says_what_the_original_was() -> None:
    found = rejected(PAGE)
    assert found.letter.id == "pages.fetched.dlq/17"
    assert found.letter.source == "pages.fetched/3/9"
    assert (found.letter.topic, found.letter.url, found.letter.host) == ("pages.fetched", URL, "dunia.contoh.id")
    assert found.letter.event_type == PageFetched.TYPE
    assert (found.letter.size, found.letter.left_out) == (3, False)


@given(
    st.one_of(st.none(), st.binary(max_size=50)),
    st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=9), st.binary(max_size=9))),
)
def test_the_original_comes_back_as_it_was(value: bytes | None, headers: codec.Headers) -> None:
    original = rejected(value=value, headers=headers).original
    assert (original.value, original.headers, original.key) == (value, headers, b"k")


@pytest.mark.parametrize(
    ("found", "url"),
    [
        (rejected(PAGE), URL),
        (rejected(CrawlRequested(url=URL)), URL),
        (rejected(value=b'{"url": 5}'), None),
        (rejected(value=b'{"url": "http://[x"}'), "http://[x"),
        (rejected(value=b"\xff" * 9), None),
        (rejected(value=b"{" + b"[" * 100_000), None),
        (rejected(value=None), None),
        (rejected(value=b"", headers=[("ce_url", b"\xff")]), "\\xff"),
    ],
)
def test_its_site_is_that_of_the_url_where_there_is_one(found: Found, url: str | None) -> None:
    assert found.letter.url == url
    assert Wanted(sites=("contoh.id",)).fits(found.letter) is (url == URL)


def test_what_was_left_out_is_told_from_what_was_empty() -> None:
    said = "x (its 9 bytes don't fit here: read pages.fetched/3/9 while it is retained)"
    assert rejected(value=b"", detail=said).letter.left_out
    assert not rejected(value=b"", detail="x").letter.left_out
    assert not rejected(value=None, detail=said).letter.left_out


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(topics=("crawl.requests", "pages.fetched"), reasons=("parser_failed",)), True),
        (Wanted(topics=("crawl.requests",)), False),
        (Wanted(reasons=("parser_timed_out",)), False),
        (Wanted(sites=("lain.id", "contoh.id")), True),
        (Wanted(sites=("ntoh.id",)), False),
        (Wanted(ids=("pages.fetched.dlq/17",)), True),
        (Wanted(ids=("pages.fetched.dlq/1", "articles.parsed.dlq/17")), False),
        (Wanted(since=AT, until=AT + timedelta(seconds=1)), True),
        (Wanted(since=AT + timedelta(seconds=1)), False),
        (Wanted(until=AT), False),
    ],
)
def test_all_filters_must_fit(wanted: Wanted, fits: bool) -> None:
    assert wanted.fits(rejected(PAGE).letter) is fits
    assert wanted.everything is (wanted == Wanted())


def test_only_the_topics_that_could_matter_are_read() -> None:
    assert Wanted().reads("pages.fetched")
    assert not Wanted(topics=("pages.fetched",)).reads("pages.outcomes")
    assert Wanted(ids=("pages.fetched.dlq/1",)).reads("pages.fetched")
    assert not Wanted(ids=("pages.fetched.dlq/1",)).reads("pages.outcomes")


def test_a_site_has_what_is_below_it() -> None:
    assert of_sites("contoh.id", ["contoh.id"])
    assert of_sites("a.b.contoh.id", ["contoh.id"])
    assert not of_sites("kecontoh.id", ["contoh.id"])
    assert not of_sites("", ["contoh.id"])


def test_a_settlement_has_the_same_id_each_time_and_another_for_another_letter() -> None:
    envelope = rejected(PAGE).envelope
    first = settlement(envelope, 17, action="retried", why="", now=AT)
    assert first.id == settlement(envelope, 17, action="discarded", why="x", now=AT + timedelta(days=1)).id
    assert first.id != settlement(envelope, 18, action="retried", why="", now=AT).id
    assert first.trace_id == envelope.trace_id


def test_settlements_count_within_their_range_and_the_last_one_says() -> None:
    part = Part("pages.fetched", 10, 14)
    for offset, action in [(9, "retried"), (14, "retried"), (11, "retried"), (12, "retried"), (12, "discarded")]:
        part.settled(DeadLetterSettled(offset=offset, action=action, settled_at=AT))  # type: ignore[arg-type]
    assert [part.state(offset) for offset in range(10, 14)] == ["waiting", "retried", "discarded", "waiting"]


def test_no_control_character_of_a_record_reaches_the_terminal() -> None:
    found = rejected(value=b"", headers=[("ce_url", b"http://a/\x1b[2J\n"), ("x\x07", b"\x9b\xff")], detail="\x1b]0;")
    for text in (row(found.letter), page(found, None), summary({("pages.fetched", "a\x1b", "waiting"): 1})):
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "\x9b" not in text
    assert "\n" not in row(found.letter)


def test_what_is_printed_as_json_has_no_bytes_of_the_original() -> None:
    found = rejected(msgspec.structs.replace(PAGE, body=b"rahasia"))
    assert b"rahasia" not in msgspec.json.encode(found.letter)
    assert isinstance(found.letter, Letter)
    assert original_of(found.record, found.envelope.event).size == 7


def test_a_record_says_which_article_it_could_be_a_version_of() -> None:
    newest_parse = article_version(AT, 999)
    assert article_in(rejected(PAGE).original) == (article_id(URL), newest_parse)
    removed = ArticleRemoved(article_id=article_id(URL), version=7, url=URL, reason="gone")
    assert article_in(rejected(removed).original) == (article_id(URL), 7)
    unusable = msgspec.structs.replace(PAGE, url="bukan alamat")
    for found in (rejected(CrawlRequested(url=URL)), rejected(unusable), rejected(value=b"?"), rejected(value=None)):
        assert article_in(found.original) is None
