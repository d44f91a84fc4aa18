"""The seed: a real page as text, through `warta import` and all services, to its related list."""

import asyncio
import html
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.articles import article_id
from shared.urls import canonical_url
from tests.support.cluster import ROOT, Cluster, until
from tests.support.shared_data import corpus_id, shared_data

FETCHED_AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
URL = "https://dunia.tempo.co/read/1881655/korea-utara-dan-rusia-makin-akrab"
SEED = "seed/000_7fce7a6306edd035.txt"
TOPICS = ("Rusia", "Korea Utara", "PBB", "Israel", "Iran")
SHARES = re.compile(r"\b(Rusia|Korea Utara|Korut|PBB|Israel|Iran)\b", re.IGNORECASE)


def warta(cluster: Cluster, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *command],
        cwd=ROOT, env=cluster.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def page(title: str, text: str, published_at: datetime) -> str:
    """A small news page around a title and a text."""
    return (
        f"<html lang=id><head><title>{html.escape(title)}</title><meta property='og:type' content='article'>"
        f"<meta property='article:published_time' content='{published_at.isoformat()}'></head><body><article>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p></article></body></html>"
    )


def editor_of(seed: Path) -> str:
    """The first line of text after the one that says Editor."""
    lines = [line.strip() for line in seed.read_text().splitlines() if line.strip()]
    return lines[lines.index("Editor") + 1]


def write_pages(folder: Path, pages: list[tuple[str, str, str, datetime]]) -> Path:
    """Pages as files with their manifest: (url, title, text, published_at) each."""
    folder.mkdir()
    manifest = folder / "pages.jsonl"
    with manifest.open("wb") as lines:
        for number, (url, title, text, published_at) in enumerate(pages):
            (folder / f"{number}.html").write_text(page(title, text, published_at))
            entry = {"path": f"{number}.html", "url": url, "content_type": "text/html; charset=utf-8",
                     "fetched_at": FETCHED_AT}  # fmt: skip
            lines.write(msgspec.json.encode(entry) + b"\n")
    return manifest


def background(*, sharing: bool, count: int) -> list[tuple[str, str, str, datetime]]:
    """Other articles of the two weeks before the fetch; with or without the seed's topics at their beginning."""
    found = []
    for number, entry in enumerate(corpus_id()):
        text = entry["body"][:1500]
        if bool(SHARES.search(entry["title"] + " " + text[:300])) == sharing:
            published_at = FETCHED_AT - timedelta(minutes=97 * (number % 208) + 5)
            found.append((entry["url"], entry["title"], text, published_at))
    return found[:count]


async def imported(cluster: Cluster, count: int) -> dict[str, dict[str, Any]]:
    services = [cluster.start(name) for name in ("parser", "indexer", "recommender")]

    async def there() -> bool:
        return len(await cluster.articles()) >= count

    await until(there, seconds=180, every=1, why=lambda: "\n".join(service.text()[-2000:] for service in services))
    return await cluster.articles()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("rivals", [0, 20])
async def test_the_seed_and_its_list(cluster: Cluster, rivals: int) -> None:
    seed = shared_data(SEED)
    page_options = ("--content-type", "text/plain", "--url", URL, "--fetched-at", FETCHED_AT.isoformat())
    parsed = msgspec.json.decode(await asyncio.to_thread(warta, cluster, "parse", str(seed), *page_options))
    items = [
        (f"https://www.tempo.co/read/{n}", item["title"], item["teaser"], datetime.fromisoformat(item["published_at"]))
        for n, item in enumerate(parsed["related"])
    ]
    assert len(items) == 10
    others = [*background(sharing=False, count=220), *background(sharing=True, count=rivals)]
    manifest = write_pages(cluster.folder / "pages", [*items, *others])
    await asyncio.to_thread(warta, cluster, "import", str(seed), *page_options)
    await asyncio.to_thread(warta, cluster, "import", "--manifest", str(manifest))
    articles = await imported(cluster, len(items) + len(others) + 1)

    document = articles[article_id(canonical_url(URL))]
    assert document["title"] == parsed["title"]
    assert document["editors"] == parsed["editors"] == [editor_of(seed)]
    assert document["dateline"] == "TEMPO.CO, Jakarta"
    assert document["body"] == parsed["body"]
    assert document["publisher_related"] == parsed["related"]
    assert not {"published_at", "section", "authors", "topics", "access"} & set(document), "nothing is invented"

    answer = await asyncio.to_thread(warta, cluster, "related", URL, "--now", FETCHED_AT.isoformat(), "--json")
    chosen = msgspec.json.decode(answer)["items"]
    publishers = {article_id(canonical_url(url)) for url, *_ in items}
    assert len(chosen) == 10
    hits = [item for item in chosen if item["article_id"] in publishers]
    if not rivals:
        assert len(hits) >= 9, [item["title"] for item in chosen]
    for intruder in (item for item in chosen if item["article_id"] not in publishers):
        assert rivals, intruder["title"]
        assert any(topic.lower() in intruder["reason"]["id"].lower() for topic in TOPICS), intruder["reason"]
