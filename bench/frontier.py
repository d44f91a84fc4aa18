"""The crawler's state at size: memory and disk for each URL, and how fast URLs are learned, admitted and taken.

Generated URLs of a heavy-tailed crowd of hosts, in one partition, without Kafka: what the crawler's own part costs.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench._say import say
from services.crawler import kept_job
from services.crawler.job import Job
from services.crawler.partition import Partition
from shared.codec import Envelope, wrap
from shared.events import CrawlRequested, FetchSettled

SIZES, QUICK_SIZES = (100_000, 1_000_000, 10_000_000), (10_000, 100_000)
HOSTS = 100_000
TAKEN = 50_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DELAY = timedelta(seconds=1)


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """One row for each number of URLs: half are known, half wait. Bytes are of memory and of disk, rates per second."""
    return [_measured(size) for size in (QUICK_SIZES if quick else SIZES)]


def _measured(size: int) -> dict[str, object]:
    say(f"{size:,} URLs")
    with tempfile.TemporaryDirectory() as folder:
        before = _resident()
        partition = Partition(0, delay=DELAY, directory=Path(folder))
        known, waiting = size // 2, size - size // 2
        learned = _timed(lambda: _learn(partition, known))
        admitted = _timed(lambda: _admit(partition, waiting))
        memory = _resident() - before
        pages, page_size = (_pragma(partition, name) for name in ("page_count", "page_size"))
        count = min(TAKEN, waiting)
        took = _timed(lambda: _take(partition, count))
    return {
        "URLs": size, "hosts": partition.frontier.hosts, "learned/s": known / learned, "admitted/s": waiting / admitted,
        "taken/s": count / took, "memory MiB": memory / 2**20, "memory/URL": memory / size,
        "disk/URL": pages * page_size / size, "restore s": learned,
    }  # fmt: skip


def _learn(partition: Partition, count: int) -> None:
    for url, _host, request in _requests(0, count):
        event = FetchSettled(url=url, outcome="published", settled_at=NOW, found_by="sitemap", etag='"5f3b2a"')
        partition.known.note(wrap(event, source="/bench", time=NOW, cause=request))


def _admit(partition: Partition, count: int) -> None:
    for offset, (url, host, request) in enumerate(_requests(10**9, count)):
        assert not partition.is_pending("page", url)
        assert not partition.known.is_duplicate(request, url, NOW)
        partition.gaps.opened(offset)
        partition.take_in_hand("page", url)
        job = Job(url=url, host=host, request=request.event, partition=partition, envelope=request, offset=offset)
        partition.put(host, "page", url, kept_job.encode(job), priority=2, now=NOW, not_before=NOW)


def _take(partition: Partition, count: int) -> None:
    now = NOW + DELAY
    for _ in range(count):
        while (kept := partition.frontier.take(now)) is None:
            now += DELAY
        job = kept_job.decode(kept, partition)
        partition.frontier.release(job.host, now=now, delay=DELAY)


def _requests(first: int, count: int) -> Iterator[tuple[str, str, Envelope[CrawlRequested]]]:
    chance = random.Random(first)
    for number in range(first, first + count):
        host = f"www.situs{int(HOSTS ** chance.random())}.example"
        url = f"https://{host}/berita/2026/01/{number}/judul-sebuah-berita-yang-panjang"
        request = CrawlRequested(url=url, found_by="link", depth=1)
        yield url, host, wrap(request, source="/bench", time=NOW, root=url)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _pragma(partition: Partition, name: str) -> int:
    return int(partition.known._store.row(f"PRAGMA {name}")[0])  # noqa: SLF001 - no other asks
