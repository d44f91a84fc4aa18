"""Which pages a replay takes, where an interrupted one goes on, and the options that say so."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import click
import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from cli.parameters import Moment, PageUrl, Site
from operations.replay_pages import Reached, Scope, Selection
from shared.clock import utcnow
from shared.events import PageFetched
from shared.topics import PAGES_FETCHED

AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://dunia.contoh.id/baca/1"


@pytest.mark.parametrize(
    ("selection", "takes"),
    [
        (Selection(since=AT), True),
        (Selection(since=AT, until=AT), False),
        (Selection(since=AT + HOUR), False),
        (Selection(since=AT, stored_since=AT + HOUR), True),
        (Selection(since=AT, sites=("lain.id", "contoh.id")), True),
        (Selection(since=AT, sites=("lain.id",)), False),
        (Selection(since=AT, sites=("lain.id",), urls=(URL,)), True),
        (Selection(since=AT, urls=(URL + "2",)), False),
    ],
)
def test_which_pages_are_taken(selection: Selection, takes: bool) -> None:
    assert selection.takes(PageFetched(url=URL, fetched_at=AT, content_type="", body=b"")) is takes


def test_reading_starts_where_the_first_of_them_can_be_stored() -> None:
    assert Selection(since=AT).stored_from == AT
    assert Selection(since=AT, stored_since=AT + HOUR).stored_from == AT + HOUR
    assert Selection(since=AT, stored_since=AT - HOUR).stored_from == AT


@given(st.lists(st.integers(0, 5), max_size=4), st.data())
def test_to_go_on_misses_nothing_that_was_not_read(sizes: list[int], data: st.DataObject) -> None:
    """In whatever order partitions are read, an unread record was stored at `go_on_from` or later."""
    unread: dict[int, list[Any]] = {
        number: [
            SimpleNamespace(topic=PAGES_FETCHED.name, partition=number, offset=offset,
                            timestamp=(AT + offset * HOUR).timestamp() * 1000)
            for offset in range(size)
        ]
        for number, size in enumerate(sizes)
    }  # fmt: skip
    ranges = {TopicPartition(PAGES_FETCHED.name, number): (0, size) for number, size in enumerate(sizes)}
    reached = Reached(Scope(ranges=ranges), AT)
    while any(unread.values()):
        assert reached.go_on_from is not None
        for left in unread.values():
            assert all(record.timestamp >= reached.go_on_from.timestamp() * 1000 for record in left)
        number = data.draw(st.sampled_from([number for number, left in unread.items() if left]))
        reached.read(unread[number].pop(0))
    assert reached.go_on_from is None


def test_a_moment_is_a_time_or_how_long_ago() -> None:
    assert Moment().convert("2024-10-08T17:30:00+07:00", None, None) == AT
    assert abs(utcnow() - Moment().convert("36h", None, None) - 36 * HOUR) < timedelta(minutes=1)
    for wrong in ("36", "kemarin", "-1h", "999999d", "2024-10-08"):
        with pytest.raises(click.BadParameter):
            Moment().convert(wrong, None, None)


def test_sites_and_urls_are_taken_as_pages_have_them() -> None:
    assert Site().convert("Tempo.CO", None, None) == "tempo.co"
    assert Site().convert("https://dunia.tempo.co/x", None, None) == "dunia.tempo.co"
    assert PageUrl().convert("https://Contoh.id/a?utm_source=x#y", None, None) == "https://contoh.id/a"
    for wrong in ("", "a b", "*.contoh.id", "http://", "ftp://contoh.id"):
        with pytest.raises(click.BadParameter):
            Site().convert(wrong, None, None)
    with pytest.raises(click.BadParameter):
        PageUrl().convert("contoh.id/a", None, None)
