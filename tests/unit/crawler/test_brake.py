import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.brake import DOWNSTREAM, Brake, Limits, brake, limits_of
from services.crawler.settings import CrawlerSettings
from shared.backlog import Backlog, Unread
from shared.health import Health
from shared.log_dirs import Disk
from shared.settings import HealthSettings, KafkaSettings

T0 = datetime(2024, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAGES = ("parser", "pages.fetched")
ARTICLES = ("indexer", "articles.parsed")
LIMITS = Limits(ages={PAGES: 4 * HOUR, ARTICLES: 2 * HOUR}, free_percent=10)


def backlog(**ages: timedelta) -> Backlog:
    partitions = [
        Unread(service=service, topic=topic, partition=number, begin=0, committed=None, end=9, first=3, oldest=T0 - age)
        for service, topic in (PAGES, ARTICLES)
        for number, age in enumerate([ages.get(service, timedelta(0)), timedelta(0)])
    ]
    return Backlog(read_at=T0, partitions=tuple(partitions))


def disk(percent: float) -> Disk:
    return Disk(broker=1, total=1000, usable=round(10 * percent))


def test_old_unread_records_brake_and_the_one_that_is_furthest_over_its_limit_is_named() -> None:
    assert brake(backlog(parser=4 * HOUR), disk(50), LIMITS, braked=False) is None
    found = brake(backlog(parser=5 * HOUR, indexer=4 * HOUR), disk(50), LIMITS, braked=False)
    assert found is not None
    assert (found.reason, found.service, found.topic) == ("unread_too_old", *ARTICLES)
    assert found.age_seconds == 4 * 3600


def test_a_low_disk_brakes_an_unknown_one_does_not_and_zero_never_looks() -> None:
    found = brake(backlog(), disk(9.9), LIMITS, braked=False)
    assert found is not None
    assert found.reason == "disk_low"
    assert "WARTA_CRAWLER_BRAKE_FREE_DISK_PERCENT" in found.why
    assert brake(backlog(), None, LIMITS, braked=False) is None
    never = Limits(ages=LIMITS.ages, free_percent=0)
    for braked in (False, True):
        assert brake(backlog(), disk(0), never, braked=braked) is None


def test_a_service_that_read_everything_has_no_age() -> None:
    read = Unread(
        service="parser", topic="pages.fetched", partition=0, begin=5, committed=9, end=9, first=None, oldest=None
    )
    assert Backlog(read_at=T0, partitions=(read,)).ages == {}
    assert (read.lag, read.expired) == (0, 0)


def test_what_retention_deleted_before_a_commit_is_counted_and_a_group_without_commits_lost_nothing() -> None:
    behind = Unread(
        service="parser", topic="pages.fetched", partition=0, begin=15, committed=9, end=20, first=15, oldest=T0
    )
    new = Unread(
        service="parser", topic="pages.fetched", partition=1, begin=15, committed=None, end=20, first=15, oldest=T0
    )
    assert (behind.lag, behind.expired) == (5, 6)
    assert (new.lag, new.expired) == (5, 0)
    both = Backlog(read_at=T0, partitions=(behind, new))
    assert both.of("parser").lag_by_partition == {("pages.fetched", 0): 5, ("pages.fetched", 1): 5}
    assert both.of("indexer").lag == 0


def test_limits_are_a_quarter_of_the_retention_and_no_more_than_the_setting() -> None:
    day = timedelta(days=1)
    by_retention = limits_of(CrawlerSettings())
    assert {service for service, _topic in by_retention.ages} == set(DOWNSTREAM) == {"parser", "indexer", "recommender"}
    assert by_retention.ages[PAGES] == by_retention.ages[ARTICLES] == 3.5 * day
    assert by_retention.ages["recommender", "articles.indexed"] == 7 * day / 4
    assert by_retention.ages["recommender", "related.requests"] == day / 4
    assert set(limits_of(CrawlerSettings(brake_age_seconds=5)).ages.values()) == {timedelta(seconds=5)}


def test_the_last_decision_stands_for_a_minute_without_news_and_then_nothing_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    released: list[float] = []
    health = Health("crawler", HealthSettings())
    # A day's limit is far from all ages here.
    settings = CrawlerSettings(brake_age_seconds=24 * 3600)
    held = Brake(KafkaSettings(), health, settings, lambda: released.append(clock))
    assert held.held  # not asked yet
    held.learned(backlog(), disk(50))
    assert not held.held
    assert released == [1000]
    clock += 59
    held.not_learned("NodeNotReadyError")
    assert not held.held
    clock += 2
    held.not_learned("NodeNotReadyError")
    assert held.held
    assert health.live
    assert health.unready_because == ["waiting for kafka", "waiting for downstream"]
    held.learned(backlog(), disk(11))  # enough, as nothing was said to be wrong before
    assert not held.held
    held.learned(backlog(), disk(9))
    held.learned(backlog(), disk(11))
    assert held.held
    held.learned(backlog(), disk(12))
    assert not held.held
    assert len(released) == 3


hours = st.floats(0, 10).map(lambda number: number * HOUR)


@given(parser=hours, indexer=hours, percent=st.floats(0, 100))
def test_what_brakes_keeps_braked_and_what_releases_does_not_brake_again(
    parser: timedelta, indexer: timedelta, percent: float
) -> None:
    state = (backlog(parser=parser, indexer=indexer), disk(percent), LIMITS)
    fresh, still = brake(*state, braked=False), brake(*state, braked=True)
    assert fresh is None or still is not None
    if still is None:
        assert parser <= 2 * HOUR
        assert indexer <= HOUR
        assert disk(percent).free_percent >= 12


@given(st.lists(st.tuples(hours, st.floats(0, 100)), max_size=50))
def test_it_changes_only_when_a_whole_threshold_was_crossed(course: list[tuple[timedelta, float]]) -> None:
    braked = False
    for age, percent in course:
        now = brake(backlog(parser=age), disk(percent), LIMITS, braked=braked) is not None
        if now and not braked:
            assert age > 4 * HOUR or disk(percent).free_percent < 10
        if braked and not now:
            assert age <= 2 * HOUR
            assert disk(percent).free_percent >= 12
        braked = now
