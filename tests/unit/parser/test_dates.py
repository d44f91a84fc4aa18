import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.date_lines import read_date_line
from services.parser.dates import Moment, read_moment
from services.parser.times import Stated, choose
from services.parser.zones import WIB, zone_of_country
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
        ("setengah jam lalu", "2024-10-08T10:00:00+00:00"),
        ("satu setengah jam yang lalu", "2024-10-08T09:00:00+00:00"),
        ("half an hour ago", "2024-10-08T10:00:00+00:00"),
        ("tadi malam", "2024-10-07T22:30:00+00:00"),
        ("pekan lalu", "2024-10-01T10:30:00+00:00"),
        ("bulan lalu", "2024-09-08T10:30:00+00:00"),
        ("vor 3 Stunden", "2024-10-08T07:30:00+00:00"),
        ("il y a 2 jours", "2024-10-06T10:30:00+00:00"),
        ("hace una semana", "2024-10-01T10:30:00+00:00"),
        ("Jum'at, 4 Ags. 2023, pukul 09.05 WIT", "2023-08-04T00:05:00+00:00"),
        ("Diterbitkan 12 Nopember 2015 10:00 WIB", "2015-11-12T03:00:00+00:00"),
        ("Veröffentlicht am 13. Mai 2024 um 15:44 Uhr GMT", "2024-05-13T08:44:00+00:00"),
        ("5 de mayo de 2024, 10:20 UTC", "2024-05-05T10:20:00+00:00"),
        ("le 3 février 2024 à 14h05 UTC", "2024-02-03T14:05:00+00:00"),
        ("2024年12月3日 22時31分", "2024-12-03T15:31:00+00:00"),
        ("2024年1月14日(火) 午後10時", "2024-01-14T15:00:00+00:00"),
        ("2024년 2월 3일 오후 3:04", "2024-02-03T08:04:00+00:00"),
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


def test_what_is_refused_is_told_with_its_reason() -> None:
    ahead, old = NOW + timedelta(days=30), datetime(1970, 1, 1, tzinfo=UTC)
    impossible = Stated(moment=None, source="json-ld", confidence=0.9, text="2024-02-31")
    good = stated(NOW, "WIB", is_visible=True)
    for bad, reason in (
        (stated(ahead, "WIB"), f"meta, {ahead.isoformat()}: to come"),
        (stated(old, "Z"), "meta, 1970-01-01T00:00:00+00:00: too old"),
        (impossible, "json-ld, 2024-02-31: no such day"),
    ):
        at, provenance = choose([bad, good], now=NOW)
        assert provenance is not None
        assert (at, provenance.source, provenance.refused) == (NOW, "text", reason)
        at, provenance = choose([bad], now=NOW)
        assert provenance is not None
        assert (at, provenance.confidence, provenance.refused) == (None, 0.0, reason)


def test_a_clock_without_a_zone_is_the_country_s() -> None:
    berlin = zone_of_country("de")
    assert berlin is not None
    summer = read_moment("2024-07-01 12:00", now=NOW, default_zone=berlin)
    winter = read_moment("2024-01-01 12:00", now=NOW, default_zone=berlin)
    day = read_moment("1. Juli 2024", now=NOW, default_zone=berlin)
    assert [moment and moment.at.isoformat() for moment in (summer, winter, day)] == [
        "2024-07-01T10:00:00+00:00", "2024-01-01T11:00:00+00:00", "2024-07-01T00:00:00+00:00",
    ]  # fmt: skip
    assert zone_of_country("com") is None


def test_sources_that_agree_make_surer() -> None:
    one, other = stated(NOW, "WIB"), stated(NOW, "WIB", is_visible=True)
    alone, both = choose([one], now=NOW)[1], choose([one, other], now=NOW)[1]
    assert alone is not None
    assert both is not None
    assert alone.confidence < both.confidence


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
