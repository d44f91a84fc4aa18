from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.crawler.answer import Answer, FetchError
from services.crawler.job import Again, Ended, Hop, Job, Verdict
from services.crawler.partition import Partition
from services.crawler.sites import parse_sites
from services.crawler.url_states import UrlState
from services.crawler.verdict import Judge
from shared.codec import wrap
from shared.events import CrawlRequested, FetchFailed, FetchFailure, FetchSettled

NOW = datetime(2024, 10, 8, 12, 0, tzinfo=UTC)
URL = "https://contoh.example/read/1"
JUDGE = Judge(
    sites=parse_sites('[a]\nhosts = ["contoh.example", "teman.example"]\n'), max_attempts=3,
    first_pause=timedelta(seconds=2),
)  # fmt: skip


def job(**fields: Any) -> Job:
    request = CrawlRequested(url=URL, found_by="feed", depth=1, kind=fields.pop("kind", "page"))
    envelope = wrap(request, source="/t", time=NOW)
    values: dict[str, Any] = {"url": URL, "host": "contoh.example", "request": request, "partition": Partition(0),
                              "envelope": envelope, "offset": 7, **fields}  # fmt: skip
    return Job(**values)


def judged(
    status: int, *headers: tuple[str, str], body: bytes = b"", state: UrlState | None = None, **fields: Any
) -> Verdict:
    answer = Answer(url=fields.pop("answered", URL), status=status, fetched_at=NOW, headers=headers, body=body)
    return JUDGE.answer(job(**fields), answer, state, NOW)


def outcome(verdict: Verdict) -> FetchSettled | FetchFailed:
    assert isinstance(verdict, Ended), verdict
    return verdict.outcome


def test_a_page_is_published_as_it_came() -> None:
    verdict = judged(200, ("content-type", "text/html"), ("etag", '"a"'), ("set-cookie", "x=1"), body=b"<p>\xff")
    assert isinstance(verdict, Ended)
    assert verdict.page is not None
    assert (verdict.page.body, verdict.page.content_type, verdict.page.depth) == (b"<p>\xff", "text/html", 1)
    assert verdict.page.http_headers == {"etag": '"a"'}
    assert verdict.page.final_url is None
    end = outcome(verdict)
    assert isinstance(end, FetchSettled)
    assert (end.outcome, end.etag, end.status) == ("published", '"a"', 200)


def test_a_source_is_read_and_not_published() -> None:
    verdict = judged(200, kind="feed")
    assert isinstance(verdict, Ended)
    assert verdict.page is None
    assert isinstance(verdict.outcome, FetchSettled)
    assert verdict.outcome.outcome == "read"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, "not_found"), (410, "gone"), *((status, "http_error") for status in (204, 206, 302, 304, 401, 403, 599))],
)  # fmt: skip
def test_ends_without_another_try(status: int, reason: FetchFailure) -> None:
    end = outcome(judged(status))
    assert isinstance(end, FetchFailed)
    assert (end.reason, end.status) == (reason, status)


def test_unchanged_needs_a_known_page() -> None:
    end = outcome(judged(304, state=UrlState(settled_at=NOW, settled_by=None)))
    assert isinstance(end, FetchSettled)
    assert end.outcome == "unchanged"


@pytest.mark.parametrize("status", [500, 502, 504, 408, 425])
def test_a_passing_error_pauses_the_url(status: int) -> None:
    assert judged(status) == Again(attempt=2, why=f"status {status}", url_pause=timedelta(seconds=2))
    assert judged(status, attempt=2) == Again(attempt=3, why=f"status {status}", url_pause=timedelta(seconds=8))
    end = outcome(judged(status, attempt=3))
    assert isinstance(end, FetchFailed)
    assert (end.reason, end.attempts) == ("http_error", 3)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_left_alone_as_long_as_it_asks(status: int) -> None:
    why = f"status {status}"
    assert judged(status) == Again(attempt=2, why=why, host_pause=timedelta(seconds=2))
    assert judged(status, ("retry-after", "90")) == Again(attempt=2, why=why, host_pause=timedelta(seconds=90))
    assert judged(status, ("retry-after", "0")) == Again(attempt=2, why=why, host_pause=timedelta(seconds=2))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/read/2?utm_source=x", "https://contoh.example/read/2"),
        ("https://teman.example/a", "https://teman.example/a"),
        ("//www.contoh.example/a", "https://www.contoh.example/a"),
    ],
)
def test_a_redirect_becomes_a_request_of_its_own(status: int, location: str, target: str) -> None:
    verdict = judged(status, ("location", location))
    end = outcome(verdict)
    assert isinstance(end, FetchSettled)
    assert (end.outcome, end.reason, end.final_url) == ("refused", "redirected", target)
    assert isinstance(verdict, Ended)
    (follow,) = verdict.follows
    assert follow.root is None
    assert follow.request == CrawlRequested(url=target, found_by="redirect", depth=2)


def test_a_redirect_off_the_sites_is_not_followed() -> None:
    verdict = judged(302, ("location", "https://iklan.example/a"))
    end = outcome(verdict)
    assert isinstance(end, FetchSettled)
    assert (end.reason, end.final_url) == ("off_site", "https://iklan.example/a")
    assert isinstance(verdict, Ended)
    assert verdict.follows == ()


def test_a_redirect_to_another_spelling_is_a_hop() -> None:
    assert judged(301, ("location", "/read/1?utm_source=x")) == Hop(url=URL + "?utm_source=x")
    verdict = judged(200, answered=URL + "?utm_source=x")
    assert isinstance(verdict, Ended)
    assert verdict.page is not None
    assert (verdict.page.url, verdict.page.final_url) == (URL, URL + "?utm_source=x")


@pytest.mark.parametrize("location", ["javascript:alert(1)", "http://", "http://[::1", "mailto:a@contoh.example"])
def test_a_redirect_to_no_url_is_a_failure(location: str) -> None:
    end = outcome(judged(302, ("location", location)))
    assert isinstance(end, FetchFailed)
    assert end.reason == "bad_url"


def test_a_redirect_that_leads_back_is_a_loop() -> None:
    other = "https://contoh.example/read/2"
    partition = Partition(0)
    first = FetchSettled(url=other, outcome="refused", settled_at=NOW, reason="redirected", final_url=URL)
    partition.known.note(wrap(first, source="/t", time=NOW))
    end = outcome(judged(302, ("location", other), partition=partition))
    assert isinstance(end, FetchFailed)
    assert end.reason == "redirect_loop"


@pytest.mark.parametrize("reason", ["dns", "network", "timeout", "tls"])
def test_a_network_error_is_tried_again_and_then_recorded(reason: FetchFailure) -> None:
    error = FetchError(reason, "x")
    assert JUDGE.error(job(), error, NOW) == Again(attempt=2, why=reason, url_pause=timedelta(seconds=2))
    end = outcome(JUDGE.error(job(attempt=3), error, NOW))
    assert isinstance(end, FetchFailed)
    assert (end.reason, end.attempts) == (reason, 3)


@pytest.mark.parametrize("reason", ["bad_url", "blocked_address", "bomb", "too_large", "unsupported_encoding"])
def test_what_will_not_change_is_not_tried_again(reason: FetchFailure) -> None:
    end = outcome(JUDGE.error(job(), FetchError(reason), NOW))
    assert isinstance(end, FetchFailed)
    assert (end.reason, end.attempts) == (reason, 1)


def test_a_busy_host_is_left_alone_for_longer_each_time_and_after_the_last_try_too() -> None:
    answer = Answer(url=URL, status=503, fetched_at=NOW, headers=())
    pauses = []
    for busy_before in range(4):
        verdict = JUDGE.answer(job(), answer, None, NOW, busy_before=busy_before)
        assert isinstance(verdict, Again)
        pauses.append(verdict.host_pause.total_seconds())
    assert pauses == [2, 8, 32, 128]
    last = judged(503, ("retry-after", "7200"), attempt=3)
    assert isinstance(last, Ended)
    assert last.host_pause == timedelta(hours=2)


@pytest.mark.parametrize("status", [301, 403, 404, 500, 503])
def test_retry_after_is_heeded_whatever_it_comes_with(status: int) -> None:
    verdict = judged(status, ("retry-after", "Tue, 08 Oct 2024 12:01:00 GMT"), ("location", "/read/2"))
    assert not isinstance(verdict, Hop)
    assert verdict.host_pause == timedelta(minutes=1)
    for harmless in (200, 304):
        ended = judged(harmless, ("retry-after", "60"), state=UrlState(settled_at=NOW, settled_by=None))
        assert isinstance(ended, Ended)
        assert not ended.host_pause
