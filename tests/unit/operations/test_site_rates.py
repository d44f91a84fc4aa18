"""When a site's last day is told as a fall, and what `warta status` shows of it."""

import pytest

from operations.site_rates import FIELDS, SiteRates, fallen, table

BEFORE = dict.fromkeys(FIELDS, 2850)  # of 3000


def last_day(articles: int, **filled: int) -> tuple[str, ...]:
    return fallen(articles, dict.fromkeys(FIELDS, articles) | filled, 3000, BEFORE)


def test_a_fall_of_a_field_is_told_and_a_little_less_is_not() -> None:
    assert last_day(100, topics=5) == ("topics",)
    assert last_day(100, topics=0, authors=10) == ("authors", "topics")
    assert last_day(100, topics=60) == ()
    assert last_day(100) == ()


@pytest.mark.parametrize("articles", [1, 2, 4, 8])
def test_a_few_articles_tell_nothing(articles: int) -> None:
    assert last_day(articles, topics=0) == ("articles",) * (articles < 10)


def test_a_field_that_was_never_there_has_not_fallen() -> None:
    assert fallen(100, dict.fromkeys(FIELDS, 0), 3000, dict.fromkeys(FIELDS, 0)) == ()


def test_hardly_any_articles_are_told_of_a_busy_site_only() -> None:
    assert last_day(0) == ("articles",)
    assert fallen(0, dict.fromkeys(FIELDS, 0), 90, dict.fromkeys(FIELDS, 90)) == ()


def site(name: str, *, fields: tuple[str, ...] = (), articles: int = 10) -> SiteRates:
    rates = dict.fromkeys(FIELDS, 0.95)
    return SiteRates(
        site=name, articles=articles, articles_before=300, rates_before=rates,
        rates=rates | dict.fromkeys(fields, 0.04), fallen=fields,
    )  # fmt: skip


def test_the_table_marks_falls_names_the_mending_and_is_bounded() -> None:
    shown = table([site("jatuh.id", fields=("topics",)), site("b.id"), site("c.id"), site("d.id")], most=2)
    assert "jatuh.id" in shown[1]
    assert shown[2] == "  ! topics: 95% before, 4% in the last 24 h"
    assert "warta replay" in shown[4]
    assert shown[-1].startswith("and 2 more sites, 0 with a fall")
    assert not any("c.id" in line for line in shown)
    assert table([], most=20) == []
