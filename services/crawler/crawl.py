"""The crawl's loops: take requests in, poll the sources, commit what has ended; `fetching.py` fetches what is due.

Plain aiokafka, because a request ends long after it was read and out of order, and a Faust table showed a hole and
stalls in our runs: see ARCHITECTURE.md. A request's offset is committed only up to the first that has no end yet.
"""

import asyncio
import time
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from services.crawler.fetching import Fetching
from services.crawler.holdings import Holdings, partition_of
from services.crawler.hosts import say_pauses_again
from services.crawler.intake import Intake
from services.crawler.job import Job
from services.crawler.looking_again import due_again
from services.crawler.news import News
from services.crawler.partition import Partition
from services.crawler.polls import Polls, sources_of
from services.crawler.renewal import Renewal
from services.crawler.restore import restore
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import Sites
from services.crawler.store import StateError
from services.crawler.visit import Visitor
from shared import kafka
from shared.clock import utcnow
from shared.consume import NEVER_MS
from shared.delivery import Outgoing
from shared.events import CrawlRequested
from shared.logs import get_logger
from shared.service import Context
from shared.topics import CRAWL_REQUESTS, group_of
from shared.urls import canonical_url, host_of
from shared.watch import Standing, Standings

MAX_RECORDS = 500
POLL_MS = 200
TICK_SECONDS = 0.5
# How long a rebalance waits for what is in flight; what takes longer is fetched again by the next owner.
REVOKE_SECONDS = 5.0
FORGIVE_SECONDS = 5.0
log = get_logger()


class Crawl(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped
    """All that one crawler process does. It owns what Kafka assigns to it."""

    def __init__(
        self, context: Context, settings: CrawlerSettings, sites: Sites, holdings: Holdings, visitor: Visitor
    ) -> None:
        self._context = context
        self._settings = settings
        self._sites = sites
        self._holdings = holdings
        self._polls = Polls(
            sources_of(
                sites,
                feed_every=timedelta(seconds=settings.feed_seconds),
                sitemap_every=timedelta(seconds=settings.sitemap_seconds),
            )
        )
        self._fetching = Fetching(context, settings, holdings, visitor, self._polls)
        self._intake = Intake(context, sites, settings, self._fetching.enqueue)
        self._renewals: WeakKeyDictionary[Partition, Renewal] = WeakKeyDictionary()
        self._broken: StateError | None = None
        self._news = News(self._polls, holdings)
        context.health.ask(lambda: self._news.figures(utcnow()))
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            context.kafka, client_id=context.instance, group_id=group_of(context.service), max_poll_interval_ms=NEVER_MS
        )

    async def run(self) -> None:
        """Crawl until told to stop, then let what is in flight end, and commit."""
        stopping = asyncio.create_task(self._context.stopping.wait())
        self._consumer.subscribe([CRAWL_REQUESTS.name], listener=self)
        await kafka.start(
            self._consumer, self._context.kafka, waiting=lambda why: self._context.health.retrying("kafka", why)
        )
        self._context.attempts.follow(self._consumer.assignment)
        self._context.watch.follow([CRAWL_REQUESTS], self._to_read)
        fetching = self._fetching
        endless = (self._take_in, fetching.run, self._keep_up, fetching.brake.watch)
        loops = [asyncio.create_task(loop()) for loop in endless]
        await asyncio.wait({*loops, stopping}, return_when=asyncio.FIRST_COMPLETED)
        try:
            for loop in loops:
                if loop.done():
                    loop.result()
        except StateError:
            await self._blame_nobody(loops)
            raise
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        if fetching.running:
            await asyncio.wait(fetching.running, timeout=self._context.delivery.stop_seconds)
        await self._commit(self._holdings)
        await self._context.attempts.release()
        await kafka.leave(self._consumer)

    async def _blame_nobody(self, loops: list[asyncio.Task[None]]) -> None:
        """Say that the process ends over no request: what was in work didn't fill the disk."""
        for task in (*loops, *self._fetching.running):
            task.cancel()
        await asyncio.wait({asyncio.ensure_future(self._context.attempts.close())}, timeout=FORGIVE_SECONDS)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Give up the hosts of these partitions: aiokafka calls this before a rebalance."""
        lost = [held for one in revoked if (held := self._holdings.lose(one.partition))]
        numbers = {partition.number for partition in lost}
        self._context.attempts.forget()
        self._polls.forget(lambda url: partition_of(host_of(url)) in numbers)
        flying = [task for task, job in self._fetching.running.items() if job.partition.number in numbers]
        if flying:
            await asyncio.wait(flying, timeout=REVOKE_SECONDS)
        await self._commit(lost)

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Own the hosts of these partitions, once what is known of them is restored."""
        try:
            for one in assigned:
                self._holdings.take(one.partition)
        except StateError as error:  # aiokafka would log it and go on
            self._broken = error

    def _to_read(self, standings: Standings) -> list[TopicPartition]:
        """Where requests wait to be read, and there is room for them. How long the fetches take is up to the sites."""
        return [_of(held) for held in self._holdings if not held.restored or self._unread(held, standings[_of(held)])]

    def _unread(self, held: Partition, standing: Standing) -> bool:
        return self._has_room(held) and max(held.gaps.position, standing.committed) < standing.end

    def _has_room(self, held: Partition) -> bool:
        """A partition with too much pending isn't asked for more: that is the back-pressure."""
        return len(held.gaps) < self._settings.max_pending

    async def _take_in(self) -> None:
        while True:
            if self._broken is not None:
                raise self._broken
            await self._restore_new()
            ready = [held for held in self._holdings if held.restored]
            self._context.health.condition("partitions restored", holds=bool(ready))
            asked = [_of(held) for held in ready if self._has_room(held)]
            if not asked:
                await asyncio.sleep(POLL_MS / 1000)
                continue
            batches: dict[TopicPartition, list[Any]] = await self._consumer.getmany(
                *asked, timeout_ms=POLL_MS, max_records=MAX_RECORDS
            )
            for topic_partition, records in batches.items():
                held = next((one for one in self._holdings if one.number == topic_partition.partition), None)
                if held is not None and held.restored:
                    await self._intake.take(held, records)
                elif held is not None:  # reassigned to us meanwhile: not before its restoration
                    self._consumer.seek(topic_partition, records[0].offset)

    async def _restore_new(self) -> None:
        new = [held for held in self._holdings if not held.restored]
        if not new:
            return
        began = time.monotonic_ns()
        await restore(self._context, {held.number: held.known for held in new})
        for held in new:
            for host in held.known.paused:
                held.frontier.pause(host)
            held.restored = True
        log.info(
            "frontier.restored",
            **{
                "labels.partitions": len(new), "labels.urls": sum(len(held.known) for held in new),
                "event.duration": time.monotonic_ns() - began,
            },
        )  # fmt: skip
        await self._ask_for_seeds({held.number for held in new})
        self._fetching.look()

    async def _ask_for_seeds(self, numbers: set[int]) -> None:
        for url in {canonical_url(seed) for site in self._sites for seed in site.seeds}:
            host = host_of(url)
            if partition_of(host) in numbers and not self._holdings.needs_no_request(url, utcnow()):
                request = CrawlRequested(url=url, found_by="seed")
                await self._context.publisher.publish(
                    Outgoing(topic=CRAWL_REQUESTS, key=host, event=request, root=f"site file\n{url}")
                )

    def _may_poll(self, url: str) -> bool:
        host = host_of(url)
        held = self._holdings.of_host(host)
        return held is not None and not held.frontier.is_paused(host)

    async def _keep_up(self) -> None:
        while True:
            now = utcnow()
            for source in [] if self._fetching.brake.held else self._polls.due(now, self._may_poll):
                host = host_of(source.url)
                partition = self._holdings.of_host(host)
                assert partition is not None
                request = CrawlRequested(url=source.url, kind=source.kind)
                self._fetching.enqueue(Job(url=source.url, host=host, request=request, partition=partition))
            self._news.warn(now)
            for held in list(self._holdings):
                held.frontier.forget_idle(now)
                if held.restored and not self._fetching.brake.held:
                    for job in due_again(held, now, apart=self._settings.delay):
                        self._fetching.enqueue(job)
                if held.restored:
                    await say_pauses_again(held, self._context.publisher, now)
                    await self._renewals.setdefault(held, Renewal()).step(held, self._context.publisher, now)
            await self._commit(self._holdings)
            await asyncio.sleep(TICK_SECONDS)

    async def _commit(self, partitions: "Holdings | list[Partition]") -> None:
        """Commit up to each partition's first request without an end."""
        ended = {held: held.gaps.committable for held in partitions if held.gaps.committable > held.committed}
        if not ended:
            return
        try:
            await self._consumer.commit({_of(held): offset for held, offset in ended.items()})
        except (CommitFailedError, IllegalStateError) as error:  # they moved on: their next owner drops what is known
            log.info("commit.superseded", **{"error.type": type(error).__name__})
        except KafkaError as error:
            if not kafka.will_pass(error):
                raise
            self._context.health.retrying("kafka", f"the commit failed: {type(error).__name__}")
        else:
            for held, offset in ended.items():
                held.committed = offset


def _of(partition: Partition) -> TopicPartition:
    return TopicPartition(CRAWL_REQUESTS.name, partition.number)
