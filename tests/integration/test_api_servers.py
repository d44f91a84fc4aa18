"""The API's process on a real Elasticsearch and Kafka, beside the recommender's writer."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.indexer.document import document, stub
from services.recommender.lists import compute_list
from services.recommender.writer import ListWriter
from shared import codec
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.codec import Envelope
from shared.delivery import Outgoing
from shared.documents import ARTICLES_WRITE, RELATED_READ, RELATED_WRITE
from shared.events import ArticleParsed, ArticleRemoved, RelatedComputed, RelatedRequested
from shared.topics import ARTICLES_RELATED, RELATED_REQUESTS
from tests.support.api import conform
from tests.support.cluster import ROOT, Cluster, Service, until

KEY = "sebuah-kunci-yang-panjang"
NAMES = ("Gunung Merapi", "Kabupaten Sleman", "Gunung Semeru", "Kota Malang")


def story(number: int, at: datetime) -> Article:
    mountain, town = NAMES[number % 4 // 2 * 2], NAMES[number % 4 // 2 * 2 + 1]
    return Article(
        title=f"{mountain} Meletus, Warga {town} Mengungsi ke Posko {number}",
        canonical_url=f"https://contoh{number % 3}.id/baca/{number}", site=f"contoh{number % 3}.id", language="id",
        body=(f"{mountain} meletus. Abu turun di {town}, kata relawan nomor {number} di posko.",),
        published_at=at - timedelta(hours=number),
    )  # fmt: skip


class Served:
    """Articles in the index, the API's process, and a client of it."""

    def __init__(self, cluster: Cluster, service: Service, client: httpx.AsyncClient, elastic: Any) -> None:
        self.cluster = cluster
        self.service = service
        self.client = client
        self.elastic = elastic
        self.now = utcnow()
        self.stories = [story(number, self.now) for number in range(16)]
        self.ids = [article_id(one.canonical_url) for one in self.stories]
        self.described: dict[str, Any] = {}

    async def fill(self) -> None:
        self.described = (await self.client.get("/openapi.json")).json()
        operations: list[dict[str, Any]] = []
        for one in self.stories:
            parsed = ArticleParsed(
                article_id=article_id(one.canonical_url), version=article_version(self.now), url=one.canonical_url,
                fetched_at=self.now, parsed_at=self.now, content_hash=content_hash(one), article=one,
            )  # fmt: skip
            operations += [
                {"index": {"_index": ARTICLES_WRITE, "_id": parsed.article_id}},
                msgspec.to_builtins(document(parsed, indexed_at=self.now)),
            ]
        await self.elastic.bulk(operations=operations, refresh=True)

    async def write(self, wanted: str, *, valid_for: timedelta = timedelta(minutes=15)) -> None:
        """Store and tell the list of one article as the recommender does."""

        async def tell(computed: RelatedComputed, _cause: Envelope[Any]) -> None:
            await self.cluster.publish([Outgoing(topic=ARTICLES_RELATED, key=wanted, event=computed)])

        lists = ListWriter(self.elastic, tell, size=10, valid_for=valid_for)
        asked = codec.wrap(RelatedRequested(article_id=wanted, because_of=wanted), source="/test", time=utcnow())
        assert await lists.write(asked) == "changed"

    async def remove(self, wanted: str) -> None:
        event = ArticleRemoved(article_id=wanted, version=1, url="https://contoh.id/x", reason="gone")
        body = msgspec.to_builtins(stub(event, indexed_at=utcnow()))
        await self.elastic.index(index=ARTICLES_WRITE, id=wanted, document=body, refresh=True)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.client.get(path, headers=headers)
        conform(self.described, answer)
        return answer

    async def listed(self, path: str) -> RelatedComputed:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=RelatedComputed)


async def address(service: Service, *, earlier: int = 0) -> str:
    """Where it answers; its log may begin with what `earlier` processes said."""

    async def said() -> list[str]:
        return re.findall(r'"url\.full":"([^"]+)"', service.text())[earlier:]

    return str((await until(said, why=service.text))[0])


@pytest.fixture
async def served(cluster: Cluster) -> AsyncIterator[Served]:
    service = cluster.start("api", WARTA_API_PORT="0", WARTA_API_BURST="60", WARTA_API_RATE_PER_SECOND="1")
    async with httpx.AsyncClient(base_url=await address(service)) as client, cluster.client() as elastic:
        served = Served(cluster, service, client, elastic)
        await served.fill()
        yield served


async def test_a_list_is_equal_three_ways_and_kept_fresh(served: Served) -> None:
    wanted = served.ids[0]
    path = f"/articles/{wanted}/related"
    missing = await served.listed(path)
    assert missing.items
    await served.write(wanted)
    answer = await served.get(path)
    (told,) = [one.event for one in await served.cluster.events(ARTICLES_RELATED)]
    record = (await served.cluster.records(ARTICLES_RELATED.name))[0]
    stored = (await served.elastic.get(index=RELATED_READ, id=wanted))["_source"]
    assert msgspec.json.decode(answer.content, type=RelatedComputed) == told
    assert msgspec.convert(stored, RelatedComputed) == told
    assert answer.content == record.value, "not only equal, but the same bytes"
    assert (await served.get(path, **{"If-None-Match": answer.headers["etag"]})).status_code == 304

    past = await served.listed(f"{path}?now={told.computed_at.isoformat().replace('+', '%2B')}")
    assert past == told, "the list of a past time comes out again"
    earlier = (served.now - timedelta(hours=3.5)).isoformat().replace("+", "%2B")
    older = await served.listed(f"/articles/{served.ids[8]}/related?now={earlier}")
    assert older == await compute_list(
        served.elastic, served.ids[8], now=datetime.fromisoformat(earlier.replace("%2B", "+"))
    )
    assert {item.article_id for item in older.items} <= set(served.ids[4:])

    only = await served.listed(f"{path}?site=contoh1.id&size=3&mode=context")
    assert {item.site for item in only.items} == {"contoh1.id"}
    assert (only.size, only.mode) == (3, "context")

    old = msgspec.structs.replace(told, valid_until=told.computed_at)
    await served.elastic.index(index=RELATED_WRITE, id=wanted, document=msgspec.to_builtins(old))
    renewed = await served.listed(path)
    assert renewed.computed_at > told.computed_at
    assert renewed.content_hash == told.content_hash

    async def requests() -> list[RelatedRequested]:
        return [one.event for one in await served.cluster.events(RELATED_REQUESTS)]

    assert await until(requests) == [RelatedRequested(article_id=wanted, because_of="api")], "once in five minutes"


async def test_the_documented_query_stands_in_for_a_list(served: Served) -> None:
    wanted = served.ids[0]
    (block,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs/api.md").read_text("utf-8"), re.DOTALL)
    query = msgspec.json.decode(block.replace("ID", wanted))
    got = await served.elastic.get(index="articles", id=wanted, source_includes="topic_terms")
    terms = got["_source"]["topic_terms"][:12]
    query["query"]["function_score"]["query"]["bool"]["should"] = [{"term": {"topic_terms": term}} for term in terms]
    answer = await served.elastic.search(index="articles", body=query)
    found = [hit["_source"]["article_id"] for hit in answer["hits"]["hits"]]
    same_topic = [served.ids[number] for number in (1, 4, 5, 8, 9, 12, 13)]
    assert found[:7] == same_topic, "newest first among equals"
    assert wanted not in found


async def test_what_is_gone_unknown_wrong_or_too_much(served: Served) -> None:
    gone = served.ids[1]
    assert (await served.get(f"/articles/{gone}")).json()["title"] == served.stories[1].title
    found = await served.get(f"/articles?url={served.stories[1].canonical_url}")
    assert found.json()["article_id"] == gone
    hits = (await served.get("/search?q=semeru&sort=newest&size=3")).json()
    assert hits["total"] == 8
    assert [hit["article_id"] for hit in hits["items"]] == [served.ids[n] for n in (2, 3, 6)]
    await served.remove(gone)
    for suffix in ("", "/related"):
        assert (await served.get(f"/articles/{gone}{suffix}")).status_code == 410
        assert (await served.get(f"/articles/{'0' * 32}{suffix}")).status_code == 404
    tomorrow = (utcnow() + timedelta(days=1)).isoformat().replace("+", "%2B")
    assert (await served.get(f"/articles/{gone}/related?now={tomorrow}")).status_code == 400
    assert (await served.client.post("/search")).status_code == 405
    head = await served.client.head(f"/articles/{served.ids[2]}")
    assert (head.status_code, head.content) == (200, b"")
    await served.elastic.index(index=RELATED_WRITE, id=served.ids[4], document={"article_id": served.ids[4]})
    wrong = await served.get(f"/articles/{served.ids[4]}/related")
    assert wrong.status_code == 500
    assert "Traceback" not in wrong.text
    async with asyncio.timeout(60):
        while (refused := await served.client.get(f"/articles/{gone}")).status_code == 410:
            pass
    conform(served.described, refused)
    assert refused.status_code == 429
    await asyncio.sleep(float(refused.headers["retry-after"]))
    assert (await served.get("/search?q=semeru")).status_code == 200
    assert served.service.stop() == 0
    said = served.service.text()
    assert "semeru" not in said
    assert f'"labels.article_id":"{gone}"' in said


async def test_without_servers_it_answers_503_and_says_why(cluster: Cluster) -> None:
    nowhere = {"WARTA_ELASTICSEARCH_URL": "http://127.0.0.1:9", "WARTA_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}
    away = cluster.start("api", WARTA_API_PORT="0", **nowhere)
    async with httpx.AsyncClient(base_url=await address(away)) as client:
        answer = await client.get(f"/articles/{'0' * 32}/related")
        assert answer.status_code == 503
        assert "Elasticsearch doesn't answer" in answer.json()["detail"]
        assert int(answer.headers["retry-after"]) >= 1
    assert await asyncio.to_thread(away.stop) == 0
    async with cluster.client() as elastic:
        for name in await elastic.indices.get(index="articles-*,related-*"):
            await elastic.indices.delete(index=name)
    empty = cluster.start("api", WARTA_API_PORT="0", WARTA_API_TIMEOUT_SECONDS="1")
    url = await address(empty, earlier=1)
    async with httpx.AsyncClient(base_url=url) as client:
        for path in (f"/articles/{'0' * 32}", f"/articles/{'0' * 32}/related", "/search?q=a"):
            answer = await client.get(path)
            assert answer.status_code == 503, answer.text
            assert "warta bootstrap" in answer.json()["detail"]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
    writer.write(b"GET /search HTTP/1.1\r\nX-Slow: ")
    began = time.monotonic()
    assert await reader.read() == b"", "a request that doesn't arrive is hung up on"
    assert time.monotonic() - began < 30
    writer.close()
    assert await asyncio.to_thread(empty.stop) == 0


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"WARTA_API_HOST": "0.0.0.0"}, "WARTA_API_PUBLIC=true"),
        ({"WARTA_API_KEYS": "pendek"}, "16 plain ASCII characters"),
        ({"WARTA_API_HOST": "203.0.113.7", "WARTA_API_PUBLIC": "true"}, "WARTA_API_PORT"),
    ],
)
def test_what_is_open_by_accident_does_not_start(environment: dict[str, str], said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "cli", "api"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={"PYTHONPATH": str(ROOT), "WARTA_HEALTH_PORT": "0", "WARTA_API_PORT": "0", **environment},
    )  # fmt: skip
    assert ended.returncode == 78
    assert said in ended.stderr
    assert "pendek" not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


async def test_with_keys_only_those_who_have_one_read(cluster: Cluster) -> None:
    service = cluster.start("api", WARTA_API_PORT="0", WARTA_API_HOST="0.0.0.0", WARTA_API_KEYS=KEY)
    port = (await address(service)).rsplit(":", 1)[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get(f"/articles/{'0' * 32}")).status_code == 401
        allowed = await client.get(f"/articles/{'0' * 32}", headers={"X-API-Key": KEY})
        assert allowed.status_code == 404
    assert await asyncio.to_thread(service.stop) == 0
    assert KEY not in service.text()
