from datetime import UTC, datetime, timedelta

import pytest

from services.crawler.backoff import LONGEST, pause, retry_after

NOW = datetime(2024, 10, 8, 12, 0, tzinfo=UTC)


def test_pauses_grow_to_an_hour() -> None:
    first = timedelta(seconds=2)
    assert [pause(attempt, first).total_seconds() for attempt in (1, 2, 3)] == [2, 8, 32]
    assert pause(10_000, first) == LONGEST
    assert pause(3, timedelta(0)) == timedelta(0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("999999999", 86_400), ("7200", 7200), ("Tue, 08 Oct 2024 12:00:30 GMT", 30),
        ("Tue, 08 Oct 2024 11:00:00 GMT", 0), ("Tue, 08 Oct 2024 12:00:30 -0000", 30),
        ("Fri, 08 Oct 2094 12:00:30 GMT", 86_400), ("segera", None), ("", None), (None, None), ("-5", None),
        ("1.5", None), ("1" * 5000, None), ("Tue, 08 Oct 99999999999999999999 12:00:30 GMT", None),
        ("Tue, 08 Oct 2024 12:00:30 +99999999999999999999", None),
    ],
)  # fmt: skip
def test_retry_after(value: str | None, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(value, NOW) == expected
