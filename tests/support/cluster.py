"""The real servers as tests see them: wiped, filled, read back, and services run on them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition
from elasticsearch import AsyncElasticsearch

from cli.bootstrap import bootstrap
from shared import codec, kafka, search
from shared.codec import Envelope
from shared.delivery import Outgoing, Publisher
from shared.progress import Progress, ProgressReader
from shared.settings import DeliverySettings, ElasticsearchSettings, KafkaSettings
from shared.topics import TOPICS, Topic, group_of
from stack import Stack

ROOT = Path(__file__).resolve().parents[2]


class Service:
    """A service's process with its log."""

    def __init__(self, module: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *module], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 30) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def text(self) -> str:
        return self.log.read_text(errors="replace")


class Cluster:
    """Kafka and Elasticsearch of this test session."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        self.kafka = KafkaSettings(bootstrap_servers=stack.bootstrap_servers)
        self.elasticsearch = ElasticsearchSettings(url=stack.elasticsearch_url)
        self.services: list[Service] = []

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARTA_")}
        return {
            **kept, "PYTHONPATH": str(ROOT), "WARTA_KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "WARTA_ELASTICSEARCH_URL": self.elasticsearch.url, "WARTA_HEALTH_PORT": "0", "WARTA_LOG_FORMAT": "json",
            "WARTA_CRAWLER_BRAKE_FREE_DISK_PERCENT": "0",
        }  # fmt: skip

    async def wipe(self) -> None:
        """Empty topics (a group's offsets go with its topic) and indices."""
        admin = kafka.admin(self.kafka)
        await admin.start()
        try:
            present = set(await admin.list_topics()) & set(TOPICS)
            if present:
                await admin.delete_topics(list(present))
            await until(lambda: self._no_topics(admin), seconds=30)
        finally:
            await admin.close()
        async with search.client(self.elasticsearch) as client:
            for name in await client.indices.get(index="articles-*,related-*"):
                await client.indices.delete(index=name)
        await bootstrap(self.kafka, self.elasticsearch, lambda _line: None)

    async def _no_topics(self, admin: Any) -> bool:
        return not set(await admin.list_topics()) & set(TOPICS)

    def start(self, *command: str, module: str = "cli", **environment: str) -> Service:
        name = "-".join(command) or module
        service = Service([module, *command], {**self.environment, **environment}, self.folder / f"{name}.log")
        self.services.append(service)
        return service

    def end(self) -> None:
        for service in self.services:
            if service.process.poll() is None:
                service.kill()
        self.services.clear()

    async def publish(self, outgoing: Iterable[Outgoing]) -> None:
        publisher = Publisher("test", self.kafka, DeliverySettings())
        await publisher.start()
        await publisher.publish_all(outgoing)
        await publisher.stop()

    async def send_raw(self, topic: Topic, value: bytes | None, headers: codec.Headers, key: bytes = b"k") -> None:
        producer = kafka.producer(self.kafka, client_id="test")
        await producer.start()
        await producer.send_and_wait(topic.name, key=key, value=value, headers=headers)
        await producer.stop()

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[Any]:
        consumer = kafka.consumer(self.kafka, client_id="test")
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def records(self, topic: str) -> list[Any]:
        """All records of a topic up to its present end."""
        async with self._reader() as consumer:
            partitions = [TopicPartition(topic, number) for number in range(TOPICS[topic].partitions)]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            await consumer.seek_to_beginning(*partitions)
            found: list[Any] = []
            for partition in partitions:
                while await consumer.position(partition) < ends[partition]:
                    for records in (await consumer.getmany(timeout_ms=500)).values():
                        found += records
            return found

    async def ends(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        async with self._reader() as consumer:
            return dict(await consumer.end_offsets(partitions))

    async def events(self, topic: Topic) -> list[Envelope[Any]]:
        return [codec.decode(record.headers, record.value) for record in await self.records(topic.name)]

    async def commit(self, service: str, offsets: dict[TopicPartition, int]) -> None:
        """Commit in the place of `service`, once Kafka has given up those that an earlier test killed."""
        group = group_of(service)
        admin = kafka.admin(self.kafka)
        await admin.start()

        async def has_no_members() -> bool:
            return not await kafka.members(admin, group)

        try:
            await until(has_no_members)
        finally:
            await admin.close()
        consumer = kafka.consumer(self.kafka, client_id="test", group_id=group)
        await consumer.start()
        try:
            consumer.assign(list(offsets))
            await consumer.commit(offsets)
        finally:
            await consumer.stop()

    async def progress(self) -> Progress:
        async with ProgressReader(self.kafka) as reader:
            return await reader.read()

    def client(self) -> AsyncElasticsearch:
        return search.client(self.elasticsearch)

    async def articles(self) -> dict[str, dict[str, Any]]:
        """Every document behind the read alias by id."""
        async with self.client() as client:
            await client.indices.refresh(index="articles")
            answer = await client.search(index="articles", size=5000, query={"match_all": {}})
            return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}


async def until(
    condition: Callable[[], Awaitable[Any]], *, seconds: float = 60, every: float = 0.25, why: Callable[[], str] = str
) -> Any:
    """Wait for a condition; an AssertionError with `why` when it doesn't come true in time."""
    deadline = time.monotonic() + seconds
    while not (value := await condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {why()}"
        await asyncio.sleep(every)
    return value
