from datetime import UTC, date, datetime, timedelta

import pytest

from services.crawler.budgets import Budgets, Over
from services.crawler.sites import Site
from shared.errors import ConfigurationError
from shared.events import CrawlRequested, FetchSettled, FoundBy

NOW = datetime(2025, 7, 31, 12, tzinfo=UTC)
TODAY = date(2025, 7, 31)
SITE = Site(hosts=("contoh.example",), calendar_pages=20, query_pages=3, linked_pages=50, trusted=("/arsip-resmi/",))


def ask(
    budgets: Budgets, path: str, *, now: datetime = NOW, found_by: FoundBy = "link", host: str = "contoh.example",
    site: Site | None = SITE,
) -> Over | None:  # fmt: skip
    url = f"https://{host}{path}"
    return budgets.spend(CrawlRequested(url=url, found_by=found_by, depth=1), url, site, now)


def day(offset: int, form: str = "/arsip/{:%Y/%m/%d}") -> str:
    return form.format(TODAY + timedelta(days=offset))


@pytest.mark.parametrize(("step", "most"), [(-1, 20), (1, 2)])
def test_a_calendar_ends_either_way_and_says_so_once(step: int, most: int) -> None:
    budgets = Budgets()
    start = -8 if step < 0 else 3
    answers = [ask(budgets, day(start + step * number)) for number in range(60)]
    assert answers[:most] == [None] * most
    refused = answers[most:]
    assert {over.reason for over in refused if over} == {"calendar"}
    assert [over.is_first for over in refused if over] == [True] + [False] * (59 - most)
    assert all(over and over.setting == "calendar_pages" for over in refused)


def test_what_is_recent_has_its_own_budget() -> None:
    budgets = Budgets()
    for number in range(60):
        ask(budgets, day(-8 - number))
        ask(budgets, day(3 + number))
    assert [ask(budgets, day(offset)) for offset in range(-7, 3)] == [None] * 10


def test_combinations_of_a_query_end_and_articles_go_on() -> None:
    budgets = Budgets()
    answers = [ask(budgets, f"/cari?urut={number}") for number in range(5)]
    assert [over and over.reason for over in answers] == [None] * 3 + ["over_budget"] * 2
    assert ask(budgets, "/read/2025/07/31/judul") is None


def test_all_links_of_a_domain_have_one_budget_whatever_the_host() -> None:
    budgets = Budgets()
    answers = [ask(budgets, "/berita", host=f"a{number}.contoh.co.id") for number in range(52)]
    assert [bool(over) for over in answers] == [False] * 50 + [True] * 2


@pytest.mark.parametrize("found_by", ["feed", "sitemap", "seed", "refetch", "import", "redirect", "canonical"])
def test_only_links_are_counted(found_by: FoundBy) -> None:
    budgets = Budgets()
    assert [ask(budgets, day(-number - 10), found_by=found_by) for number in range(60)] == [None] * 60
    assert ask(budgets, day(-100)) is None


def test_what_the_operator_trusts_is_not_counted() -> None:
    budgets = Budgets()
    assert [ask(budgets, f"/arsip-resmi/{day(-number - 10)}") for number in range(60)] == [None] * 60


def test_the_next_day_begins_anew() -> None:
    budgets = Budgets()
    while ask(budgets, day(-10)) is None:
        pass
    assert ask(budgets, day(-10), now=NOW + timedelta(hours=11)) is not None
    assert ask(budgets, day(-10), now=NOW + timedelta(hours=12)) is None


def test_hosts_do_not_share_and_an_unlisted_one_has_the_defaults() -> None:
    budgets = Budgets()
    while ask(budgets, day(-10)) is None:
        pass
    assert ask(budgets, day(-10), host="lain.example", site=None) is None


def test_a_restart_remembers_the_pages_of_today() -> None:
    def published(number: int, at: datetime, found_by: FoundBy = "link") -> FetchSettled:
        url = f"https://contoh.example{day(-10 - number)}"
        return FetchSettled(url=url, outcome="published", settled_at=at, found_by=found_by)

    budgets = Budgets()
    for number in range(19):
        budgets.restore(published(number, NOW - timedelta(days=1)))
    for number in range(19):
        budgets.restore(published(number, NOW))
        budgets.restore(published(number, NOW, "feed"))
        budgets.restore(published(number, NOW - timedelta(days=1)))
    assert ask(budgets, day(-100)) is None
    assert ask(budgets, day(-101)) is not None


def test_a_site_file_sets_them() -> None:
    from services.crawler.sites import parse_sites

    (site,) = parse_sites('[a]\nhosts = ["a.example"]\ncalendar_pages = 0\nquery_pages = 7\ntrusted = ["/arsip/"]\n')
    assert (site.calendar_pages, site.query_pages, site.linked_pages) == (0, 7, 50_000)
    assert site.trusts("https://a.example/arsip/2025")
    for wrong in ("calendar_pages = -1", "trusted = ['[']", "query_pages = 'a'"):
        with pytest.raises(ConfigurationError):
            parse_sites(f'[a]\nhosts = ["a.example"]\n{wrong}\n')
