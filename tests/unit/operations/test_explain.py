from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.explain import as_text
from operations.explain import Explained, age, explain
from services.crawler.revisits import Revisits
from services.crawler.sites import Sites, parse_sites
from shared.codec import Envelope, wrap
from shared.events import CrawlRequested, Event, FetchFailed, FetchRefusal, FetchSettled, FoundBy, PageDropped

NOW = datetime(2024, 10, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://contoh.example/read/1"
SITES = parse_sites('[a]\nhosts = ["contoh.example"]\nexclude = ["/iklan/"]\n')


def at(hours: int, event: Event, *, cause: Envelope[Any] | None = None) -> Envelope[Any]:
    return wrap(event, source="/t", time=NOW + hours * HOUR, cause=cause, root=f"{hours}{event.TYPE}")


def asked(hours: int, found_by: FoundBy = "feed") -> Envelope[Any]:
    return at(hours, CrawlRequested(url=URL, found_by=found_by))


def explained(*events: Envelope[Any], url: str = URL, sites: Sites = SITES) -> Explained:
    return explain(url, events, sites=sites, max_depth=2, revisits=Revisits([2 * HOUR, 20 * HOUR]))


def test_what_was_asked_for_and_has_no_end_waits() -> None:
    found = explained(asked(0), asked(1))
    assert found.waiting == (NOW, NOW + HOUR)
    assert [(step.at, step.what) for step in found.steps] == [(NOW, "requested"), (NOW + HOUR, "requested")]
    assert found.next_visit is None


def test_an_end_with_what_follows_it() -> None:
    request = asked(0)
    settled = FetchSettled(url=URL, outcome="published", settled_at=NOW + HOUR, status=200, found_by="feed")
    dropped = PageDropped(url=URL, reason="video", fetched_at=NOW + HOUR)
    found = explained(request, at(1, settled, cause=request), at(1, dropped), asked(2, "link"))
    assert found.waiting == ()
    said = [(step.what, step.detail) for step in found.steps[1:3]]
    assert said == [("published", "status 200"), ("no article", "video")]
    assert found.next_visit == NOW + 3 * HOUR
    again = explained(request, at(1, settled, cause=request), asked(2, "refetch"))
    assert again.waiting == (NOW + 2 * HOUR,)


def test_a_failure_says_why_and_a_passing_one_may_be_asked_for_again() -> None:
    request = asked(0)
    failed = FetchFailed(url=URL, reason="timeout", settled_at=NOW, attempts=3, detail="no answer in 20 s")
    found = explained(request, at(0, failed, cause=request), asked(2))
    assert found.steps[1].detail == "timeout, 3 tries, no answer in 20 s"
    assert found.waiting == (NOW + 2 * HOUR,)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (URL, None),
        ("https://contoh.example/iklan/1", "excluded"),
        ("https://lain.example/1", "off_site"),
        ("https://contoh.example/a/a/a/a", "trap"),
    ],
)
def test_the_rules_for_a_link_to_it(url: str, why: str | None) -> None:
    assert explained(url=url).refused_as == why


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "5 s ago"), (-90, "in 2 min"), (7200, "2 h ago"), (-3 * 86_400, "in 3 d")]
)
def test_ages(seconds: int, said: str) -> None:
    assert age(NOW, NOW + timedelta(seconds=seconds)) == said


def test_a_pause_of_its_host_is_told_and_ends_no_request() -> None:
    pause = at(1, CrawlRequested(url="https://contoh.example/", kind="pause"))
    paused = FetchSettled(url="https://contoh.example/", outcome="paused", settled_at=NOW + HOUR)
    found = explained(asked(0), pause, at(1, paused, cause=pause))
    assert found.paused
    assert found.waiting == (NOW,)
    assert [step.what for step in found.steps] == ["requested", "requested", "paused"]


@pytest.mark.parametrize(
    ("url", "reason", "settings"),
    [
        ("https://contoh.example/arsip/2024/10/08", "calendar", ["calendar_pages"]),
        ("https://contoh.example/cari?q=x", "over_budget", ["query_pages", "linked_pages"]),
        (URL, "over_budget", ["linked_pages"]),
        (URL, "excluded", []),
        ("https://contoh.example/resmi/2024/10/08", "calendar", []),
    ],
)
def test_a_budget_that_held_it_back_is_named_with_what_lifts_it(
    url: str, reason: FetchRefusal, settings: list[str]
) -> None:
    sites = parse_sites('[a]\nhosts = ["contoh.example"]\ntrusted = ["/resmi/"]\nquery_pages = 7\n')
    request = at(0, CrawlRequested(url=url, found_by="link", depth=1))
    refused = at(0, FetchSettled(url=url, outcome="refused", reason=reason, settled_at=NOW), cause=request)
    found = explained(request, refused, url=url, sites=sites)
    assert [budget.setting for budget in found.held_by] == settings
    assert {budget.owner for budget in found.held_by} <= {"contoh.example"}
    text = as_text(found)
    for budget in found.held_by:
        assert f"at most {budget.most:,} " in text
        assert f"raise `{budget.setting}`" in text
        assert f"./warta refetch {url}" in text
    assert ("held back" in text) == bool(settings)
    later = at(2, CrawlRequested(url=url, found_by="seed"))
    assert explained(request, refused, later, url=url, sites=sites).held_by == ()  # it waits to be fetched now
