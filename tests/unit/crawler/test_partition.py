"""What one process holds of a partition: on disk, and by whom it is pending."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.crawler import kept_job
from services.crawler.job import Job
from services.crawler.known import Known
from services.crawler.partition import Partition
from services.crawler.revisits import Revisits
from services.crawler.store import StateError, Store
from shared.codec import wrap
from shared.events import CrawlRequested, FetchFailed, FetchFailure, FetchSettled, FoundBy

NOW = datetime(2024, 10, 8, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://contoh.example/read/1"


def job(partition: Partition, *, asked: bool = True) -> Job:
    request = CrawlRequested(url=URL, found_by="feed", depth=1)
    envelope = wrap(request, source="/t", time=NOW) if asked else None
    return Job(
        url=URL, host="contoh.example", request=request, partition=partition, envelope=envelope,
        offset=7 if asked else None, attempt=2,
    )  # fmt: skip


@pytest.mark.parametrize("asked", [True, False])
def test_a_job_comes_back_from_disk_as_it_was(asked: bool) -> None:
    partition = Partition(3)
    before = job(partition, asked=asked)
    assert kept_job.decode(kept_job.encode(before), partition) == before


def test_it_is_pending_from_its_arrival_to_its_end(tmp_path: Path) -> None:
    partition = Partition(3, directory=tmp_path)
    assert not partition.is_pending("page", URL)
    partition.take_in_hand("page", URL)
    assert partition.is_pending("page", URL)
    partition.put(
        "contoh.example", "page", URL, kept_job.encode(job(partition)), priority=0, now=NOW, not_before=NOW
    )  # fmt: skip
    assert partition.is_pending("page", URL)
    assert not partition.is_pending("feed", URL)
    assert partition.frontier.take(NOW) is not None
    partition.take_in_hand("page", URL)
    assert partition.is_pending("page", URL)
    partition.let_go("page", URL)
    assert not partition.is_pending("page", URL)


def test_its_file_has_no_name(tmp_path: Path) -> None:
    partition = Partition(3, directory=tmp_path)
    for number in range(5000):
        partition.known.note(
            wrap(FetchFailed(url=f"{URL}{number}", reason="gone", settled_at=NOW), source="/t", time=NOW)
        )
    assert len(partition.known) == 5000
    assert not list(tmp_path.iterdir())


def test_a_folder_that_can_not_be_written_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="WARTA_CRAWLER_STATE_DIRECTORY"):
        Store(tmp_path / "nowhere")


def test_a_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.execute("PRAGMA max_page_count=20")
    known = Known(store)

    def fill() -> None:
        for number in range(10_000):
            known.note(wrap(FetchFailed(url=f"{URL}{number}", reason="gone", settled_at=NOW), source="/t", time=NOW))

    with pytest.raises(StateError, match="make room"):
        fill()


def test_it_may_be_read_from_several_threads_at_once() -> None:
    known = Known()
    times = {f"{URL}{number}": NOW + number * HOUR for number in range(300)}
    for url, at in times.items():
        known.note(wrap(FetchFailed(url=url, reason="gone", settled_at=at), source="/t", time=NOW))

    def wrong(_reader: int) -> int:
        found = ((known.get(url), at) for _ in range(30) for url, at in times.items())
        return sum(state is None or state.settled_at != at for state, at in found)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(2) as readers:
            assert list(readers.map(wrong, range(2))) == [0, 0]
    finally:
        sys.setswitchinterval(before)


def published(known: Known, at: datetime, *, url: str = URL, found_by: FoundBy = "feed") -> None:
    event = FetchSettled(url=url, outcome="published", settled_at=at, found_by=found_by)
    known.note(wrap(event, source="/t", time=at))


def test_a_new_page_is_looked_at_again_at_its_ages_and_then_no_more() -> None:
    known = Known(revisits=Revisits([HOUR, 6 * HOUR]))
    published(known, NOW)
    assert known.due(NOW + HOUR - timedelta(seconds=1), 10) == []
    assert [page.url for page in known.due(NOW + HOUR, 10)] == [URL]
    known.note(
        wrap(FetchSettled(url=URL, outcome="unchanged", settled_at=NOW + HOUR), source="/t", time=NOW)
    )  # fmt: skip
    assert known.due(NOW + 5 * HOUR, 10) == []
    assert [page.due for page in known.due(NOW + 9 * HOUR, 10)] == [NOW + 6 * HOUR]
    published(known, NOW + 9 * HOUR, found_by="refetch")
    assert known.due(NOW + 9000 * HOUR, 10) == []


@pytest.mark.parametrize("found_by", ["sitemap", "import", "refetch", None])
def test_what_may_be_old_is_not_looked_at_again(found_by: FoundBy | None) -> None:
    known = Known(revisits=Revisits([HOUR]))
    known.note(
        wrap(FetchSettled(url=URL, outcome="published", settled_at=NOW, found_by=found_by), source="/t", time=NOW)
    )  # fmt: skip
    assert known.due(NOW + 2 * HOUR, 10) == []


def test_the_youngest_comes_first_and_others_can_be_put_off() -> None:
    known = Known(revisits=Revisits([HOUR]))
    for number in range(5):
        published(known, NOW + number * HOUR, url=f"{URL}{number}")
    found = [page.url for page in known.due(NOW + 10 * HOUR, 2)]
    assert found == [f"{URL}4", f"{URL}3"]
    known.postpone(f"{URL}4", None)
    known.postpone(f"{URL}3", NOW + 20 * HOUR)
    assert [page.url for page in known.due(NOW + 10 * HOUR, 2)] == [f"{URL}2", f"{URL}1"]
    assert [page.url for page in known.due(NOW + 20 * HOUR, 1)] == [f"{URL}3"]


@pytest.mark.parametrize("reason", ["timeout", "robots_unreachable", "http_error"])
def test_a_passing_failure_costs_one_look_and_not_the_others(reason: FetchFailure) -> None:
    known = Known(revisits=Revisits([HOUR, 6 * HOUR]))
    published(known, NOW)
    known.postpone(URL, None)
    known.note(wrap(FetchFailed(url=URL, reason=reason, settled_at=NOW + HOUR), source="/t", time=NOW))
    assert known.due(NOW + 5 * HOUR, 10) == []
    assert [page.due for page in known.due(NOW + 6 * HOUR, 10)] == [NOW + 6 * HOUR]


def test_a_page_that_failed_is_not_looked_at_again_by_itself() -> None:
    known = Known(revisits=Revisits([HOUR]))
    published(known, NOW)
    known.note(wrap(FetchFailed(url=URL, reason="gone", settled_at=NOW + HOUR), source="/t", time=NOW))
    assert known.due(NOW + 10 * HOUR, 10) == []
