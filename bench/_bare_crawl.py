"""The least that a crawler does: get on the crawler's own transport, publish on its producer, a worker per host."""

import asyncio
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from shared.clock import utcnow
from shared.delivery import Outgoing, Publisher
from shared.events import PageFetched
from shared.settings import DeliverySettings, KafkaSettings
from shared.topics import PAGES_FETCHED


async def _crawl(urls: list[str], bootstrap_servers: str) -> dict[str, float]:
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[urlsplit(url).netloc].append(url)
    publisher = Publisher("bare", KafkaSettings(bootstrap_servers=bootstrap_servers), DeliverySettings())
    await publisher.start()

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=len(hosts)), auto_decompress=False)

    rss = [0.0]
    done = 0
    async with httpx.AsyncClient(transport=AiohttpTransport(client=session), trust_env=False) as client:

        async def work(own: list[str]) -> None:
            nonlocal done
            for url in own:
                answer = await client.get(url)
                event = PageFetched(
                    url=url, fetched_at=utcnow(), content_type=answer.headers["content-type"],
                    body=answer.raise_for_status().content, http_headers=dict(answer.headers),
                )  # fmt: skip
                await publisher.publish(Outgoing(topic=PAGES_FETCHED, key=url, event=event))
                done += 1
                if done == len(urls) // 4:
                    rss[0] = _rss()

        began, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(work(own) for own in hosts.values()))
        figures = {"seconds": time.monotonic() - began, "cpu": time.process_time() - cpu}
    await publisher.stop()
    return {**figures, "pages": done, "quarter": rss[0], "end": _rss()}


def _rss() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    listed = Path(sys.argv[1]).read_text().split()
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_crawl(listed, sys.argv[2]))))
