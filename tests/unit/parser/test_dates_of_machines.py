"""Forms of dates that machines and other countries write, and lines that say more than a date."""

from datetime import UTC, datetime

import pytest

from services.parser.date_lines import of_publication, read_date_line
from services.parser.dates import read_epoch, read_moment
from tests.unit.parser.pages import NOW, parse_html

_TYPE = "<meta property='og:type' content='article'>"
_BODY = "<article><h1>Warga lembah perbaiki irigasi</h1>{}" + (
    "<p>Warga desa itu memperbaiki saluran irigasi yang rusak setelah hujan deras turun selama tiga hari.</p>" * 3
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2024-10-08T02:00:00+00", "02:00"), ("2024-10-08 09:00:00+07", "02:00"), ("2024-10-08 09:00 PM", "14:00"),
     ("2024-10-08 12:05 am", "17:05"), ("2024.10.08 09:00", "02:00"), ("10/8/2024 9:00:00 AM", "02:00"),
     ("10/8/2024 9:00 p.m.", "14:00"), ("08/10/2024 09:00", "02:00"), ("08.10.2024 9:00 PM", "14:00"),
     ("Tue Oct 08 09:00:00 WIB 2024", "02:00"), ("Tue Oct  8 09:00:00 +0900 2024", "00:00")],
)  # fmt: skip
def test_forms(text: str, expected: str) -> None:
    moment = read_moment(text, now=NOW)
    assert moment is not None
    day = 7 if expected == "17:05" else 8
    assert moment.at.strftime("%Y-%m-%d %H:%M") == f"2024-10-0{day} {expected}"


@pytest.mark.parametrize("text", ["120241-10-08", "2024-10/08", "2024.10.081", "2024-10-08T09:00:00-0"])
def test_what_only_looks_like_it(text: str) -> None:
    moment = read_moment(text, now=NOW)
    assert moment is None or moment.zone is None


@pytest.mark.parametrize(
    ("text", "hour", "zone"),
    [("Oct. 8, 2024, 9:00 a.m. ET", 13, "America/New_York"), ("Jan 8, 2024 9:00 AM ET", 14, "America/New_York"),
     ("Oct 8, 2024 at 6:00 AM (PT)", 13, "America/Los_Angeles"), ("8 Oktober 2024 09:00 PT Kabar", 2, None),
     ("Oct 8, 2024 9:00 AM EDT", 13, "EDT")],
)  # fmt: skip
def test_american_zones_after_a_clock_of_twelve_hours(text: str, hour: int, zone: str | None) -> None:
    moment = read_moment(text, now=NOW)
    assert moment is not None
    assert (moment.at.hour, moment.zone) == (hour, zone)


def test_seconds_and_milliseconds_are_a_time_only_where_machines_state_it() -> None:
    for text in ("1728352800", "1728352800000"):
        moment = read_epoch(text)
        assert moment is not None
        assert moment.at == datetime(2024, 10, 8, 2, tzinfo=UTC)
        assert read_date_line(text, now=NOW) is None
        head = f"<meta property='article:published_time' content='{text}'>"
        assert parse_html(head, _BODY.format("")).article.published_at == moment.at
    for text in ("172835280", "17283528000", "9999999999999", "1728352800 x"):
        assert read_epoch(text) is None


@pytest.mark.parametrize(
    "line",
    ["Published Oct 8, 2024 at 9:00 p.m. EDT", "8 October 2024 9.00pm BST",
     "Senin, 7 Oktober 2024 23:59 WIB • 3 menit baca",
     "Selasa, 8 Oktober 2024 09:00 WIB Oleh Ayu Lestari", "Oleh: Ayu Lestari Dewi - 8 Oktober 2024 09:00",
     "Oct. 8, 2024 5 min read"],
)  # fmt: skip
def test_a_date_line_may_say_more(line: str) -> None:
    assert read_date_line(line, now=NOW) is not None


@pytest.mark.parametrize(
    "line", ["Pemilu 14 Februari 2024 di Jakarta", "By 8 October 2024 the bridge opens", "Banjir 8 Oktober 2024 surut"]
)  # fmt: skip
def test_a_sentence_is_still_none(line: str) -> None:
    assert read_date_line(line, now=NOW) is None


def test_a_line_with_both_times_gives_the_first() -> None:
    line = "Selasa, 8 Oktober 2024 09:00 WIB | Diperbarui 8 Oktober 2024 10:00 WIB"
    assert of_publication(line) == "Selasa, 8 Oktober 2024 09:00 WIB | "
    article = parse_html(_TYPE, _BODY.format(f"<p>{line}</p>")).article
    assert article.published_at == datetime(2024, 10, 8, 2, tzinfo=UTC)
    article = parse_html(_TYPE, _BODY.format("<p>Diperbarui: 8 Oktober 2024 10:00 WIB</p>")).article
    assert article.published_at is None
