"""Progress is said every few seconds, and of what has no known end too."""

import pytest

from cli.pace import Pace


def test_it_says_how_far_it_is_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    pace = Pace("parsed", clock=lambda: now)
    for done in range(1, 25):
        now += 0.5
        pace(100 * done)
    assert capsys.readouterr().err.splitlines() == ["parsed: 1,000 (200/s)", "parsed: 2,000 (200/s)"]
    pace = Pace("read", clock=lambda: now)
    now += 10
    pace(50, 200)
    assert capsys.readouterr() == ("", "read: 50 of 200 (5/s), 150 remain\n")
