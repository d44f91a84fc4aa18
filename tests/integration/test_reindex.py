"""`warta reindex` on the real servers, while the indexer runs, articles keep coming and a reader keeps looking."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from operations.indices import ARTICLES
from operations.reindex.indices import look
from operations.reindex.rows import Row, scan
from operations.reindex.steps import build
from operations.reindex.swap import swap
from services.indexer.document import document
from shared.articles import article_id
from shared.delivery import Outgoing, Publisher
from shared.documents import ARTICLES_READ, ARTICLES_STANDBY
from shared.errors import WartaError
from shared.settings import DeliverySettings
from shared.topics import ARTICLES_PARSED
from tests.integration.test_indexer import START, parsed, removed
from tests.integration.test_indexer import caught_up as no_lag
from tests.support.cluster import Cluster, until

FIRST, SECOND = "articles-000001", "articles-000002"
ARTICLES_THERE = 800
TOO_LONG = "x" * 40_000


class Ended(msgspec.Struct, frozen=True):
    code: int
    said: str


async def reindex(cluster: Cluster, *arguments: str) -> Ended:
    """Run the command to its end, beside everything else."""
    service = cluster.start("reindex", *arguments)
    before = len(service.text())

    async def ended() -> bool:
        return service.process.poll() is not None

    await until(ended, seconds=120, every=0.1, why=service.text)
    return Ended(service.process.returncode, service.text()[before:])


async def caught_up(cluster: Cluster) -> None:
    await until(lambda: no_lag(cluster))


async def rows(cluster: Cluster, index: str) -> dict[str, Row]:
    async with cluster.client() as client:
        return {one: row async for one, row in scan(client, index)}


async def indices(cluster: Cluster) -> set[str]:
    async with cluster.client() as client:
        return set(await client.indices.get(index="articles-*"))


@asynccontextmanager
async def stream(cluster: Cluster, newest: dict[str, int]) -> AsyncIterator[None]:
    """New versions of old articles and new articles, all the time; `newest` tells what has been sent."""
    publisher = Publisher("test", cluster.kafka, DeliverySettings())
    await publisher.start()
    enough = asyncio.Event()

    async def send() -> None:
        numbers = itertools.count(len(newest) - 60)
        for minute in itertools.count(1 + len(newest)):
            if enough.is_set():
                return
            batch = [parsed(number, minute=minute) for number in {60 + next(numbers), minute % 60, minute * 7 % 60}]
            await publisher.publish_all(batch)
            newest.update((one.key, one.event.version) for one in batch)  # type: ignore[attr-defined]
            await asyncio.sleep(0.1)

    sending = asyncio.create_task(send())
    try:
        yield
    finally:
        enough.set()
        await sending
        await publisher.stop()


@asynccontextmanager
async def reader(cluster: Cluster) -> AsyncIterator[list[int]]:
    """Looks at the read alias all the time. What has been seen must never be missing, nor a search fail."""
    counts: list[int] = []

    async def look_again() -> None:
        seen: set[str] = set()
        async with cluster.client() as client:
            while True:
                answer = await client.search(
                    index=ARTICLES_READ, size=10_000, source=False, query={"match_all": {}},
                    allow_partial_search_results=False,
                )  # fmt: skip
                now = {hit["_id"] for hit in answer["hits"]["hits"]}
                assert seen <= now, f"{len(seen - now)} articles are seen no more"
                seen = now
                counts.append(len(now))
                await asyncio.sleep(0.03)

    looking = asyncio.create_task(look_again())
    try:
        yield counts
        assert not looking.done(), looking.exception()
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


@pytest.mark.timeout(600)
async def test_nothing_is_missing_while_indices_are_built_swapped_rolled_back_and_deleted(cluster: Cluster) -> None:
    await cluster.publish([parsed(number) for number in range(60)])
    indexer = cluster.start("indexer")
    await caught_up(cluster)
    newest = {parsed(number).key: version_of(parsed(number)) for number in range(60)}
    async with reader(cluster) as counts:
        async with stream(cluster, newest):
            await until(lambda: _reached(counts, 60), why=lambda: indexer.text()[-2000:])
            built = await reindex(cluster)
            assert built.code == 0, built.said
            assert f"{SECOND} is live, {FIRST} is fed as before" in built.said
            at_swap = len(newest)
            await until(lambda: _reached(counts, at_swap + 5), why=lambda: indexer.text()[-2000:])
            back = await reindex(cluster, "rollback")
            assert back.code == 0, back.said
            assert f"{FIRST} is live" in back.said
        await caught_up(cluster)
        async with cluster.client() as client:
            there = await look(client)
            assert (there.live, there.next) == (FIRST, SECOND)
        assert {one: row.version for one, row in (await rows(cluster, FIRST)).items()} == newest
        assert await rows(cluster, FIRST) == await rows(cluster, SECOND)

        async with stream(cluster, newest):
            again = await reindex(cluster, "swap")
            assert again.code == 0, again.said
            async with cluster.client() as client:
                with pytest.raises(WartaError, match="have changed meanwhile"):
                    await swap(client, there)
            done = await reindex(cluster, "finish", "--yes")
            assert done.code == 0, done.said
            at_swap = max(counts)
            await until(lambda: _reached(counts, at_swap + 5), why=lambda: indexer.text()[-2000:])
        await caught_up(cluster)
    assert {one: row.version for one, row in (await rows(cluster, SECOND)).items()} == newest
    assert await indices(cluster) == {SECOND}
    assert indexer.process.poll() is None


async def _reached(counts: list[int], wanted: int) -> bool:
    return bool(counts) and counts[-1] >= wanted


async def lenient(cluster: Cluster) -> None:
    """A live index that takes a language too long for ours, and no section that is not a date."""
    async with cluster.client() as client:
        await client.indices.delete(index=FIRST)
        mapping: dict[str, Any] = {
            "language": {"type": "keyword", "ignore_above": 100}, "section": {"type": "date", "ignore_malformed": False}
        }  # fmt: skip
        await client.indices.create(index=FIRST, aliases=ARTICLES.aliases, mappings={"properties": mapping})


async def test_what_the_new_mapping_refuses_blocks_the_swap(cluster: Cluster) -> None:
    await lenient(cluster)
    await cluster.publish([parsed(1), parsed(2, language=TOO_LONG), parsed(3, section="dunia"), parsed(4)])
    await cluster.send_raw(ARTICLES_PARSED, b"{", [], key=b"junk")
    indexer = cluster.start("indexer")
    await caught_up(cluster)
    lost = parsed(4, minute=9, title="Bukan di topik").event
    async with cluster.client() as client:  # as if compaction had kept an older record
        source = msgspec.to_builtins(document(lost, indexed_at=START))  # type: ignore[arg-type]
        await client.index(
            index=FIRST, id=lost.article_id, document=source, version=lost.version,  # type: ignore[attr-defined]
            version_type="external_gte",
        )  # fmt: skip

    blocked = await reindex(cluster)
    assert blocked.code == 1
    assert f"not swapped: {SECOND} lacks 1 documents that {FIRST} has" in blocked.said
    assert f"{parsed(2).key}: document_parsing_exception in field language" in blocked.said
    assert "1 records are no articles" in blocked.said
    assert "not_an_event" in blocked.said
    await cluster.publish([parsed(5, language=TOO_LONG)])
    await caught_up(cluster)
    assert parsed(5).key in await rows(cluster, FIRST)
    assert "standby.refused" in indexer.text()
    assert "x" * 100 not in indexer.text()

    aborted = await reindex(cluster, "abort")
    assert aborted.code == 0, aborted.said
    assert await indices(cluster) == {FIRST}
    await cluster.publish([parsed(2, minute=1), parsed(5, minute=1)])
    await caught_up(cluster)
    swapped = await reindex(cluster)
    assert swapped.code == 0, swapped.said
    assert "1 documents copied" in swapped.said
    assert f"1 documents that {FIRST} lacks or has older" in swapped.said
    articles = await cluster.articles()
    assert set(articles) == {parsed(number).key for number in range(1, 6)}
    assert articles[lost.article_id]["title"] == "Bukan di topik 4"  # type: ignore[attr-defined]
    async with cluster.client() as client:
        with pytest.raises(WartaError, match="reindex finish` deletes it"):
            await build(client, cluster.elasticsearch, cluster.kafka, lambda _: None, workers=1)
    shown = await reindex(cluster, "status", "--json")
    lines = [msgspec.json.decode(line) for line in shown.said.splitlines() if line.startswith("{")]
    assert [(line["index"], line["role"], line["documents"]) for line in lines] == [
        (SECOND, "live", 5), (FIRST, "previous", 4),
    ]  # fmt: skip


async def test_a_removed_article_stays_removed_after_a_replay_and_any_rebuild(cluster: Cluster) -> None:
    services = [cluster.start("indexer"), cluster.start("indexer", WARTA_LOG_LEVEL="INFO")]
    await cluster.publish([parsed(1), parsed(2, minute=5), removed(1, minute=6)])
    await caught_up(cluster)
    await cluster.publish([parsed(1), parsed(2), parsed(1, minute=3), parsed(2, minute=1)])
    await caught_up(cluster)
    compacted = {record.key: record for record in await cluster.records(ARTICLES_PARSED.name)}
    swapped = await reindex(cluster)
    assert swapped.code == 0, swapped.said
    await _only_the_second_is_seen(cluster)

    for service in services:
        service.stop()
    await cluster.wipe()
    for record in compacted.values():
        await cluster.send_raw(ARTICLES_PARSED, record.value, list(record.headers), key=record.key)
    cluster.start("indexer")
    await caught_up(cluster)
    await _only_the_second_is_seen(cluster)


async def _only_the_second_is_seen(cluster: Cluster) -> None:
    assert {one: doc["version"] for one, doc in (await cluster.articles()).items()} == {
        parsed(2).key: version_of(parsed(2, minute=5))
    }
    async with cluster.client() as client:
        stub = await client.get(index="articles-write", id=article_id("https://contoh.id/baca/1"))
    assert stub["_source"]["status"] == "removed"
    assert stub["_version"] == version_of(removed(1, minute=6))


def version_of(outgoing: Outgoing) -> int:
    version: int = outgoing.event.version  # type: ignore[attr-defined]
    return version


async def test_a_killed_reindex_goes_on_when_run_again(cluster: Cluster) -> None:
    await cluster.publish(
        [parsed(number, body=("Isi berita yang panjang. " * 20,)) for number in range(ARTICLES_THERE)]
    )
    indexer = cluster.start("indexer")
    await until(lambda: _indexed(cluster, FIRST, ARTICLES_THERE), why=lambda: indexer.text()[-2000:])
    running = cluster.start("reindex", "--no-swap")
    await until(lambda: _indexed(cluster, ARTICLES_STANDBY, 1), every=0.05, why=running.text)
    running.kill()
    assert not await _indexed(cluster, ARTICLES_STANDBY, ARTICLES_THERE), "it was too quick to be killed half-way"
    assert len(await cluster.articles()) == ARTICLES_THERE
    await cluster.publish([parsed(7, minute=1)])

    again = await reindex(cluster)
    assert again.code == 0, again.said
    assert f"going on with {SECOND}" in again.said
    await caught_up(cluster)
    assert len(await rows(cluster, SECOND)) == ARTICLES_THERE
    assert await rows(cluster, SECOND) == await rows(cluster, FIRST)
    assert indexer.stop() == 0


async def _indexed(cluster: Cluster, index: str, wanted: int) -> bool:
    async with cluster.client() as client:
        if not await client.indices.exists_alias(name=index) and not await client.indices.exists(index=index):
            return False
        await client.indices.refresh(index=index)
        return int((await client.count(index=index))["count"]) >= wanted
