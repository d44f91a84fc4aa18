"""A simulated day of 5,000 sources: how long an article waits until a poll finds it, and how many polls that takes.

Our rhythm against fixed intervals. Sources bring items at rates that spread over four powers of ten, fewer by night.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from math import cos, pi

from bench._say import say
from services.crawler.rhythm import Rhythm

SOURCES, QUICK_SOURCES = 5000, 500
DAY = 86_400.0
# So many days are lived through before the one that is measured.
BEFORE = 1
USUAL = 120.0
FIXED = (60.0, 120.0, 300.0)


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """One row for each way to poll: minutes from publication to the poll's end, and polls for each article."""
    times = [_published(random.Random(number)) for number in range(QUICK_SOURCES if quick else SOURCES)]
    rows = [_row("ours", times, _ours)]
    rows += [_row(f"every {every:.0f} s", times, _every(every)) for every in FIXED]
    return rows


def _published(chance: random.Random) -> list[float]:
    """The times of a source's articles, in seconds: a Poisson process, at night a tenth of the day's rate."""
    a_day = 10 ** chance.uniform(-2, 2.5)
    peak = a_day / DAY / 0.55
    found, now = [], 0.0
    while True:
        now += chance.expovariate(peak)
        if now >= (BEFORE + 1) * DAY:
            return found
        if chance.random() < 0.55 - 0.45 * cos(2 * pi * now / DAY):
            found.append(now)


Poll = Callable[[int, float | None], float]


def _ours() -> Poll:
    rhythm = Rhythm(timedelta(seconds=USUAL))

    def poll(new: int, since: float | None) -> float:
        rhythm.read(new, None if since is None else timedelta(seconds=since))
        return rhythm.interval.total_seconds()

    return poll


def _every(seconds: float) -> Callable[[], Poll]:
    return lambda: lambda _new, _since: seconds


def _row(who: str, times: list[list[float]], make: Callable[[], Poll]) -> dict[str, object]:
    say(who)
    waits: list[float] = []
    polls = articles = 0
    for number, published in enumerate(times):
        poll, seen, last = make(), 0, None
        now = random.Random(number).uniform(0, USUAL)
        while now < (BEFORE + 1) * DAY:
            new = 0
            while seen < len(published) and published[seen] <= now:
                if published[seen] >= BEFORE * DAY:
                    waits.append(now - published[seen])
                    articles += 1
                seen, new = seen + 1, new + 1
            polls += now >= BEFORE * DAY
            pause = poll(new, None if last is None else now - last)
            last, now = now, now + pause
    waits.sort()
    return {
        "who": who, "articles": articles, "p50 s": waits[len(waits) // 2], "p99 s": waits[int(len(waits) * 0.99)],
        "mean s": sum(waits) / len(waits), "polls": polls, "polls/article": polls / articles,
    }  # fmt: skip
