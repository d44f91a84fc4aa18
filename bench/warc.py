"""Reading and writing WARC: records and megabytes for a CPU second, beside the same bytes through bare gzip.

A generated file as crawlers write them: for each page its request, its response and its metadata, a member each; some
responses are no pages. No Kafka: what a command does besides is its client's work.
"""

import gzip
import random
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench._say import say
from operations.warc.batches import batches
from operations.warc.pages import wanted
from operations.warc.records import read_records
from operations.warc.seen import Seen
from operations.warc.writing import gzipped, response
from shared.events import PageFetched

PAGES, QUICK_PAGES = 3000, 300
ROUNDS = 5
# Of 3 responses one is no page: an image, a redirect.
OTHERS = 3
WORDS = 900
PARAGRAPHS = 40
AT = datetime(2026, 1, 1, tzinfo=UTC)
STEP = 1024 * 1024
_LIMIT = "bare gzip, split at each record"


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """One row for each reader and writer; the ratio is to the bare gzip of the same direction."""
    pages = list(_pages(QUICK_PAGES if quick else PAGES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.warc.gz"
        plain = _write(path, pages)
        say(f"{len(pages):,} pages, {plain / 1e6:,.0f} MB, {path.stat().st_size / 1e6:,.0f} MB gzipped")
        readers: dict[str, Callable[[], int]] = {
            _LIMIT: lambda: _bare(path), "records": lambda: _records(path),
            "pages, as import takes them": lambda: _taken(path),
        }  # fmt: skip
        rows = _rows(_best(readers), _LIMIT, plain)
    blocks = [response(page, page.url) for page in pages]
    writers: dict[str, Callable[[], int]] = {
        "bare gzip of the records": lambda: len([zlib.compress(block, 6, wbits=31) for block in blocks]),
        "pages, as export writes them": lambda: len([gzipped(response(page, page.url)) for page in pages]),
    }
    return rows + _rows(_best(writers), "bare gzip of the records", sum(map(len, blocks)))


def _best(contenders: dict[str, Callable[[], int]]) -> dict[str, tuple[int, float]]:
    """The records and the CPU seconds of each one's best round; they take turns."""
    best: dict[str, tuple[int, float]] = {}
    for _ in range(ROUNDS):
        for name, once in contenders.items():
            began = time.process_time()
            count = once()
            took = time.process_time() - began
            best[name] = min(best.get(name, (count, took)), (count, took))
    return best


def _rows(best: dict[str, tuple[int, float]], peer: str, size: int) -> list[dict[str, object]]:
    return [
        {
            "what": name, "records": count, "records/CPU s": count / took, "MB/CPU s": size / took / 1e6,
            "CPU time of bare gzip": took / best[peer][1],
        }
        for name, (count, took) in best.items()
    ]  # fmt: skip


def _bare(path: Path) -> int:
    count, tail = 0, b""
    with gzip.open(path) as file:
        while piece := file.read(STEP):
            count += (tail + piece).count(b"\r\n\r\nWARC/1.1\r\n")
            tail = piece[-13:]
    return count + 1


def _records(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in read_records(file, keep=wanted))


def _taken(path: Path) -> int:
    with path.open("rb") as file:
        found = list(batches(file, None, now=AT + timedelta(days=9), seen=Seen()))
    return sum(len(batch.pages) + batch.ends.total() for batch in found)


def _pages(count: int) -> Iterator[PageFetched]:
    """Pages of words that come as often as words do, with the markup around them that is the same on all."""
    draw = random.Random(1)
    words = ["".join(draw.choices("aeioukmnprstldgb", k=draw.randint(2, 9))) for _ in range(WORDS)]
    weights = [1 / (rank + 1) for rank in range(WORDS)]
    frame = "".join(f'<div class="menu-{n}"><a href="/kanal/{n}/berita">Kanal {n}</a></div>\n' for n in range(300))
    for number in range(count):
        texts = (" ".join(draw.choices(words, weights, k=60)) for _ in range(PARAGRAPHS))
        body = f"<html><body>{frame}{''.join(f'<p>{text}.</p>' for text in texts)}</body></html>".encode()
        yield PageFetched(
            url=f"https://contoh{number % 50}.id/baca/{number}", fetched_at=AT + timedelta(seconds=number),
            content_type="text/html; charset=utf-8", body=body, http_headers={"etag": f'"{number}"', "server": "x"},
        )  # fmt: skip


def _write(path: Path, pages: list[PageFetched]) -> int:
    """The file; how many bytes it holds without its gzip."""
    size = 0
    with path.open("wb") as out:
        for number, page in enumerate(pages):
            whole = response(page, page.url)
            request = _beside(page, "request", b"GET / HTTP/1.1\r\nUser-Agent: x\r\n\r\n")
            metadata = _beside(page, "metadata", b"fetchTimeMs: 90\r\n")
            image = _beside(page, "response", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + bytes(9000))
            for record in (request, whole, metadata, *([image] if number % OTHERS == 0 else [])):
                size += len(record)
                out.write(gzipped(record))
    return size


def _beside(page: PageFetched, kind: str, block: bytes) -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {page.url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
