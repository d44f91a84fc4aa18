"""A sudden fall is told once and soon, steady sites are left alone, and what is kept is bounded."""

import math
from random import Random

import pytest
from hypothesis import settings

from services.parser.falls import surprise
from services.parser.fill_rates import ACCEPTED_AFTER, ARTICLE, FIELDS, Change, FillRates, filled
from shared.articles import Article, Image, RelatedLink

SITE_DAYS = 300
PAGES_A_DAY = 100
DAYS = 10
RATES = (1.0, 0.99, 0.95, 0.9, 0.7, 0.5, 0.3, 0.1, 0.0)  # one for each field


def seen(rates: FillRates, random: Random, chances: dict[str, float], pages: int, site: str = "a.id") -> list[Change]:
    changes = []
    for _ in range(pages):
        fields = frozenset(field for field in FIELDS if random.random() < chances.get(field, 1))
        changes += rates.saw(site, fields if random.random() < chances.get(ARTICLE, 1) else None)
    return changes


def until_told(
    rates: FillRates, random: Random, chances: dict[str, float], most: int = 500
) -> tuple[int, list[Change]]:
    for page in range(1, most + 1):
        if changes := seen(rates, random, chances, 1):
            return page, changes
    return most, []


def test_steady_sites_raise_no_alarm() -> None:
    scale = settings.default.max_examples // 100 if settings.default else 1
    site_days = 0
    for number in range(max(1, scale) * SITE_DAYS // DAYS):
        random = Random(number)
        chances = dict(zip(FIELDS, RATES, strict=True)) | {ARTICLE: random.choice((1, 0.97, 0.9, 0.6))}
        assert seen(FillRates(most_sites=1), random, chances, DAYS * PAGES_A_DAY) == [], f"site {number}"
        site_days += DAYS
    assert site_days >= SITE_DAYS


@pytest.mark.parametrize("field", [*FIELDS, ARTICLE])
def test_a_fall_is_found_within_some_twenty_pages_and_told_once(field: str) -> None:
    waited = []
    for number in range(40):
        random, rates = Random(number), FillRates(most_sites=1)
        assert seen(rates, random, {field: 0.95}, 500) == []
        pages, [change] = until_told(rates, random, {field: 0.1})
        waited.append(pages)
        assert (change.kind, change.site, change.field) == ("drifted", "a.id", field)
        assert change.before == pytest.approx(0.95, abs=0.05)
        assert change.now <= 0.5
        assert rates.drifted == 1
        assert seen(rates, random, {field: 0.1}, 300) == [], "one warning"
    assert sorted(waited)[len(waited) // 2] <= 20
    assert max(waited) <= 40


def test_a_new_site_is_judged_after_its_first_hundred_pages() -> None:
    random, rates = Random(1), FillRates(most_sites=1)
    seen(rates, random, {}, 110)
    pages, [change] = until_told(rates, random, {"topics": 0})
    assert change.field == "topics"
    assert pages <= 30


def test_the_end_of_a_fall_is_told_once_and_the_next_fall_again() -> None:
    random, rates = Random(2), FillRates(most_sites=1)
    seen(rates, random, {"authors": 0.95}, 500)
    until_told(rates, random, {"authors": 0.05})
    seen(rates, random, {"authors": 0.05}, 50)
    pages, [change] = until_told(rates, random, {"authors": 0.95})
    assert change.kind == "recovered"
    assert pages <= 40
    assert rates.drifted == 0
    assert seen(rates, random, {"authors": 0.95}, 1000) == []
    _, [again] = until_told(rates, random, {"authors": 0})
    assert again.kind == "drifted"


def test_what_stays_is_taken_for_normal_in_the_end() -> None:
    random, rates = Random(3), FillRates(most_sites=1)
    seen(rates, random, {}, 500)
    changes = seen(rates, random, {"section": 0}, ACCEPTED_AFTER + 100)
    assert [change.kind for change in changes] == ["drifted", "accepted"]
    assert seen(rates, random, {"section": 0}, 500) == []
    assert rates.drifted == 0


def test_days_that_differ_from_nights_are_no_fall() -> None:
    for number in range(20):
        random, rates = Random(number), FillRates(most_sites=1)
        for page in range(1500):
            chance = 0.7 + 0.25 * math.sin(2 * math.pi * page / PAGES_A_DAY)
            assert seen(rates, random, {"authors": chance}, 1) == []


def test_runs_that_came_before_are_not_told_of_for_ever() -> None:
    """Ten pages in a row without authors are a surprise at first; a site that has them again and again is known."""
    told = 0
    for number in range(20):
        random, rates = Random(number), FillRates(most_sites=1)
        for _ in range(60):
            told += len(seen(rates, random, {"authors": 1}, random.randrange(20, 60)))
            told += len(seen(rates, random, {"authors": 0}, random.randrange(4, 16)))
    assert told <= 20 * 2, "of 1,200 runs"


def test_sites_are_bounded_and_the_one_seen_longest_ago_gives_way() -> None:
    random, rates = Random(4), FillRates(most_sites=3)
    seen(rates, random, {}, 200, "fallen.id")
    seen(rates, random, {"topics": 0}, 40, "fallen.id")
    assert (rates.sites, rates.drifted) == (1, 1)
    for number in range(10):
        seen(rates, random, {}, 5, f"{number}.id")
    assert (rates.sites, rates.drifted) == (3, 0)
    assert [one.site for one in rates.measured(most=10)] == ["7.id", "8.id", "9.id"]


def test_measured_tells_of_the_busiest_since_last_time() -> None:
    rates = FillRates(most_sites=10)
    every = frozenset(FIELDS)
    for fields in (every, every - {"topics"}, None, None):
        rates.saw("busy.id", fields)
    rates.saw("quiet.id", None)
    [busy] = rates.measured(most=1)
    assert (busy.site, busy.pages) == ("busy.id", 4)
    assert (busy.rates[ARTICLE], busy.rates["topics"], busy.rates["title"]) == (0.5, 0.5, 1)
    assert [one.site for one in rates.measured(most=9)] == ["quiet.id"]
    assert rates.measured(most=9) == []


def test_fields_are_filled_by_what_an_article_has() -> None:
    assert filled(Article(title="Judul", canonical_url="https://a.id/1", site="a.id", body=("Isi.",))) == {"title"}
    whole = Article(
        title="Judul", canonical_url="https://a.id/1", site="a.id", body=("kata " * 25, "kata " * 25), lead="Teras",
        authors=("Penulis",), section="Dunia", topics=("Air",), images=(Image(url="https://a.id/a.jpg"),),
        related=(RelatedLink(title="Lain"),),
    )  # fmt: skip
    assert filled(whole) == set(FIELDS) - {"published_at"}


@pytest.mark.parametrize(("hits", "of", "before", "pages"), [(0, 20, 95, 100), (9, 20, 285, 300), (3, 60, 10, 40)])
def test_the_surprise_is_the_beta_binomial_tail(hits: int, of: int, before: int, pages: int) -> None:
    def beta(a: float, b: float) -> float:
        return math.exp(math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b))

    a, b = before + 0.5, pages - before + 0.5
    exact = sum(math.comb(of, k) * beta(a + k, b + of - k) / beta(a, b) for k in range(hits + 1))
    assert surprise(hits, of, before=before, pages=pages) == pytest.approx(exact)
    assert surprise(hits, of, before=before, pages=pages, runs=3) >= exact
    assert surprise(of, of, before=before, pages=pages) == 1
