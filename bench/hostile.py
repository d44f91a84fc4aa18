"""How the parser's time grows with pages that are made to keep it busy: linear is 4 where a page is four times as long.

What is over a cap ends early, as its verdict says. Beside time nothing is measured: memory is the workers' matter.
"""

import time
from datetime import UTC, datetime

from bench._hostile_pages import Make, kinds
from bench._say import say
from services.parser.parse import parse, warm_up
from shared.errors import DeadLetter, Skip
from shared.events import PageFetched

SIZE, QUICK_SIZE = 50_000, 10_000
MOST_ROWS = 40
_LEAST = 0.02  # seconds: what is faster tells nothing of growth


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """CPU seconds of pages of one and of four sizes, and their ratio: the kinds that grow most come first."""
    warm_up()
    size = QUICK_SIZE if quick else SIZE
    made = kinds()
    say(f"{len(made)} kinds of pages of {size} and {4 * size} characters")
    rows = [_measured(name, make, size) for name, make in made.items()]
    slow = [row for row in rows if float(str(row["s at 4n"])) >= _LEAST]
    return sorted(slow, key=lambda row: -float(str(row["growth"])))[:MOST_ROWS]


def _measured(name: str, make: Make, size: int) -> dict[str, object]:
    once, _ = _took(make(size))
    four, verdict = _took(make(4 * size))
    return {"page": name, "s at n": once, "s at 4n": four, "growth": four / max(once, _LEAST / 4), "verdict": verdict}


def _took(text: str) -> tuple[float, str]:
    """CPU seconds, and how it ended."""
    kind = "text/plain" if text.startswith("\0") else "text/html"
    page = PageFetched(
        url="https://kabar.example.id/read/12345/judul-yang-panjang-sekali",
        fetched_at=datetime(2024, 10, 8, tzinfo=UTC), content_type=f"{kind}; charset=utf-8",
        body=text.removeprefix("\0").encode(),
    )  # fmt: skip
    began = time.process_time()
    try:
        parse(page)
    except (Skip, DeadLetter) as end:
        return time.process_time() - began, end.reason
    return time.process_time() - began, "article"
