from collections import defaultdict
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.crawler.frontier import Frontier
from services.crawler.store import Store
from services.crawler.waiting import Waiting

T0 = datetime(2024, 10, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Queue:
    """The frontier, with names or numbers for items."""

    def __init__(self, delay: timedelta) -> None:
        self.frontier = Frontier(delay, Waiting(Store()))

    def __len__(self) -> int:
        return len(self.frontier)

    def add(
        self, host: str, item: str, *, priority: int = 0, now: datetime, not_before: datetime | None = None
    ) -> None:
        kept = item.encode()
        self.frontier.add(host, kept, kept, priority=priority, now=now, not_before=not_before)

    def take(self, now: datetime) -> str | None:
        kept = self.frontier.take(now)
        return None if kept is None else kept.decode()


def test_a_new_host_waits_one_full_delay() -> None:
    frontier = Queue(SECOND)
    frontier.add("a", "1", priority=0, now=T0)
    assert frontier.frontier.next_due() == T0 + SECOND
    assert frontier.take(T0 + SECOND / 2) is None
    assert frontier.take(T0 + SECOND) == "1"


def test_a_host_has_one_fetch_at_a_time_and_its_delay_counts_from_the_end() -> None:
    frontier = Queue(timedelta(0))
    for item in ("1", "2"):
        frontier.add("a", item, priority=0, now=T0)
    assert frontier.take(T0) == "1"
    assert frontier.take(T0 + 100 * SECOND) is None
    frontier.frontier.release("a", now=T0 + 100 * SECOND, delay=SECOND)
    assert frontier.take(T0 + 100.5 * SECOND) is None
    assert frontier.take(T0 + 101 * SECOND) == "2"
    assert len(frontier) == 0


def test_priority_first_then_arrival() -> None:
    frontier = Queue(timedelta(0))
    for item, priority in (("tautan", 2), ("peta", 1), ("umpan 1", 0), ("umpan 2", 0)):
        frontier.add("a", item, priority=priority, now=T0)
    taken = []
    while (next_item := frontier.take(T0)) is not None:
        taken.append(next_item)
        frontier.frontier.release("a", now=T0, delay=timedelta(0))
    assert taken == ["umpan 1", "umpan 2", "peta", "tautan"]


def test_an_item_that_waits_does_not_hold_up_its_host_but_a_postponed_host_waits() -> None:
    frontier = Queue(timedelta(0))
    frontier.add("a", "nanti", priority=0, now=T0, not_before=T0 + 5 * SECOND)
    frontier.add("a", "kini", priority=2, now=T0)
    assert frontier.take(T0) == "kini"
    frontier.frontier.release("a", now=T0, delay=timedelta(0))
    assert frontier.take(T0 + 4 * SECOND) is None
    frontier.frontier.postpone("a", T0 + 60 * SECOND)
    assert frontier.take(T0 + 59 * SECOND) is None
    assert frontier.take(T0 + 60 * SECOND) == "nanti"


def test_a_huge_host_starves_nobody() -> None:
    frontier = Queue(timedelta(0))
    for number in range(1000):
        frontier.add("besar", f"besar {number}", now=T0)
    frontier.add("kecil", "kecil 0", priority=2, now=T0)
    taken = []
    for _ in range(3):
        item = frontier.take(T0)
        assert item is not None
        taken.append(item.split()[0])
        frontier.frontier.release(taken[-1], now=T0, delay=timedelta(0))
    assert "kecil" in taken


def test_idle_hosts_are_freed() -> None:
    frontier = Queue(SECOND)
    for number in range(10):
        frontier.add(f"host{number % 3}", str(number), now=T0)
    left = []
    now = T0
    while len(frontier):
        now += SECOND
        frontier.frontier.forget_idle(now)
        while (item := frontier.take(now)) is not None:
            left.append(int(item))
            frontier.frontier.release(f"host{int(item) % 3}", now=now, delay=SECOND)
    assert sorted(left) == list(range(10))
    frontier.frontier.forget_idle(now + SECOND)
    assert frontier.frontier.hosts == 0


ADD = st.tuples(st.just("add"), st.integers(0, 4), st.integers(0, 2), st.integers(0, 3))
STEPS = st.lists(
    st.one_of(
        ADD,
        st.tuples(st.just("take")),
        st.tuples(st.just("release"), st.integers(0, 3)),
        st.tuples(st.just("postpone"), st.integers(0, 4), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(0, 3)),
        st.tuples(st.just("idle")),
    ),
    max_size=80,
)


@settings(max_examples=200)
@given(STEPS, st.integers(0, 2))
def test_nothing_is_lost_doubled_or_early_in_any_order_of_events(steps: list[tuple[object, ...]], delay: int) -> None:
    frontier = Queue(delay * SECOND)
    now = T0
    host_of: dict[int, str] = {}
    not_before: dict[int, datetime] = {}
    host_due: dict[str, datetime] = defaultdict(lambda: T0)
    busy: list[str] = []
    taken: list[int] = []

    def take() -> int | None:
        kept = frontier.take(now)
        item = None if kept is None else int(kept)
        if item is not None:
            host = host_of[item]
            assert host not in busy
            assert not_before[item] <= now
            assert host_due[host] <= now
            busy.append(host)
            taken.append(item)
        return item

    for step in steps:
        match step:
            case ("add", int(number), int(priority), int(later)):
                host, item = f"h{number}", len(host_of)
                host_of[item], not_before[item] = host, now + later * SECOND
                frontier.add(host, str(item), priority=priority, now=now, not_before=now + later * SECOND)
            case ("take",):
                take()
            case ("release", int(seconds)) if busy:
                host = busy.pop(0)
                host_due[host] = max(host_due[host], now + seconds * SECOND)
                frontier.frontier.release(host, now=now, delay=seconds * SECOND)
            case ("postpone", int(number), int(seconds)):
                host = f"h{number}"
                if host in frontier.frontier._hosts:
                    host_due[host] = max(host_due[host], now + seconds * SECOND)
                frontier.frontier.postpone(host, now + seconds * SECOND)
            case ("wait", int(seconds)):
                now += seconds * SECOND
            case ("idle",):
                frontier.frontier.forget_idle(now)
        assert len(frontier) == len(host_of) - len(taken)

    while busy:
        frontier.frontier.release(busy.pop(), now=now, delay=timedelta(0))
    for _ in range(len(host_of) * 2 + 2):
        while take() is not None:
            frontier.frontier.release(busy.pop(), now=now, delay=timedelta(0))
        due = frontier.frontier.next_due()
        now = max(now, due) if due else now
    assert sorted(taken) == sorted(host_of)


def test_of_a_paused_host_nothing_is_given_out_until_it_is_resumed() -> None:
    queue = Queue(timedelta(0))
    frontier = queue.frontier
    frontier.pause("a")
    queue.add("a", "1", now=T0)
    queue.add("b", "2", now=T0)
    assert queue.take(T0) == "2"
    assert queue.take(T0 + 1000 * SECOND) is None
    assert frontier.next_due() is None
    assert (frontier.is_paused("a"), frontier.paused) == (True, 1)
    frontier.resume("a")
    assert queue.take(T0) == "1"


def test_a_host_paused_in_flight_ends_that_and_keeps_the_rest() -> None:
    queue = Queue(timedelta(0))
    frontier = queue.frontier
    for item in ("1", "2"):
        queue.add("a", item, now=T0)
    assert queue.take(T0) == "1"
    frontier.pause("a")
    frontier.release("a", now=T0, delay=SECOND)
    assert queue.take(T0 + 1000 * SECOND) is None
    frontier.forget_idle(T0 + 1000 * SECOND)
    frontier.resume("a")
    assert queue.take(T0 + SECOND) == "2"
