from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.calendars import calendar_day
from shared.urls import canonical_url

MAY_1 = date(2031, 5, 1)
LISTS = {
    "/index/2031/05/01": MAY_1, "/indeks?date=2031-05-01": MAY_1, "/indeks/ekonomi?page=3&tgl=01-05-2031": MAY_1,
    "/indeks?date=01%2F05%2F2031": MAY_1, "/indeks/01/05/2031": MAY_1, "/indeks/2031/05/01/ekonomi": MAY_1,
    "/indeks/ekonomi/2031-05-01/page/7": MAY_1, "/indeks/2031/05/01/2": MAY_1, "/2031/05": MAY_1, "/2031/05/01/": MAY_1,
    "/blog/2031/mei/1": MAY_1, "/kalender/2031-05": MAY_1, "/?m=203105": MAY_1, "/arsip/20310501": MAY_1,
    "/agenda?bulan=5&tahun=2031": MAY_1, "/agenda?day=1&month=5&year=2031": MAY_1, "/arsip/mei/2031": MAY_1,
    "/events/?tribe-bar-date=2031-05-01": MAY_1, "/indeks?end_date=2031-05-02&start_date=2031-05-01": date(2031, 5, 2),
    "/arsip/2031": date(2031, 1, 1), "/indeks?date=2031-05-01T10%3A00": MAY_1, "/sport/9999/12/31": date(9999, 12, 31),
}  # fmt: skip
ARTICLES = [
    "/read/2025/07/31/slug", "/read/2025/07/31/123", "/read/2025/07/31/123456/judul-berita", "/2025/07/31/banjir.html",
    "/read/123456/2025/07/31", "/judul-berita-yang-panjang/2025/07/31", "/read.php?date=2025-07-31&id=7",
    "/read/d-123456/judul?date=2025-07-31", "/berita/20250731", "/20250731/judul-berita-ini",
    "/berita-2025-07-31-banjir",
    "/archives/2025/07/31/banjir", "/archives/123", "/archives/12345", "/events/2025/07/31/konser", "/tag/2024",
    "/2025", "/news/2024/pemilu", "/2031/13/45", "/seri/7/2031", "/indeks?page=2024", "/?p=2025", "/",
]  # fmt: skip
SLUGS = st.lists(st.from_regex(r"[a-z]{2,9}", fullmatch=True), min_size=1, max_size=6).map("-".join)
SEGMENTS = st.sampled_from(("", "/read", "/berita", "/news", "/ekonomi", "/archives"))


@pytest.mark.parametrize("path", LISTS)
def test_a_list_by_date_is_known_for_its_day(path: str) -> None:
    assert calendar_day(f"https://contoh.example{path}") == LISTS[path]


@pytest.mark.parametrize("path", ARTICLES)
def test_what_may_be_an_article_is_none(path: str) -> None:
    assert calendar_day(f"https://contoh.example{path}") is None


@given(st.dates(), SEGMENTS, SLUGS, st.sampled_from(("{0:%Y}/{0:%m}/{0:%d}", "{0:%Y-%m-%d}", "{0:%Y}/{0:%m}")))
def test_an_article_under_its_date_is_never_a_list(day: date, before: str, slug: str, form: str) -> None:
    url = f"https://contoh.example{before}/{form.format(day)}/{slug}"
    assert calendar_day(url) is None
    assert calendar_day(f"{url}?date={day.isoformat()}&id=1") is None


@given(st.dates(), st.integers(10_000, 10**9), SEGMENTS)
def test_nor_is_one_with_a_number(day: date, number: int, before: str) -> None:
    assert calendar_day(f"https://contoh.example{before}/{day:%Y/%m/%d}/{number}") is None
    assert calendar_day(f"https://contoh.example{before}/{number}/{day:%Y/%m/%d}") is None


@given(
    st.dates(min_value=date(1000, 1, 1)),
    st.sampled_from(("/arsip/{:%Y/%m/%d}", "/indeks?date={:%Y-%m-%d}", "/ekonomi/{:%Y-%m-%d}")),
)
def test_every_day_of_a_calendar_is_found(day: date, form: str) -> None:
    assert calendar_day(canonical_url(f"https://contoh.example{form.format(day)}")) == day


@given(st.text(max_size=200))
def test_nothing_raises(text: str) -> None:
    calendar_day(f"https://contoh.example/{text.replace('[', '').replace(']', '')}")
