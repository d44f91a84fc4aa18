"""Pages a CPU second, fetched and acknowledged by Kafka: the crawler, a bare loop on its transport, and Scrapy.

The pages are on a loopback farm without delays, and the contenders take turns. Ours is counted from the first request
to the last outcome, in the crawler's process alone and without its start. BENCH_CRAWL_SCRAPY names a Python that has
scrapy, aiokafka and cramjam; without it Scrapy is left out. BENCH_CRAWL_PAGES and BENCH_CRAWL_ROUNDS change how many
pages each fetches, and how often: memory at a quarter and at the end of 100,000 pages is the same where nothing leaks.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psutil

from bench._farm import host
from bench._say import say
from shared import kafka
from shared.delivery import Outgoing
from shared.events import CrawlRequested
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS
from stack import Stack
from tests.support.cluster import ROOT, Cluster, Service, until
from tests.support.memory import rss_mib

PAGES = int(os.environ.get("BENCH_CRAWL_PAGES", "2000"))
ROUNDS = int(os.environ.get("BENCH_CRAWL_ROUNDS", "3"))
SCRAPY = os.environ.get("BENCH_CRAWL_SCRAPY")
SECONDS = 3600.0
ASKED_AT_ONCE = 1000


class _Figures(msgspec.Struct, frozen=True, kw_only=True):
    pages: int
    seconds: float
    cpu: float
    quarter: float
    end: float


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """A row for each contender in each round."""
    hosts, pages, rounds = (10, 200, 1) if quick else (50, PAGES, ROUNDS)
    if SCRAPY is None:
        say("Scrapy is left out: BENCH_CRAWL_SCRAPY names no Python that has it")
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder:
        stack = Stack(Path(folder) / "stack", report=say, owner=os.getpid())
        stack.up()
        farm = subprocess.Popen([sys.executable, "-m", "bench._farm", str(hosts)], cwd=ROOT, stdout=subprocess.PIPE)
        try:
            assert farm.stdout is not None
            port = int(farm.stdout.readline())
            return asyncio.run(_run(Cluster(stack, Path(folder)), port, hosts, pages, rounds))
        finally:
            farm.kill()
            farm.wait()
            stack.down()


async def _run(cluster: Cluster, port: int, hosts: int, pages: int, rounds: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number in range(1, rounds + 1):
        urls = [f"http://{host(n % hosts)}:{port}/{number}/{n}" for n in range(pages)]
        listed = cluster.folder / "urls"
        listed.write_text("\n".join(urls))
        arguments = [str(listed), cluster.kafka.bootstrap_servers]
        await cluster.wipe()
        figures = {"bare": await _process(sys.executable, "-m", "bench._bare_crawl", *arguments)}
        figures["warta"] = await _ours(cluster, urls, port, hosts)
        if SCRAPY is not None:
            figures["scrapy"] = await _process(SCRAPY, str(ROOT / "bench" / "_scrapy_crawl.py"), *arguments)
        limit = figures["bare"].pages / figures["bare"].cpu
        for who, one in figures.items():
            rows.append(
                {
                    "round": number, "who": who, "pages": one.pages, "seconds": one.seconds, "CPU s": one.cpu,
                    "pages/s": one.pages / one.seconds, "pages/CPU s": one.pages / one.cpu,
                    "of bare": one.pages / one.cpu / limit, "MiB at 1/4": one.quarter, "MiB at end": one.end,
                }
            )  # fmt: skip
            say(str(rows[-1]))
    return rows


async def _process(*command: str) -> _Figures:
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    said, _ = await running.communicate()
    assert running.returncode == 0, f"{command} ended with {running.returncode}"
    return msgspec.json.decode(said, type=_Figures)


async def _ours(cluster: Cluster, urls: list[str], port: int, hosts: int) -> _Figures:
    service = cluster.start(
        "crawler", WARTA_CRAWLER_DELAY_SECONDS="0", WARTA_CRAWLER_CONCURRENCY="50", WARTA_CRAWLER_REVISIT_SECONDS="0",
        WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS=",".join(f"{host(n)}:{port}" for n in range(hosts)),
    )  # fmt: skip
    try:
        async with _outcomes(cluster) as ended:
            await cluster.publish([_request(f"http://{host(0)}:{port}/warm-up/0")])
            before = await _reached(1, ended, service)
            process = psutil.Process(service.process.pid)
            began, cpu = time.monotonic(), _cpu(process)
            sending = asyncio.create_task(_ask(cluster, urls))
            await _reached(before + len(urls) // 4, ended, service)
            quarter = rss_mib(process.pid)
            await _reached(before + len(urls), ended, service)
            seconds, spent, end = time.monotonic() - began, _cpu(process) - cpu, rss_mib(process.pid)
            await sending
        said = service.text().count('"event.action":"page.fetched"')
        assert said >= len(urls), f"{said} pages for {len(urls)} requests"
        return _Figures(pages=len(urls), seconds=seconds, cpu=spent, quarter=quarter, end=end)
    finally:
        service.stop()


async def _ask(cluster: Cluster, urls: list[str]) -> None:
    for start in range(0, len(urls), ASKED_AT_ONCE):
        await cluster.publish(map(_request, urls[start : start + ASKED_AT_ONCE]))


def _request(url: str) -> Outgoing:
    event = CrawlRequested(url=url)
    return Outgoing(topic=CRAWL_REQUESTS, key=url.split("/")[2].partition(":")[0], event=event)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def _reached(count: int, ended: "_Outcomes", service: Service) -> int:
    async def enough() -> int:
        found = await ended.count()
        return found if found >= count else 0

    return int(await until(enough, seconds=SECONDS, every=0.05, why=lambda: service.text()[-2000:]))


class _Outcomes:
    def __init__(self, consumer: kafka.AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._partitions = [kafka.TopicPartition(CRAWL_OUTCOMES.name, n) for n in range(CRAWL_OUTCOMES.partitions)]

    async def count(self) -> int:
        """How many outcomes were ever acknowledged."""
        return sum((await self._consumer.end_offsets(self._partitions)).values())


@asynccontextmanager
async def _outcomes(cluster: Cluster) -> AsyncIterator[_Outcomes]:
    consumer = kafka.consumer(cluster.kafka, client_id="bench")
    await consumer.start()
    try:
        yield _Outcomes(consumer)
    finally:
        await consumer.stop()
