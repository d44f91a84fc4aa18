"""Stored lists over HTTP: how long one takes, at some concurrencies, against the bare GET of Elasticsearch.

The API runs as its own process on servers of its own. `ratio` is its time by that of the bare GETs in the same run.
BENCH_API_REQUESTS sets how many requests a row takes, BENCH_API_ARTICLES how many lists are stored.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from bench._say import say
from cli.bootstrap import bootstrap
from shared import search
from shared.documents import RELATED_READ, RELATED_WRITE
from shared.events import Related, RelatedComputed
from shared.settings import ElasticsearchSettings, KafkaSettings
from stack import Stack

ARTICLES = int(os.environ.get("BENCH_API_ARTICLES", "5000"))
REQUESTS = int(os.environ.get("BENCH_API_REQUESTS", "3000"))
AT_ONCE = (1, 8, 32)
WARM = 200
ROOT = Path(__file__).resolve().parents[1]


def run() -> list[dict[str, object]]:
    """Milliseconds of a stored list, p50 and p99, and requests a second, by concurrency."""
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder, Stack(Path(folder), report=say) as stack:
        stack.up()
        brokers = KafkaSettings(bootstrap_servers=stack.bootstrap_servers)
        node = ElasticsearchSettings(url=stack.elasticsearch_url)
        asyncio.run(bootstrap(brokers, node, say))
        log = Path(folder) / "api.log"
        environment = {
            **os.environ, "WARTA_KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap_servers, "WARTA_HEALTH_PORT": "0",
            "WARTA_ELASTICSEARCH_URL": node.url, "WARTA_API_PORT": "0", "WARTA_API_RATE_PER_SECOND": "0",
            "WARTA_LOG_FORMAT": "json",
        }  # fmt: skip
        with log.open("wb") as out:
            process = subprocess.Popen([sys.executable, "-m", "cli", "api"], cwd=ROOT, env=environment, stdout=out)
        try:
            return asyncio.run(_measured(node, _address(log)))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _address(log: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if said := re.search(r'"url\.full":"([^"]+)"', log.read_text()):
            return said[1]
        time.sleep(0.1)
    raise SystemExit(f"the API didn't start: {log.read_text()}")


async def _measured(node: ElasticsearchSettings, url: str) -> list[dict[str, object]]:
    async with search.client(node) as elastic:
        await elastic.bulk(operations=[line for number in range(ARTICLES) for line in _stored(number)], refresh=True)
    rows: list[dict[str, object]] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=max(AT_ONCE))) as client:

        async def read(address: str) -> None:
            async with client.get(address) as answer:
                answer.raise_for_status()
                await answer.read()

        async def bare(article_id: str) -> None:
            await read(f"{node.url}/{RELATED_READ}/_doc/{article_id}")

        async def ours(article_id: str) -> None:
            await read(f"{url}/articles/{article_id}/related")

        for at_once in AT_ONCE:
            for get in (bare, ours):
                await _times(get, WARM, at_once)
            took_bare, bare_p50, bare_p99 = await _times(bare, REQUESTS, at_once)
            took, p50, p99 = await _times(ours, REQUESTS, at_once)
            rows.append({
                "at once": at_once, "p50 ms": p50, "p99 ms": p99, "requests/s": REQUESTS / took,
                "bare p50 ms": bare_p50, "bare p99 ms": bare_p99, "bare requests/s": REQUESTS / took_bare,
                "p50 ratio": p50 / bare_p50, "p99 ratio": p99 / bare_p99,
            })  # fmt: skip
    return rows


async def _times(get: Callable[[str], Awaitable[None]], count: int, at_once: int) -> tuple[float, float, float]:
    """Seconds for all, and milliseconds of one: p50 and p99."""
    numbers = iter(range(count))
    times: list[float] = []

    async def work() -> None:
        for number in numbers:
            began = time.perf_counter()
            await get(f"{number * 7919 % ARTICLES:032x}")
            times.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    took = time.perf_counter() - began
    times.sort()
    return took, times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))]


def _stored(number: int) -> Iterator[dict[str, Any]]:
    article_id, now = f"{number:032x}", datetime.now(UTC)
    items = tuple(
        Related(
            article_id=f"{number + other:032x}", title=f"Judul artikel nomor {other} yang cukup panjang",
            url=f"https://contoh.id/baca/{other}/sebuah-judul-yang-cukup-panjang", site="contoh.id", score=1 / other,
            parts={"topic": 0.5, "time": 0.5}, topics=("Korea Utara", "Rusia"), published_at=now, teaser="Teras. " * 20,
            reason={"id": "topik: Korea Utara, Rusia · 2 jam lalu", "en": "topics: Korea Utara, Rusia · 2 hours ago"},
            image_url=f"https://contoh.id/gambar/{other}.jpg",
        )
        for other in range(1, 11)
    )  # fmt: skip
    computed = RelatedComputed(
        article_id=article_id, mode="fresh", size=10, computed_at=now, valid_until=now + timedelta(days=1),
        content_hash="0" * 32, items=items,
    )  # fmt: skip
    yield {"index": {"_index": RELATED_WRITE, "_id": article_id}}
    yield msgspec.to_builtins(computed)
