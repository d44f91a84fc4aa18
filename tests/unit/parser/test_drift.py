"""What the log and the heartbeat tell of a site whose layout has changed."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from services.parser.drift import LayoutWatch
from services.parser.html_page import NO_TITLE
from shared.articles import Article
from shared.errors import DeadLetter, Skip
from shared.events import FoundBy, PageFetched
from tests.unit.parser.pages import page

URL = "https://kabar.contoh.id/read/1/judul"
WHOLE = Article(title="Judul", canonical_url=URL, site="contoh.id", body=("kata " * 50,), topics=("Air",))
WITHOUT_TOPICS = Article(title="Judul", canonical_url=URL, site="contoh.id", body=("kata " * 50,))


class Beat:
    def __init__(self) -> None:
        self.said: dict[str, Any] = {}
        self.watch = LayoutWatch(most_sites=10, say=self)

    def __call__(self, **fields: Any) -> None:
        self.said |= fields

    def parsed(self, article: Article, times: int, *, found_by: FoundBy = "feed") -> None:
        for _ in range(times):
            self.watch.parsed(fetched(found_by), article)

    def failed(self, why: Skip | DeadLetter, times: int, *, found_by: FoundBy = "feed") -> None:
        for _ in range(times):
            self.watch.failed(fetched(found_by), why)


def fetched(found_by: FoundBy) -> PageFetched:
    return page("", url=URL, found_by=found_by)


def test_a_fall_is_one_warning_that_says_what_to_do_and_its_end_one_line() -> None:
    beat = Beat()
    with capture_logs() as said:
        beat.parsed(WHOLE, 300)
        assert beat.said == {"sites_watched": 1, "sites_drifted": 0}
        beat.parsed(WITHOUT_TOPICS, 60)
        assert beat.said == {"sites_watched": 1, "sites_drifted": 1}
        beat.parsed(WHOLE, 60)
        assert beat.said == {"sites_watched": 1, "sites_drifted": 0}
    warning, end = said
    assert (warning["event"], warning["log_level"]) == ("layout.drifted", "warning")
    assert (warning["labels.site"], warning["labels.field"]) == ("contoh.id", "topics")
    assert (warning["labels.rate_before"], warning["labels.pages"]) == (1, 20)
    assert warning["labels.rate_now"] <= 0.5
    for told in ("contoh.id", "topics", "services/parser/sites/", "`warta replay --since 14d --site contoh.id`"):
        assert told in warning["error.message"]
    assert (end["event"], end["log_level"], end["labels.field"]) == ("layout.recovered", "info", "topics")


@pytest.mark.parametrize(
    "why",
    [Skip("not_an_article"), Skip("empty"), Skip("listing", NO_TITLE), DeadLetter("parser_failed"),
     DeadLetter("parser_timed_out")],
)  # fmt: skip
def test_pages_that_no_longer_become_articles_are_a_fall(why: Skip | DeadLetter) -> None:
    beat = Beat()
    with capture_logs() as said:
        beat.parsed(WHOLE, 300)
        beat.failed(why, 30)
    [warning] = said
    assert warning["labels.field"] == "article"
    assert "were articles" in warning["error.message"]


@pytest.mark.parametrize(
    "why", [Skip("listing"), Skip("video"), Skip("noindex"), Skip("not_canonical"), Skip("gallery")]
)
def test_pages_of_other_kinds_are_none(why: Skip) -> None:
    beat = Beat()
    with capture_logs() as said:
        beat.parsed(WHOLE, 300)
        beat.failed(why, 300)
    assert said == []


@pytest.mark.parametrize("found_by", ["import", "refetch", "replay"])
def test_pages_of_an_archive_are_not_counted(found_by: FoundBy) -> None:
    beat = Beat()
    with capture_logs() as said:
        beat.parsed(WHOLE, 300)
        beat.parsed(WITHOUT_TOPICS, 300, found_by=found_by)
        beat.failed(Skip("empty"), 300, found_by=found_by)
        beat.parsed(WHOLE, 300)
    assert said == []


def test_rates_are_logged_once_for_sites_with_news() -> None:
    beat = Beat()
    beat.parsed(WHOLE, 3)
    beat.failed(Skip("empty"), 1)
    with capture_logs() as said:
        beat.watch.measure()
        beat.watch.measure()
    [line] = said
    assert (line["event"], line["labels.site"], line["labels.pages"]) == ("layout.measured", "contoh.id", 4)
    assert (line["labels.article_rate"], line["labels.topics_rate"], line["labels.authors_rate"]) == (0.75, 1, 0)
    assert line["labels.drifted"] == []


def test_no_sites_to_watch_is_off() -> None:
    said: dict[str, Any] = {}
    watch = LayoutWatch(most_sites=0, say=said.update)
    watch.parsed(fetched("feed"), WHOLE)
    watch.measure()
    assert said == {}
