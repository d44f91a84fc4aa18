import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.dates import Moment, read_date_line, read_moment
from services.parser.times import Stated, choose
from services.parser.zones import WIB
from tests.support.shared_data import shared_data
from tests.unit.parser.pages import NOW


def test_the_shared_cases() -> None:
    for case in json.loads(shared_data("dates-id", "id-date-cases.json").read_text()):
        base = datetime.fromisoformat(case["base"]).replace(tzinfo=UTC)
        moment = read_moment(case["text"], now=base)
        assert moment is not None, case["text"]
        expected = datetime.fromisoformat(case["expected"])
        local = expected.replace(tzinfo=UTC if moment.precision == "age" else WIB)
        assert moment.at == (expected if expected.tzinfo else local), case["text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Diperbarui 8 Okt 2024, 10.30 WIB", "2024-10-08T03:30:00+00:00"),
        ("2024-06-19T19:05:00.123Z", "2024-06-19T19:05:00+00:00"),
        ("2015-11-05 T10:08:58+0700", "2015-11-05T03:08:58+00:00"),
        ("20240619T120500Z", "2024-06-19T12:05:00+00:00"),
        ("Wed, 19 Jun 2024 12:05:00 GMT", "2024-06-19T12:05:00+00:00"),
        ("November 5, 2015 3:04 p.m. EST", "2015-11-05T20:04:00+00:00"),
        ("19:05 WIB, 19 Juni 2024", "2024-06-19T12:05:00+00:00"),
        ("18-06-2024 pkl. 07.05 WITA", "2024-06-17T23:05:00+00:00"),
        ("dua hari yang lalu", "2024-10-06T10:30:00+00:00"),
        ("sejam lalu", "2024-10-08T09:30:00+00:00"),
        ("3 hours ago", "2024-10-08T07:30:00+00:00"),
    ],
)
def test_other_forms(text: str, expected: str) -> None:
    moment = read_moment(text, now=NOW)
    assert moment is not None
    assert moment.at.isoformat() == expected


@pytest.mark.parametrize(
    "text", ["", "lalu", "31 Februari 2024", "2024-13-45", "99/99/2024", "Rusia", "9999 tahun lalu"]
)
def test_impossible_dates_are_none(text: str) -> None:
    assert read_moment(text, now=NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "Top 3 Dunia pada Selasa 1 Oktober 2024 diawali kabar",
        "Presiden berulang tahun ke-72 pada Senin 7 Oktober 2024.",
    ],
)
def test_a_sentence_with_a_date_is_no_date_line(text: str) -> None:
    assert read_date_line(text, now=NOW) is None


@given(st.text(max_size=250))
def test_any_text_gives_an_aware_time_or_none(text: str) -> None:
    moment = read_moment(text, now=NOW)
    assert moment is None or moment.at.tzinfo is not None


def stated(at: datetime, zone: str | None, *, is_visible: bool = False) -> Stated:
    moment = Moment(at=at, zone=zone)
    return Stated(moment=moment, source="text" if is_visible else "meta", confidence=0.9, is_visible=is_visible)


def test_a_time_to_come_is_absent_and_says_so() -> None:
    at, provenance = choose([stated(NOW + timedelta(days=30), "WIB")], now=NOW)
    assert at is None
    assert provenance is not None
    assert (provenance.source, provenance.confidence) == ("meta: implausible", 0.0)


def test_a_plausible_time_beats_an_implausible_one_before_it() -> None:
    at, _ = choose([stated(datetime(1970, 1, 1, tzinfo=UTC), "Z"), stated(NOW, "WIB")], now=NOW)
    assert at == NOW


def test_jakartas_clock_labelled_utc_is_undone_only_with_a_reason() -> None:
    clock = datetime(2024, 10, 7, 16, 0, tzinfo=UTC)
    shown = stated(datetime(2024, 10, 7, 15, 32, tzinfo=WIB), "WIB", is_visible=True)
    assert choose([stated(clock, "Z"), shown], now=NOW)[0] == clock - timedelta(hours=7)
    assert choose([stated(clock, "Z")], now=NOW)[0] == clock
    assert choose([stated(clock, "Z")], now=NOW, utc_means_wib=True)[0] == clock - timedelta(hours=7)
    ahead = NOW + timedelta(hours=6)
    assert choose([stated(ahead, "Z")], now=NOW)[0] == ahead - timedelta(hours=7)
    honest = stated(datetime(2024, 10, 7, 23, 0, tzinfo=WIB), "WIB", is_visible=True)
    assert choose([stated(clock, "Z"), honest], now=NOW, utc_means_wib=True)[0] == clock
