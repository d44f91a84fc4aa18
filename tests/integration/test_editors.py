"""Editors decide last: commands, the topic, the index and the lists on the real servers."""

import subprocess
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import structs

from operations.audit import audit
from operations.checksum import verify_lists
from services.recommender.decisions import last
from services.recommender.lists import compute_list
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.documents import DECISIONS_READ, RELATED_READ
from shared.events import EVERYWHERE, ArticleParsed, RelatedComputed, RelatedDecided
from shared.topics import ARTICLES_PARSED, ARTICLES_RELATED, RELATED_DECISIONS
from tests.support.cluster import Cluster, Service, until
from tests.support.commands import json_lines, warta

TOWNS = ("Sleman", "Bandung", "Ambon", "Manado", "Padang", "Solo")


def parsed(number: int, *, sponsored: bool = False) -> ArticleParsed:
    at = utcnow() - timedelta(hours=1, minutes=number)
    article = Article(
        title=f"Gunung Merapi Terlihat dari {TOWNS[number % len(TOWNS)]}", site="contoh.id", language="id",
        canonical_url=f"https://contoh.id/baca/{number}", published_at=at, sponsored=sponsored,
        body=(f"Asap Gunung Merapi terlihat dari {TOWNS[number % len(TOWNS)]} pada pagi hari, kata BPPTKG.",),
    )  # fmt: skip
    return ArticleParsed(
        article_id=article_id(article.canonical_url), version=article_version(at), url=article.canonical_url,
        fetched_at=at, parsed_at=at, content_hash=content_hash(article), article=article,
    )  # fmt: skip


EVENTS = [parsed(number) for number in range(len(TOWNS))]
PAID = parsed(len(TOWNS), sponsored=True)
IDS = [event.article_id for event in EVENTS]
URLS = [event.url for event in EVENTS]


class Newsroom:
    def __init__(self, cluster: Cluster, client: Any, recommender: Service) -> None:
        self.cluster, self.client, self.recommender = cluster, client, recommender

    async def stored(self, number: int) -> RelatedComputed | None:
        answer = await self.client.options(ignore_status=404).get(index=RELATED_READ, id=IDS[number])
        return msgspec.convert(answer["_source"], RelatedComputed) if answer.get("found") else None

    async def until_shown(self, number: int, *, first: str | None = None, without: str = "", count: int) -> None:
        """Wait for the stored list, and see that the topic and a computation now say the same."""

        async def shown() -> bool:
            found = await self.stored(number)
            ids = [item.article_id for item in found.items] if found else []
            return len(ids) == count and (first is None or ids[0] == first) and without not in ids

        await until(shown, why=lambda: self.recommender.text()[-3000:])
        found = await self.stored(number)
        told = [one.event for one in await self.cluster.events(ARTICLES_RELATED) if one.event.article_id == IDS[number]]
        assert found
        assert told[-1].items == found.items or told[-1].content_hash == found.content_hash
        computed = await compute_list(self.client, IDS[number], now=utcnow())
        assert computed
        assert computed.content_hash == found.content_hash

    async def decisions(self) -> dict[str, RelatedDecided]:
        """Each pair's last record in the topic: what compaction leaves."""
        return {one.event.key: one.event for one in await self.cluster.events(RELATED_DECISIONS)}


async def test_editors_decide_last(cluster: Cluster) -> None:
    cluster.start("indexer")
    recommender = cluster.start("recommender")
    outgoing = [Outgoing(topic=ARTICLES_PARSED, key=one.article_id, event=one) for one in (*EVENTS, PAID)]
    await cluster.publish(outgoing)
    async with cluster.client() as client:
        room = Newsroom(cluster, client, recommender)
        others = len(TOWNS) - 1

        async def at_rest() -> bool:
            report = await verify_lists(client, now=utcnow())
            return report.clean and report.equal == len(TOWNS) + 1

        await until(at_rest, seconds=120, why=lambda: recommender.text()[-3000:])
        await room.until_shown(0, without=PAID.article_id, count=others)

        said = await warta(cluster, "related", "pin", URLS[0], URLS[3], "--by", "desk", "--why", "latar belakang")
        assert f"pinned {IDS[3]} on the list of {IDS[0]} at place 1".encode() in said.stdout
        await room.until_shown(0, first=IDS[3], count=others)
        stored = await room.stored(0)
        assert stored
        assert stored.items[0].reason["id"].startswith("pilihan redaksi · ")

        block = await warta(cluster, "related", "block", IDS[3], "--for", "6h")
        assert b"blocked" in block.stdout
        for number in (0, 1):
            await room.until_shown(number, without=IDS[3], count=others - 1)
        assert b"a block wins" in (await warta(cluster, "related", "pin", URLS[1], URLS[3])).stderr
        listed = await json_lines(cluster, "related", "decisions", IDS[0])
        assert [(one["decision"], one["article_id"]) for one in listed] == [("block", EVERYWHERE), ("pin", IDS[0])]

        old = await last(client, f"{EVERYWHERE}|{IDS[3]}")
        assert old
        await warta(cluster, "related", "release", URLS[3])
        await room.until_shown(0, first=IDS[3], count=others)
        await warta(cluster, "related", "release", URLS[0], URLS[3])
        await warta(cluster, "related", "pin", URLS[0], PAID.url)
        await room.until_shown(0, first=PAID.article_id, count=others + 1)

        late = structs.replace(old, why="delivered late")
        await cluster.publish([Outgoing(topic=RELATED_DECISIONS, key=late.key, event=late)] * 2)

        async def settled() -> bool:
            progress = await cluster.progress()
            return progress.lag == 0 and (await room.decisions())[late.key].decision == "release"

        await until(settled, why=lambda: recommender.text()[-3000:])
        kept = {hit["_id"]: hit["_source"] for hit in (await client.search(index=DECISIONS_READ))["hits"]["hits"]}
        topic = await room.decisions()
        assert {key: msgspec.convert(source, RelatedDecided) for key, source in kept.items()} == topic
        await room.until_shown(1, first=IDS[3], count=others)
        report = await audit(cluster.kafka, cluster.elasticsearch, report=lambda _line: None)
        assert report.clean, report.unexplained
        stage = next(stage for stage in report.stages if stage.name == "decisions")
        assert set(stage.classes) == {"kept"}
        assert stage.messages >= len(topic) + 3
        assert recommender.stop() == 0


async def test_a_decision_on_what_is_not_there_is_refused(cluster: Cluster) -> None:
    unknown, other = "https://contoh.id/tak-ada", "https://contoh.id/lain"
    refused: subprocess.CompletedProcess[bytes] = await warta(cluster, "related", "pin", unknown, other, code=1)
    assert b"no article" in refused.stderr
    assert b"--force" in refused.stderr
    assert b"nothing is decided" in (await warta(cluster, "related", "release", unknown, code=1)).stderr
    assert b"two" in (await warta(cluster, "related", "block", unknown, unknown, code=2)).stderr
    assert b"nothing is decided" in (await warta(cluster, "related", "list")).stdout
    await warta(cluster, "related", "block", unknown, "--force")
    (sent,) = await cluster.events(RELATED_DECISIONS)
    assert (sent.event.article_id, sent.event.item_id) == (EVERYWHERE, article_id(unknown))
    assert b"no article" in (await warta(cluster, "related", unknown, code=1)).stderr

    assert await json_lines(cluster, "related", "decisions") == [], "nobody has read the topic"
    for _ in range(2):
        assert b"decided pairs: 1" in (await warta(cluster, "related", "restore")).stdout
    (kept,) = await json_lines(cluster, "related", "decisions")
    assert msgspec.convert(kept, RelatedDecided) == sent.event
    report = await audit(cluster.kafka, cluster.elasticsearch, report=lambda _line: None)
    assert report.clean, "it is pending: the recommender hasn't run"
