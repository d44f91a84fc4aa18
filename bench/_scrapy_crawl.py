"""Scrapy on the same pages, its pipeline publishing with aiokafka. Run by a Python that has both, not by ours."""
# mypy: ignore-errors

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from aiokafka import AIOKafkaProducer
from scrapy.crawler import CrawlerProcess

MEASURED = {"pages": 0, "quarter": 0.0}


class Pages(scrapy.Spider):
    """All URLs of the file, each once."""

    name = "pages"

    async def start(self) -> AsyncIterator[Any]:
        """Begin the clock with the first request."""
        MEASURED["began"], MEASURED["cpu_began"] = time.monotonic(), time.process_time()
        for url in URLS:
            yield scrapy.Request(url)

    def parse(self, response: Any) -> Iterator[Any]:
        """A page as it came."""
        yield {"url": response.url, "body": response.body}


class Publish:
    """The pipeline: an item ends when the brokers have acknowledged it."""

    def __init__(self) -> None:
        self._producer = None

    async def process_item(self, item: Any) -> Any:
        """Send one page."""
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                bootstrap_servers=sys.argv[2], acks="all", enable_idempotence=True, compression_type="zstd",
                max_request_size=6 * 2**20,
            )  # fmt: skip
            self._starting = asyncio.ensure_future(self._producer.start())
        await self._starting
        await self._producer.send_and_wait("pages.fetched", item["body"], key=item["url"].encode())
        MEASURED["pages"] += 1
        if MEASURED["pages"] == len(URLS) // 4:
            MEASURED["quarter"] = rss()
        if MEASURED["pages"] == len(URLS):
            MEASURED["seconds"] = time.monotonic() - MEASURED.pop("began")
            MEASURED["cpu"] = time.process_time() - MEASURED.pop("cpu_began")
        return item

    async def close_spider(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            await self._producer.stop()


def rss() -> float:
    """MiB resident."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    URLS = Path(sys.argv[1]).read_text().split()
    process = CrawlerProcess({
        "ITEM_PIPELINES": {Publish: 1}, "CONCURRENT_REQUESTS": 50, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0, "ROBOTSTXT_OBEY": True, "LOG_LEVEL": "INFO", "TELNETCONSOLE_ENABLED": False,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    })  # fmt: skip
    process.crawl(Pages)
    process.start()
    print(json.dumps({**MEASURED, "end": rss()}))
