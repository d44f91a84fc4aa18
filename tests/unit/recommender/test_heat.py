"""Which lists are kept ready, how fast they have to be renewed, and what the log says when that can't be."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from structlog.testing import capture_logs

from services.recommender.stored import HOT, Heat, from_document, heat, to_document
from services.recommender.sweep import Standing, is_missing
from services.recommender.sweeping import Warner, must_begin, needed_per_second
from tests.support.api import listed

NOW = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
OLD = NOW - timedelta(days=400)


def test_hot_is_published_changed_or_asked_for_within_a_week() -> None:
    assert heat(asked_at=None, published_at=NOW, indexed_at=OLD).hot_until == NOW + HOT
    assert heat(asked_at=None, published_at=None, indexed_at=NOW).hot_until == NOW + HOT
    asked = heat(asked_at=NOW, published_at=OLD, indexed_at=OLD)
    assert asked.hot_until is not None
    assert asked.hot_until >= NOW + HOT
    assert heat(asked_at=None, published_at=None, indexed_at=None) == Heat()


def test_asking_need_be_written_down_once_a_day_and_keeps_the_list_a_week_after_the_last_time() -> None:
    written, now = 0, NOW
    kept = heat(asked_at=None, published_at=OLD, indexed_at=OLD)
    for hour in range(24 * 30):
        now = NOW + timedelta(hours=hour)
        if kept.cools(now):
            written += 1
            kept = heat(asked_at=now, published_at=OLD, indexed_at=OLD)
        assert kept.hot_until is not None
        assert kept.hot_until >= now + HOT
    assert written <= 30


def test_a_stored_list_is_the_told_one_and_its_heat() -> None:
    computed, warm = listed(), Heat(asked_at=NOW, hot_until=NOW + HOT)
    stored = from_document(to_document(computed, warm))
    assert (stored.computed, stored.heat) == (computed, warm)
    assert to_document(computed, Heat()) == msgspec.to_builtins(computed)
    assert from_document(msgspec.to_builtins(computed)).heat.cools(NOW)


@pytest.mark.parametrize(
    ("document", "missing"),
    [
        ({"found": False}, True),
        ({"found": True, "_source": {}}, True),
        ({"found": True, "_source": {"hot_until": "nonsense"}}, True),
        ({"found": True, "_source": {"hot_until": NOW.isoformat()}}, True),
        ({"found": True, "_source": {"hot_until": (NOW + HOT).isoformat()}}, False),
        ({"error": {"type": "no_shard_available_action_exception"}}, False),
    ],
)
def test_what_is_no_list_that_is_kept_ready(document: dict[str, object], missing: bool) -> None:
    assert is_missing(document, NOW) is missing


def standing(*ending: int) -> Standing:
    return Standing(lists=ending[-1], overdue_seconds=0.0, ending=ending)


def test_lists_that_end_together_are_begun_with_in_time() -> None:
    rate = {"share": 1.0, "per_second": 10.0, "validity_seconds": 900.0}
    assert not must_begin(standing(*(500 * n for n in range(1, 11))), **rate), "spread out, they wait for their time"
    assert not must_begin(standing(*[0] * 9, 7000), **rate)
    assert must_begin(standing(*[0] * 9, 8200), **rate), "all of the last tenth: ten a second take 820 of 900 s"
    assert must_begin(standing(*[0] * 4, *[4200] * 6), **rate)
    assert not must_begin(standing(*[0] * 4, *[4200] * 6), **{**rate, "share": 0.5}), "another takes half of them"


@pytest.mark.parametrize("lists", [50, 1500])
def test_no_list_gets_too_old_at_the_rate_that_is_needed(lists: int) -> None:
    """All were made at once; simulated in ticks of five seconds."""
    validity, tick = 900.0, 5.0
    rate = needed_per_second(lists, share=1.0, validity_seconds=validity)
    ends = [validity] * lists
    oldest, now, renewed = 0.0, 0.0, 0
    while now < 3 * validity:
        counts = tuple(sum(end <= now + validity * n / 10 for end in ends) for n in range(1, 11))
        early = must_begin(standing(*counts), share=1.0, per_second=rate, validity_seconds=validity)
        ends.sort()
        most = -int(-rate * tick // 1)
        due = [n for n, end in enumerate(ends[:most]) if end <= now + validity * (1.0 if early else 0.2)]
        for n in due:
            oldest = max(oldest, now - (ends[n] - validity))
            ends[n] = now + validity
        renewed += len(due)
        now += tick
    assert oldest <= validity
    assert renewed <= rate * now + lists


def test_a_rate_that_is_too_low_is_said_once_with_what_to_set() -> None:
    warner = Warner(allowed=10, validity_seconds=900)
    with capture_logs() as said:
        for _ in range(5):
            warner.look(20_000, share=1.0)
        warner.look(20_000, share=0.25)
        warner.look(7_100, share=1.0)
        warner.look(20_000, share=1.0)
    assert [one["event"] for one in said] == ["related.sweep.too_slow"] * 2
    assert "WARTA_RECOMMENDER_SWEEP_PER_SECOND to 28 or more" in said[0]["error.message"]
