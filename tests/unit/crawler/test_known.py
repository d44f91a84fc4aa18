from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.crawler.known import FORGET_AFTER, PASSING, RETRY_PASSING_AFTER, Known
from shared.codec import Envelope, wrap
from shared.events import CrawlRequested, FetchFailed, FetchFailure, FetchSettled, FoundBy, RequestKind
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS

NOW = datetime(2024, 10, 8, tzinfo=UTC)
URL = "https://contoh.example/read/1"


def request(found_by: FoundBy = "feed", kind: RequestKind = "page", url: str = URL) -> Envelope[CrawlRequested]:
    return wrap(CrawlRequested(url=url, found_by=found_by, kind=kind), source="/t", time=NOW)


def settled(cause: Envelope[Any] | None, **fields: Any) -> Envelope[Any]:
    values: dict[str, Any] = {"url": URL, "outcome": "published", "settled_at": NOW, **fields}
    return wrap(FetchSettled(**values), source="/t", time=NOW, cause=cause)


def failed(cause: Envelope[Any], reason: FetchFailure) -> Envelope[Any]:
    return wrap(FetchFailed(url=URL, reason=reason, settled_at=NOW), source="/t", time=NOW, cause=cause)


def test_a_known_page_is_a_duplicate_unless_a_refetch_is_asked_for() -> None:
    known = Known()
    first = request()
    assert not known.is_duplicate(first, URL, NOW)
    known.note(settled(first))
    assert known.is_duplicate(first, URL, NOW)
    assert known.is_duplicate(request("link"), URL, NOW)
    again = request("refetch")
    assert not known.is_duplicate(again, URL, NOW)
    known.note(settled(again, outcome="unchanged"))
    assert known.is_duplicate(again, URL, NOW)


def test_visits_count_published_pages_and_the_same_outcome_twice_counts_once() -> None:
    known = Known()
    ends = [settled(request()), settled(request("refetch"), outcome="unchanged"), settled(request("refetch"))]
    for end in ends:
        known.note(end)
        known.note(end)
    state = known.get(URL)
    assert state is not None
    assert state.visits == 2


def test_an_unchanged_page_keeps_its_validators() -> None:
    known = Known()
    known.note(settled(request(), etag='"a"', last_modified="Tue"))
    known.note(settled(request("refetch"), outcome="unchanged"))
    state = known.get(URL)
    assert state is not None
    assert (state.etag, state.last_modified) == ('"a"', "Tue")


@pytest.mark.parametrize("reason", ["dns", "timeout", "gone", "blocked_address", "bomb"])
def test_a_passing_failure_may_be_tried_again_after_a_while(reason: FetchFailure) -> None:
    known = Known()
    known.note(failed(request(), reason))
    assert known.is_duplicate(request(), URL, NOW + RETRY_PASSING_AFTER - timedelta(seconds=1))
    assert known.is_duplicate(request(), URL, NOW + RETRY_PASSING_AFTER) is (reason not in PASSING)


def test_a_source_is_read_as_often_as_it_is_asked_for() -> None:
    known = Known()
    first = request(kind="feed")
    known.note(settled(first, outcome="read"))
    assert known.is_duplicate(first, URL, NOW)
    assert not known.is_duplicate(request(kind="feed"), URL, NOW)


def test_redirects_that_lead_back() -> None:
    known = Known()
    a, b, c = (f"https://contoh.example/{name}" for name in "abc")
    for url, target in ((a, b), (b, c)):
        known.note(settled(request(url=url), url=url, outcome="refused", reason="redirected", final_url=target))
    assert known.leads_back(a, c)
    assert not known.leads_back(a, "https://contoh.example/d")
    known.note(settled(request(url=c), url=c, outcome="refused", reason="redirected", final_url=a))
    assert not known.leads_back(a, "https://contoh.example/d")


def test_an_end_is_forgotten_before_the_record_that_explains_a_duplicate_expires() -> None:
    known = Known()
    known.note(settled(request(), outcome="published"))
    assert known.is_duplicate(request(), URL, NOW + FORGET_AFTER - timedelta(seconds=1))
    assert not known.is_duplicate(request(), URL, NOW + FORGET_AFTER)
    assert CRAWL_OUTCOMES.retention_ms is not None
    assert CRAWL_REQUESTS.retention_ms is not None
    kept = timedelta(milliseconds=CRAWL_OUTCOMES.retention_ms - CRAWL_REQUESTS.retention_ms)
    assert kept >= FORGET_AFTER


def test_the_last_word_on_a_host_is_known_and_is_no_state_of_its_front_page() -> None:
    known = Known()
    front = "https://contoh.example/"
    known.note(settled(None, url=front, outcome="paused"))
    known.note(settled(None, url="https://lain.example/", outcome="paused"))
    known.note(settled(None, url=front, outcome="resumed"))
    assert set(known.paused) == {"lain.example"}
    assert known.get(front) is None
    known.clear()
    assert not known.paused
