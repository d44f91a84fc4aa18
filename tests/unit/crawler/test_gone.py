"""A page that is gone takes its article with it: in the end, once, and not where its host looks sick."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.held_removals import HeldRemovals
from services.crawler.gone import CONFIRMED_FOR, HELD_EVERY, HELD_FOR, Host, Page, Rules, decide, next_look
from services.crawler.known import Known
from shared.codec import Envelope, encode, wrap
from shared.events import FetchFailed, FetchFailure, FetchSettled, Removal

NOW = datetime(2024, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = Rules(ages=(HOUR, 13 * HOUR), sick_pages=3, sick_share=0.5, hourly=2)
WELL = Host(gone=1, good=100, removed=0, confirmed=False)
SICK = Host(gone=3, good=2, removed=0, confirmed=False)


def page(number: int, host: str = "contoh.example") -> str:
    return f"https://{host}/read/{number}"


class Crawled:
    """What a crawler does with answers: judge, and note what it told. `outcomes` is what Kafka would hold."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.known = Known(gone=rules)
        self.outcomes: list[Envelope[Any]] = []

    def there(self, url: str, at: datetime) -> None:
        self._tell(FetchSettled(url=url, outcome="published", settled_at=at, found_by="seed"))

    def confirmed(self, host: str, at: datetime) -> None:
        self._tell(FetchSettled(url=f"https://{host}/", outcome="confirmed_gone", settled_at=at))

    def fails(self, url: str, at: datetime, reason: FetchFailure = "not_found") -> Removal | None:
        failure = self.known.judged(FetchFailed(url=url, reason=reason, settled_at=at, status=404))
        self._tell(failure)
        return failure.removal

    def is_soft_404(self, url: str, at: datetime) -> Removal | None:
        ended = self.known.judged(
            FetchSettled(url=url, outcome="refused", reason="soft_404", settled_at=at, status=200)
        )
        self._tell(ended)
        return ended.removal

    def restored(self) -> Known:
        known = Known(gone=self.rules)
        for outcome in self.outcomes:
            known.note(outcome)
        return known

    def _tell(self, event: FetchSettled | FetchFailed) -> None:
        self.outcomes.append(wrap(event, source="/t", time=event.settled_at))
        self.known.note(self.outcomes[-1])


@pytest.mark.parametrize(
    ("times", "age", "host", "removal"),
    [
        (1, timedelta(0), WELL, "awaited"),
        (2, HOUR, WELL, "awaited"),
        (9, 12 * HOUR, WELL, "awaited"),  # however often an operator asks
        (2, 13 * HOUR, WELL, "done"),
        (3, 13 * HOUR, SICK, "held"),
        (3, 13 * HOUR, Host(gone=2, good=0, removed=0, confirmed=False), "done"),
        (3, 13 * HOUR, Host(gone=3, good=3, removed=0, confirmed=False), "done"),
        (3, 13 * HOUR, Host(gone=1, good=9, removed=2, confirmed=False), "capped"),
        (3, 13 * HOUR, Host(gone=9, good=0, removed=9, confirmed=True), "done"),
        (1, timedelta(0), Host(gone=9, good=0, removed=9, confirmed=True), "awaited"),
    ],
)
def test_what_becomes_of_an_article(times: int, age: timedelta, host: Host, removal: Removal) -> None:
    assert decide(Page(since=NOW, last=NOW + age, times=times), host, RULES) == removal


def test_without_ages_such_pages_are_left_alone() -> None:
    crawled = Crawled(Rules())
    crawled.there(page(1), NOW)
    assert crawled.fails(page(1), NOW + HOUR) is None
    assert crawled.known.due_of(page(1)) is None


def test_when_a_page_that_is_gone_is_looked_at_again() -> None:
    def look(age: timedelta, removal: Removal) -> datetime | None:
        return next_look(Page(since=NOW, last=NOW + age, times=2), removal, RULES)

    assert look(timedelta(0), "awaited") == NOW + HOUR
    assert look(2 * HOUR, "awaited") == NOW + 13 * HOUR
    assert look(13 * HOUR, "held") == look(13 * HOUR, "capped") == NOW + 13 * HOUR + HELD_EVERY
    assert look(HELD_FOR, "held") is None
    assert look(13 * HOUR, "done") is None


def test_a_page_that_stays_gone_goes_once_and_may_come_back() -> None:
    crawled = Crawled()
    crawled.there(page(1), NOW)
    assert [crawled.fails(page(1), NOW + at) for at in (HOUR, 2 * HOUR, 14 * HOUR)] == ["awaited", "awaited", "done"]
    assert crawled.fails(page(1), NOW + 15 * HOUR) is None
    assert crawled.known.due_of(page(1)) is None
    crawled.there(page(1), NOW + 20 * HOUR)
    assert crawled.fails(page(1), NOW + 21 * HOUR, "gone") == "awaited"


def test_a_page_that_was_never_there_has_no_article() -> None:
    crawled = Crawled()
    assert crawled.fails(page(1), NOW) is None
    assert crawled.fails(page(1), NOW + 14 * HOUR) is None


def test_an_outage_neither_counts_nor_saves() -> None:
    crawled = Crawled()
    crawled.there(page(1), NOW)
    crawled.fails(page(1), NOW)
    assert crawled.fails(page(1), NOW + HOUR, "timeout") is None
    assert crawled.known.due_of(page(1)) is not None
    assert crawled.fails(page(1), NOW + 13 * HOUR) == "done"


def test_a_host_that_answers_404_for_everything_loses_nothing_until_a_person_says_so() -> None:
    crawled = Crawled()
    for number in range(10):
        crawled.there(page(number), NOW)
        crawled.there(page(number, "lain.example"), NOW)
    for at in (24 * HOUR, 25 * HOUR):
        assert {crawled.fails(page(number), NOW + at) for number in range(10)} == {"awaited"}
    assert crawled.fails(page(1, "lain.example"), NOW + 24 * HOUR) == "awaited"
    later = NOW + 38 * HOUR
    assert {crawled.fails(page(number), later) for number in range(10)} == {"held"}
    assert crawled.fails(page(1, "lain.example"), later) == "done"
    assert crawled.known.gone.held == {"contoh.example": 10}
    crawled.confirmed("contoh.example", later + HOUR)
    assert len(crawled.known.due(later + HOUR, 99)) == 10
    assert {crawled.fails(page(number), later + HOUR) for number in range(9)} == {"done"}
    crawled.there(page(9), later + HOUR)  # it is back: not removed for all that was said
    assert crawled.known.gone.held == {}


def test_a_persons_word_holds_for_a_day() -> None:
    crawled = Crawled(Rules(ages=(HOUR,), sick_pages=1, sick_share=0))
    crawled.there(page(1), NOW)
    crawled.confirmed("contoh.example", NOW)
    crawled.fails(page(1), NOW + HOUR)
    assert crawled.fails(page(1), NOW + CONFIRMED_FOR) == "held"


def test_many_at_once_are_spread_over_hours() -> None:
    crawled = Crawled()
    for number in range(10):
        crawled.there(page(number), NOW)
    for number in range(5):
        crawled.fails(page(number), NOW + 13 * HOUR)
    for number in range(5, 10):
        crawled.there(page(number), NOW + 14 * HOUR)
    at = NOW + 26 * HOUR
    assert [crawled.fails(page(number), at) for number in range(5)] == ["done", "done", "capped", "capped", "capped"]
    assert [crawled.fails(page(number), at + HELD_EVERY) for number in range(2, 5)] == ["done", "done", "capped"]


def test_an_article_whose_page_became_a_soft_404_goes_as_late_as_with_a_404_and_may_come_back() -> None:
    crawled = Crawled()
    for number in range(3):
        crawled.there(page(number), NOW)
    assert crawled.is_soft_404(page(0), NOW + HOUR) == "awaited"
    assert crawled.known.due_of(page(0)) == NOW + 2 * HOUR
    for number in (1, 2):
        crawled.there(page(number), NOW + 2 * HOUR)
    assert crawled.fails(page(0), NOW + 3 * HOUR) == "awaited"
    assert crawled.is_soft_404(page(0), NOW + 14 * HOUR) == "done"
    assert crawled.is_soft_404(page(0), NOW + 15 * HOUR) is None
    crawled.there(page(0), NOW + 20 * HOUR)
    assert crawled.is_soft_404(page(0), NOW + 21 * HOUR) == "awaited"


def test_a_soft_404_that_was_never_an_article_is_none_that_goes() -> None:
    crawled = Crawled()
    assert crawled.is_soft_404(page(1), NOW) is None
    assert crawled.is_soft_404(page(1), NOW + 14 * HOUR) is None


@pytest.mark.parametrize("pages", [1, 2, 9])
def test_what_a_host_shows_while_it_is_being_mended_removes_nothing_however_few_its_pages_are(pages: int) -> None:
    crawled = Crawled()
    for number in range(pages):
        crawled.there(page(number), NOW)
    for number in range(pages):
        assert crawled.is_soft_404(page(number), NOW + HOUR) == "awaited"
    later = NOW + 14 * HOUR
    assert {crawled.is_soft_404(page(number), later) for number in range(pages)} == {"held"}
    assert crawled.known.gone.held == crawled.restored().gone.held == {"contoh.example": pages}
    assert _held(crawled.outcomes) == pages
    for number in range(1, pages):
        crawled.there(page(number), later + HOUR)
    crawled.confirmed("contoh.example", later + HOUR)
    assert crawled.is_soft_404(page(0), later + HOUR) == "done"
    assert crawled.known.gone.held == {}


_PAGES = st.integers(0, 5)
_STEP = st.tuples(
    _PAGES, st.sampled_from(["there", "gone", "not_found", "timeout", "confirm", "soft"]), st.integers(1, 900)
)


@given(st.lists(_STEP, max_size=60), st.data())
def test_the_next_owner_decides_alike_and_only_what_was_gone_throughout_goes(steps: Any, data: st.DataObject) -> None:
    crawled, at = Crawled(), NOW
    since: dict[int, datetime | None] = {}
    for number, what, minutes in steps:
        at += timedelta(minutes=minutes)
        if what == "there":
            crawled.there(page(number), at)
            since[number] = None
        elif what == "confirm":
            crawled.confirmed("contoh.example", at)
        elif what == "soft":
            removal = crawled.is_soft_404(page(number), at)
            if number in since:
                first = since[number] = since[number] or at
                assert removal != "done" or at - first >= RULES.ages[-1]
        else:
            if data.draw(st.booleans()):
                crawled.known = crawled.restored()
            removal = crawled.fails(page(number), at, what)
            if what != "timeout" and number in since:
                first = since[number] = since[number] or at
                assert removal != "done" or at - first >= RULES.ages[-1]
    assert crawled.restored().gone.held == crawled.known.gone.held
    assert [crawled.restored().due_of(page(n)) for n in range(6)] == [crawled.known.due_of(page(n)) for n in range(6)]
    assert _held(crawled.outcomes) == sum(crawled.known.gone.held.values())


def _held(outcomes: Iterable[Envelope[Any]]) -> int:
    held = HeldRemovals()
    for outcome in outcomes:
        headers, value = encode(outcome)
        held.take(value, headers)
    return len(held.found)
