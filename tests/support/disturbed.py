"""One run of the whole system under faults, and what must hold after it.

A run wipes, starts the four services, crawls the sample site, and publishes a fixed stream of pages meanwhile. Faults
are a coroutine that is given the run. Then everything must come to rest by itself.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiokafka.errors import KafkaError

from operations.audit import Unexplained, audit
from sample import SampleSite
from shared import kafka
from shared.documents import RELATED_READ
from shared.logs import EXIT_UNKNOWN_ERROR
from shared.progress import ProgressReader
from shared.topics import CRAWL_OUTCOMES, SOURCES
from tests.support.cluster import Cluster
from tests.support.feeder import Feeder
from tests.support.ingest import crawl_environment, expected
from tests.support.keeper import NO_MORE, Ended, Keeper
from tests.support.pages_stream import HOST, Stream, stream
from tests.support.proxies import free_port

STREAM_SEED = 6
FEED_SECONDS = 20.0
STILL_SECONDS = 100.0  # less than a service takes to notice by itself that it is stuck
Fingerprint = tuple[int | None, str | None, str]
Faults = Callable[["Run"], Awaitable[None]]


class World:
    """What all runs of a session have in common, so that undisturbed they all end alike."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.port = free_port()
        self.stream: Stream = stream(STREAM_SEED)
        self.reference: Content | None = None

    @asynccontextmanager
    async def site(self) -> AsyncIterator[SampleSite]:
        site = SampleSite(self.now)
        await site.start(self.port)
        try:
            yield site
        finally:
            await site.stop()

    async def undisturbed(self, cluster: Cluster) -> "Content":
        """The content after a run without faults; computed once."""
        if self.reference is None:
            async with Run.of(self, cluster, seed=0, feed_seconds=1.0) as run:
                await run.settled()
                run.check(None)
                self.reference = run.content
        return self.reference


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What the indices hold. `fixed`: version, content hash, status by id; crawled pages' versions are of their run.

    `listed`: articles with a related list; `rejected`: dead letters by key; `unexplained`: what the audit names.
    """

    fixed: dict[str, Fingerprint]
    crawled: dict[str, Fingerprint]
    listed: set[str]
    twice: list[str]
    rejected: Counter[bytes]
    unexplained: list[Unexplained]


class Run:
    """A run in progress: `keeper` has the services, `rng` all that is random in it."""

    def __init__(
        self, world: World, cluster: Cluster, site: SampleSite, environment: Mapping[str, str], *, seed: int,
        feed_seconds: float,
    ) -> None:  # fmt: skip
        self.world = world
        self.cluster = cluster
        self.site = site
        self.seed = seed
        self.rng = random.Random(seed)
        settings = {
            **crawl_environment(site, cluster.folder), "WARTA_RECOMMENDER_FANOUT": "0",
            "WARTA_RECOMMENDER_SIZE": "3", "WARTA_RECOMMENDER_BATCH": "50", "WARTA_PARSER_WORKERS": "1",
            "WARTA_DELIVERY_STOP_SECONDS": "15", **environment,
        }  # fmt: skip
        self.keeper = Keeper(cluster, settings)
        self.feeder = Feeder(cluster.kafka, world.stream.records, seconds=feed_seconds)
        self.stop_seconds = float(settings["WARTA_DELIVERY_STOP_SECONDS"])
        self.said: list[str] = []
        self.may_end: frozenset[str] = frozenset()
        """The services that may end by themselves with an unknown error in this run."""
        self._began = time.monotonic()
        self.content = Content(fixed={}, crawled={}, listed=set(), twice=[], rejected=Counter(), unexplained=[])

    @classmethod
    @asynccontextmanager
    async def of(
        cls,
        world: World,
        cluster: Cluster,
        *,
        seed: int,
        feed_seconds: float = FEED_SECONDS,
        environment: Mapping[str, str] = NO_MORE,
    ) -> AsyncIterator["Run"]:
        """Wipe, start everything, feed; at the end of the block end all services."""
        await cluster.wipe()
        async with world.site() as site:
            run = cls(world, cluster, site, environment, seed=seed, feed_seconds=feed_seconds)
            run.keeper.start_all()
            tasks = [asyncio.create_task(run.keeper.watch()), asyncio.create_task(run.feeder.run())]
            try:
                yield run
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                cluster.end()

    async def begun(self) -> None:
        """Wait until something has come out at the end of all; then let the rest of the stream flow."""
        while not await self._any_list():
            self._within(300, "nothing has come through")
            await asyncio.sleep(0.5)
        self.feeder.flow()
        self.say("has begun")

    async def moment(self, least: float = 0.2, most: float = 2.0) -> None:
        """Let a random time pass."""
        await asyncio.sleep(self.rng.uniform(least, most))

    def say(self, what: str) -> None:
        """Note what was done, for the message of a failure."""
        line = f"{time.monotonic() - self._began:6.1f} s  {what} ({self.feeder.share:.0%} fed)"
        self.said.append(line)
        print(line)  # noqa: T201 - pytest shows it with a failure

    async def settled(self) -> None:
        """Publish what is left of the stream, wait for rest without a hand, and read what has become of it all.

        However slow the machine: what fails is that nothing moves though there is work.
        """
        self.feeder.hurry()
        self.say("faults end")
        before: tuple[float, int, int] | None = None
        moved = time.monotonic()
        while True:
            state = await self._state()
            at_rest = state is not None and self.feeder.share == 1 and not state[2] and await self._crawled()
            if at_rest and state == before:
                break
            if state is not None and state != before:
                before, moved = state, time.monotonic()
            assert time.monotonic() < moved + STILL_SECONDS, await self._stuck()
            await asyncio.sleep(1)
        self.say("at rest")
        self.content = await self._read()

    async def _state(self) -> tuple[float, int, int] | None:
        """How much is fed, how many records there are, how many aren't committed yet; None while Kafka is away."""
        try:
            async with ProgressReader(self.cluster.kafka) as reader:
                progress = await reader.read()
        except (KafkaError, kafka.KafkaUnreachableError):
            return None
        # Polls of feeds have outcomes every minute: they are no movement. Ends are read before commits, so a lag can be
        # negative; the sum of absolutes can't hide one behind another.
        lags = sum(abs(lag) for by_topic in progress.lags.values() for lag in by_topic.values())
        return (
            self.feeder.share,
            sum(progress.records[topic.name] for topic in SOURCES if topic is not CRAWL_OUTCOMES),
            lags,
        )

    def check(self, reference: Content | None) -> None:
        """Nothing lost, nothing twice, nothing else than without faults; AssertionError that says what and the seed."""
        wrong = self._wrong(reference)
        for what in wrong:
            self.say(what)
        assert not wrong, self._story()

    def _wrong(self, reference: Content | None) -> list[str]:
        ends = {key: (end.version, end.status) for key, end in self.world.stream.ends.items()}
        found = {key: (version, status) for key, (version, _, status) in self.content.fixed.items()}
        wrong = _differences("the stream's articles", ends, found)
        poison = self.world.stream.poison
        wrong += [f"not dead-lettered: {key!r}" for key in poison - set(self.content.rejected)]
        wrong += [f"dead-lettered: {key!r}" for key in set(self.content.rejected) - poison]
        wrong += [f"several documents of {key}" for key in self.content.twice]
        wrong += [f"unexplained: {one}" for one in self.content.unexplained]
        everything = {**self.content.fixed, **self.content.crawled}
        published = {key for key, (_, _, status) in everything.items() if status == "published"}
        wrong += [f"without a list: {key}" for key in published - self.content.listed]
        missing = set(expected(self.site)) - set(self.content.crawled)
        wrong += [f"not crawled: {key}" for key in missing]
        wrong += [f"{one.service} ended with {one.code}" for one in self.keeper.ended if not self._may(one)]
        wrong += [f"{name} ended with {code} on SIGTERM" for name, code in self.keeper.stops if code]
        wrong += self.keeper.crashes(but=self.may_end)
        if reference is not None:
            wrong += _differences("stream, as undisturbed", reference.fixed, self.content.fixed)
            wrong += _differences("crawl, as undisturbed", _hashes(reference.crawled), _hashes(self.content.crawled))
        return wrong

    def _may(self, one: Ended) -> bool:
        return one.service in self.may_end and one.code == EXIT_UNKNOWN_ERROR

    async def _read(self) -> Content:
        fixed: dict[str, Fingerprint] = {}
        crawled: dict[str, Fingerprint] = {}
        seen: Counter[str] = Counter()
        async with self.cluster.client() as client:
            await client.indices.refresh(index="articles-*")
            answer = await client.search(
                index="articles-*", size=10_000, query={"match_all": {}},
                source_includes=["article_id", "url", "version", "content_hash", "status"],
            )  # fmt: skip
            lists = await client.search(index=RELATED_READ, size=10_000, query={"match_all": {}}, source=False)
        for hit in answer["hits"]["hits"]:
            document: dict[str, Any] = hit["_source"]
            seen[document["article_id"]] += 1
            ours = fixed if document["url"].startswith(HOST) else crawled
            ours[hit["_id"]] = (document["version"], document.get("content_hash"), document["status"])
        rejected: Counter[bytes] = Counter()
        for topic in SOURCES:
            rejected.update(record.key for record in await self.cluster.records(topic.dlq))
        twice = [key for key, count in seen.items() if count > 1]
        listed = {hit["_id"] for hit in lists["hits"]["hits"]}
        account = await audit(self.cluster.kafka, self.cluster.elasticsearch, report=lambda _line: None)
        return Content(
            fixed=fixed, crawled=crawled, listed=listed, twice=twice, rejected=rejected,
            unexplained=list(account.unexplained),
        )  # fmt: skip

    async def _any_list(self) -> bool:
        async with self.cluster.client() as client:
            return bool((await client.count(index=RELATED_READ))["count"])

    async def _crawled(self) -> bool:
        return set(expected(self.site)) <= set(await self.cluster.articles())

    def _within(self, seconds: float, what: str) -> None:
        assert time.monotonic() < self._began + seconds, self._story(what, self.keeper.tails())

    async def _stuck(self) -> str:
        lags: Any = "unknown"
        with suppress(KafkaError, kafka.KafkaUnreachableError):
            lags = (await self.cluster.progress()).lags
        missing = set(expected(self.site)) - set(await self.cluster.articles())
        return self._story(
            f"nothing moved for {STILL_SECONDS:.0f} s: lags {lags}, {self.feeder.share:.0%} fed, "
            f"{len(missing)} of the site's articles missing", self.keeper.tails(),
        )  # fmt: skip

    def _story(self, *wrong: str) -> str:
        ended = [f"{one.service} ended by itself with {one.code}:\n{one.log}" for one in _few(self.keeper.ended)]
        return "\n".join([
            f"seed {self.seed} (--faults-seed {self.seed} does it again), logs in {self.cluster.folder}", *self.said,
            *(f"feeder: {failure}" for failure in self.feeder.failures), *wrong, *ended,
        ])  # fmt: skip


def _few(ended: list[Ended]) -> list[Ended]:
    return ended[:3]


def _hashes(content: Mapping[str, Fingerprint]) -> dict[str, tuple[str | None, str]]:
    return {key: (content_hash, status) for key, (_, content_hash, status) in content.items()}


def _differences(what: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    return [
        f"{what}: {key} is {found.get(key)}, not {wanted.get(key)}"
        for key in sorted({*wanted, *found}) if wanted.get(key) != found.get(key)
    ]  # fmt: skip


async def disturbed(
    world: World, cluster: Cluster, seed: int, faults: Faults, environment: Mapping[str, str] = NO_MORE
) -> Run:
    """A whole run with `faults` in its middle, checked against the undisturbed one."""
    reference = await world.undisturbed(cluster)
    async with Run.of(world, cluster, seed=seed, environment=environment) as run:
        await run.begun()
        await faults(run)
        await run.settled()
        run.check(reference)
    return run
