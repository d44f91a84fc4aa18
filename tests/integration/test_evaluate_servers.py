"""`warta evaluate` and `warta tune` on a real Elasticsearch: labels in files, and the publishers' own lists."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from operations.evaluate.scratch import PREFIX
from services.indexer.document import document
from shared.articles import Article, RelatedLink, article_id, article_version, content_hash
from shared.documents import ARTICLES_WRITE
from shared.events import ArticleParsed
from tests.support.cluster import ROOT, Cluster, until
from tests.support.commands import warta

T0 = datetime(2024, 6, 1, tzinfo=UTC)
TOPICS = ("gempa Ambon", "banjir Demak", "panen Sleman", "pemilu Padang")
THINGS = (
    "beras", "jalan", "sekolah", "pasar", "listrik", "pajak", "jembatan", "dokter", "guru", "nelayan", "kapal", "kebun",
)  # fmt: skip


def lines(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Articles in turn on four topics, a day apart, and their labels: the earlier ones on the same topic."""
    for number in range(count):
        topic = TOPICS[number % 4]
        article = {
            "id": f"{number}", "title": f"Kabar {topic} hari ke-{number}", "published_at": T0 + timedelta(days=number),
            "body": [f"Warga bicara tentang {topic} pada pekan {number}.", f"Lagi soal {topic}."],
        }  # fmt: skip
        yield article, {"query": f"{number}", "relevant": {f"{n}": 1 for n in range(number % 4, count, 4)}}


def files(folder: Path, count: int) -> list[str]:
    articles, labels = zip(*lines(count), strict=True)
    for name, told in (("a.jsonl", articles), ("l.jsonl", labels[8:])):
        (folder / name).write_bytes(b"\n".join(map(msgspec.json.encode, told)))
    return ["--articles", str(folder / "a.jsonl"), "--labels", str(folder / "l.jsonl"), "--workers", "1"]


async def scratch_indices(cluster: Cluster) -> list[str]:
    async with cluster.client() as client:
        return [name for name in await client.indices.get(index="*") if name.startswith(PREFIX)]


async def test_a_labelled_file_is_scored_and_nothing_is_left(cluster: Cluster, tmp_path: Path) -> None:
    given = files(tmp_path, 40)
    same = tmp_path / "same.json"
    same.write_text("{}")
    sets = ["--weights", "default", "--weights", str(same)]
    done = await warta(cluster, "evaluate", *given, *sets, "--json", "--plot", str(tmp_path / "p.svg"))
    found = msgspec.json.decode(done.stdout)
    assert (found["articles"], found["asked"], found["judged"]) == (40, 32, 32)
    assert set(found["metrics"]) >= {"map", "ndcg@5", "ndcg@10", "recall@10"}
    assert all(low <= found["metrics"][name] <= high for name, (low, high) in found["intervals"].items())
    by_query = {one["query"]: one for one in found["queries"]}
    last = by_query["39"]
    assert (last["now"], last["mode"], last["relevant"]) == ("2024-07-10T00:00:00Z", "context", 9)
    assert set(last["list"][:5]) <= {f"{n}" for n in range(3, 39, 4)}
    assert all(int(item) < int(query) for query, one in by_query.items() for item in one["list"])
    assert len(last["scores"]) == len(last["list"])
    (other,) = found["compared"]
    assert other["metrics"] == found["metrics"]
    assert other["differences"]["map"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert (tmp_path / "p.svg").read_text().startswith("<svg")
    assert await scratch_indices(cluster) == []


async def test_what_is_not_better_is_refused_and_not_written(cluster: Cluster, tmp_path: Path) -> None:
    out = tmp_path / "w.json"
    done = await warta(cluster, "tune", *files(tmp_path, 40), "--out", str(out), "--trials", "2", code=1)
    assert b"better" in done.stderr
    assert not out.exists()
    assert await scratch_indices(cluster) == []


async def test_an_interrupted_evaluation_deletes_its_index(cluster: Cluster, tmp_path: Path) -> None:
    # A run in the background of a script ignores Ctrl-C, and hands that down.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "cli", "evaluate", *files(tmp_path, 4000)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=cluster.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    await until(lambda: scratch_indices(cluster), seconds=60)
    os.kill(process.pid, signal.SIGINT)
    out, said = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, out) == (1, b"")
    assert b"Traceback" not in said
    assert await scratch_indices(cluster) == []


def parsed(number: int, related: tuple[RelatedLink, ...] = ()) -> ArticleParsed:
    topic = TOPICS[number % 4]
    article = Article(
        title=f"Kabar {topic} hari ke-{number}", canonical_url=f"https://contoh.id/{number}", site="contoh.id",
        body=(f"Warga bicara tentang {topic} dan {THINGS[number]}.", f"Soal {THINGS[number]} lagi."),
        published_at=T0 + timedelta(days=number), related=related,
    )  # fmt: skip
    url, fetched = article.canonical_url, T0 + timedelta(days=20)
    return ArticleParsed(
        article_id=article_id(url), version=article_version(fetched), url=url, fetched_at=fetched, parsed_at=fetched,
        content_hash=content_hash(article), article=article,
    )  # fmt: skip


async def test_without_a_file_the_publishers_own_lists_are_the_labels(cluster: Cluster) -> None:
    links = (
        RelatedLink(title="a", url="https://contoh.id/4?utm_source=widget"),
        RelatedLink(title="b", url="https://contoh.id/8"),
        RelatedLink(title="c", url="https://contoh.id/nowhere"),
        RelatedLink(title="d", url="https://contoh.id/1", sponsored=True),
    )
    refused = await warta(cluster, "evaluate", "--json", code=1)
    assert b"--articles and --labels" in refused.stderr
    async with cluster.client() as client:
        for number in range(12):
            one = document(parsed(number, links if number == 0 else ()), indexed_at=T0)
            await client.index(index=ARTICLES_WRITE, id=one.article_id, document=msgspec.to_builtins(one))
        await client.indices.refresh(index=ARTICLES_WRITE)
    found = msgspec.json.decode((await warta(cluster, "evaluate", "--json", "--workers", "1")).stdout)
    assert (found["set"], found["articles"], found["labels"]) == ("live", 12, {"links": 3, "indexed": 2})
    (asked,) = found["queries"]
    assert (asked["query"], asked["now"], asked["relevant"]) == (parsed(0).article_id, "2024-06-21T00:00:00Z", 2)
    assert set(asked["list"][:2]) == {parsed(4).article_id, parsed(8).article_id}
    assert found["metrics"]["map"] == found["metrics"]["ndcg@10"] == 1.0
