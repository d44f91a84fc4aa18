"""`warta remove` on the real servers: what is taken down stays down; what is only gone may come back."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.events import ArticleParsed
from shared.removals import LAST_VERSION
from shared.topics import ARTICLES_PARSED
from tests.support.cluster import ROOT, Cluster, until


def parsed(number: int, *, hours: int, title: str = "Judul") -> Outgoing:
    url = f"https://contoh.id/baca/{number}"
    article = Article(title=title, canonical_url=url, site="contoh.id", body=("Isi berita.",))
    fetched_at = utcnow() + timedelta(hours=hours)
    event = ArticleParsed(
        article_id=article_id(url), version=article_version(fetched_at), url=url, fetched_at=fetched_at,
        parsed_at=fetched_at, content_hash=content_hash(article), article=article,
    )  # fmt: skip
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event)


def remove(cluster: Cluster, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", "remove", *arguments], cwd=ROOT, env=cluster.environment, input=answer, text=True,
        capture_output=True, check=False,
    )  # fmt: skip


async def caught_up(cluster: Cluster) -> bool:
    return sum((await cluster.progress()).lags["indexer"].values()) == 0


async def stored(cluster: Cluster, number: int) -> dict[str, Any]:
    async with cluster.client() as client:
        found = await client.get(index="articles-write", id=article_id(f"https://contoh.id/baca/{number}"))
    return dict(found["_source"])


async def test_a_takedown_is_for_good_and_any_other_removal_until_the_next_fetch(cluster: Cluster) -> None:
    await cluster.publish([parsed(1, hours=-2), parsed(2, hours=-2), parsed(3, hours=-2)])
    service = cluster.start("indexer")
    await until(lambda: caught_up(cluster), why=service.text)
    refused = remove(cluster, "https://contoh.id/baca/1", answer="n\n")
    assert refused.returncode == 1
    taken_down = remove(cluster, "https://contoh.id/baca/1#atas", answer="y\n")
    assert taken_down.returncode == 0, taken_down.stderr
    assert "gone from Kafka by" in taken_down.stdout
    gone = remove(cluster, "https://contoh.id/baca/2", "--reason", "gone")
    assert gone.returncode == 0, gone.stderr
    await until(lambda: caught_up(cluster), why=service.text)
    assert {one["url"] for one in (await cluster.articles()).values()} == {"https://contoh.id/baca/3"}
    await cluster.publish(parsed(number, hours=1, title="Diambil lagi") for number in (1, 2, 3))
    await until(lambda: caught_up(cluster), why=service.text)
    assert {one["url"]: one["title"] for one in (await cluster.articles()).values()} == {
        "https://contoh.id/baca/2": "Diambil lagi", "https://contoh.id/baca/3": "Diambil lagi",
    }  # fmt: skip
    stub = await stored(cluster, 1)
    assert (stub["status"], stub["removed_because"], stub["version"]) == ("removed", "takedown", LAST_VERSION)
    assert "body" not in stub
    assert "title" not in stub
    # The topic ends with the removal too: a new index is filled from it.
    last = [one.event for one in await cluster.events(ARTICLES_PARSED) if one.event.url == "https://contoh.id/baca/1"]
    assert last[-1].version == LAST_VERSION
    assert service.stop() == 0
