"""The pace of lists, with simulated time: what a flood on one topic may cost."""

import random
from collections import Counter, defaultdict, deque
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recommender.pace import BURST_SECONDS, Pace

APART, PER_SECOND, FANOUT = 5.0, 100.0, 20
GATHER, PATIENCE, COMPUTING, AT_ONCE = 0.25, 0.5, 0.04, 4


class Recommender:
    """Requests in, batch by batch, as the agent and the writer work on them; a deferred one goes to the end again."""

    def __init__(self, *, per_second: float = PER_SECOND) -> None:
        self.pace = Pace(apart=APART, per_second=per_second)
        self.queue: deque[tuple[str, bool, float]] = deque()
        self.begun: defaultdict[str, list[float]] = defaultdict(list)
        self.own_waits: list[float] = []
        self.waits: list[float] = []
        self.longest = 0
        self.deferred = 0

    def ask(self, one: str, *, at: float, own: bool = False) -> None:
        self.queue.append((one, own, at))

    def batch(self, now: float) -> float:
        """Work on all that waits; returns when it is done."""
        requests, self.queue = list(self.queue), deque()
        self.longest = max(self.longest, len(requests))
        wanted: dict[str, float] = {}
        for one, _, at in requests:
            wanted[one] = min(at, wanted.get(one, at))
        own = {one for one, own, _ in requests if own}
        plan = self.pace.plan(wanted, first=own, now=now)
        if not plan.ready and plan.early:
            now += min(plan.wait, PATIENCE)
            plan = self.pace.plan(wanted, first=own, now=now)
        slots = [now] * AT_ONCE
        for one in plan.ready:
            free = min(slots)
            begins = free + self.pace.begin(one, now=free)
            slots[slots.index(free)] = begins + COMPUTING
            self.begun[one].append(begins)
            self.waits.append(begins - wanted[one])
            if one in own:
                self.own_waits.append(begins + COMPUTING - wanted[one])
        self.deferred += len(plan.early)
        self.queue.extend((one, one in own, wanted[one]) for one in plan.early)
        return max(slots)

    def run(self, arrivals: list[tuple[float, str, list[str]]]) -> float:
        """Articles at their times, each with its neighbours; returns when all is at rest."""
        now, coming = 0.0, deque(arrivals)
        while coming or self.queue:
            now += GATHER
            while coming and coming[0][0] <= now:
                at, article, neighbours = coming.popleft()
                self.ask(article, at=at, own=True)
                for one in neighbours:
                    self.ask(one, at=at)
            if self.queue:
                now = self.batch(now)
        return now


def flood(count: int, *, seconds: float, seed: int) -> list[tuple[float, str, list[str]]]:
    """Articles of one topic at random times; the neighbours of each are the ones before it, some foremost."""
    draw = random.Random(seed)
    times = sorted(draw.random() * seconds for _ in range(count))
    return [
        (at, f"a{n}", [f"a{int(n * draw.random() ** 2)}" for _ in range(FANOUT)] if n else [])
        for n, at in enumerate(times)
    ]


def most_within(times: list[float], seconds: float) -> int:
    window: deque[float] = deque()
    most = 0
    for at in times:
        window.append(at)
        while window[0] < at - seconds:
            window.popleft()
        most = max(most, len(window))
    return most


def test_ten_thousand_articles_on_one_topic_in_an_hour() -> None:
    recommender = Recommender()
    articles = flood(10_000, seconds=3600, seed=1)
    rest = recommender.run(articles)
    times = sorted(at for begun in recommender.begun.values() for at in begun)
    asked = 10_000 * (1 + FANOUT)
    assert len(times) <= asked
    assert most_within(times, 1.0) <= PER_SECOND * (1 + BURST_SECONDS) + AT_ONCE
    for begun in recommender.begun.values():
        assert all(later - before >= APART - 1e-9 for before, later in pairwise(begun))
        assert len(begun) <= 1 + 3600 / APART
    assert len(recommender.own_waits) >= 9_990
    assert sorted(recommender.own_waits)[int(len(recommender.own_waits) * 0.99)] < 2.0
    assert max(recommender.waits) < 2 * APART
    assert recommender.longest < 1000
    assert rest < 3600 + 2 * APART


def test_the_lists_that_every_article_touches_cost_one_computation_in_five_seconds() -> None:
    recommender = Recommender()
    foremost = [f"n{n}" for n in range(FANOUT)]
    recommender.run([(n * 0.36, f"a{n}", foremost) for n in range(10_000)])
    counts = Counter({one: len(begun) for one, begun in recommender.begun.items()})
    assert all(counts[one] <= 1 + 3600 / APART for one in foremost)
    assert sum(counts.values()) <= 10_000 + FANOUT * (1 + 3600 / APART)
    assert sum(counts.values()) / 10_000 < 2.5, "of the 21 that were asked for"
    assert max(recommender.waits) < 2 * APART


def test_a_flood_beyond_the_rate_waits_and_ends() -> None:
    recommender = Recommender(per_second=20)
    rest = recommender.run(flood(1_500, seconds=10, seed=2))
    times = sorted(at for begun in recommender.begun.values() for at in begun)
    assert most_within(times, 1.0) <= 20 * (1 + BURST_SECONDS) + AT_ONCE
    assert rest < 10 + len(times) / 20 + 2 * APART, "never idle while something waits"
    assert set(recommender.begun) == {f"a{n}" for n in range(1_500)}


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 6)), max_size=60), st.floats(0.5, 50))
def test_every_request_is_followed_by_a_computation(asked: list[tuple[float, int]], per_second: float) -> None:
    recommender = Recommender(per_second=per_second)
    recommender.run([(at, f"a{one}", []) for at, one in sorted(asked)])
    for at, one in asked:
        assert recommender.begun[f"a{one}"][-1] >= at
    times = sorted(at for begun in recommender.begun.values() for at in begun)
    assert most_within(times, 1.0) <= per_second * (1 + BURST_SECONDS) + 2


@pytest.mark.parametrize("apart", [0.0, 5.0])
def test_new_articles_come_first_and_a_quiet_list_at_once(apart: float) -> None:
    pace = Pace(apart=apart)
    plan = pace.plan(["old", "new", "other"], first=["new"], now=100.0)
    assert (plan.ready, plan.early, plan.wait) == (("new", "old", "other"), (), 0.0)
    assert pace.begin("old", now=100.0) == 0
    later = pace.plan(["old", "new"], now=102.0)
    assert later.early == (("old",) if apart else ())
    assert later.wait == (3.0 if apart else 0.0)
    assert pace.plan(["old"], now=105.0).ready == ("old",)
