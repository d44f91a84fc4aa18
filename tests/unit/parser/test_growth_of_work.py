"""Four times as long a page is about four times the work, whatever it is made of: calls are counted, not time."""

import contextlib
import sys
from types import FrameType

import pytest

from bench._hostile_pages import Make, kinds
from services.parser.parse import parse, warm_up
from shared.errors import DeadLetter, Skip
from tests.unit.parser.pages import page

_SIZE, _SIZE_OF_NESTED = 1_500, 4_000  # depth has caps, which a page has to reach first
_MOST_GROWTH = 5
_KINDS = kinds()


def calls(make: Make, size: int) -> int:
    """How many calls of Python's and C's functions it takes to parse the page."""
    text = make(size)
    kind = "text/plain" if text.startswith("\0") else "text/html"
    made = page(text.removeprefix("\0"), content_type=f"{kind}; charset=utf-8")
    count = 0

    def saw(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(saw)
    try:
        with contextlib.suppress(Skip, DeadLetter):
            parse(made)
    finally:
        sys.setprofile(before)
    return count


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up()


@pytest.mark.parametrize("name", _KINDS)
def test_work_grows_no_faster_than_the_page(name: str) -> None:
    make, size = _KINDS[name], _SIZE_OF_NESTED if name.startswith("nested") else _SIZE
    calls(make, size)  # fills the caches that a worker has filled
    assert calls(make, 4 * size) < _MOST_GROWTH * calls(make, size) + 2_000
