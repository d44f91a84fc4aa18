"""How long a list takes beside one `more_like_this`, as the index grows, and ranking by itself."""

import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import numpy as np
from elasticsearch import AsyncElasticsearch
from elasticsearch.helpers import async_bulk

from bench._growth import SPAN, blended
from bench._peer_search import Similar
from bench._versus import row, verdict
from operations.evaluate.documents import source
from operations.evaluate.labels import LabelledArticle
from operations.evaluate.scratch import scratch_index
from services.recommender.candidates import MOST
from services.recommender.lists import compute_list, gather
from services.recommender.recommend import recommend
from services.recommender.sample import Sample
from shared.articles import article_id
from shared.documents import ArticleDocument

SIZES = tuple(int(one) for one in os.environ.get("BENCH_RECOMMEND_SIZES", "10000,100000").split(","))
LISTS = int(os.environ.get("BENCH_RECOMMEND_LISTS", "300"))
PARENTS = 3000
END = datetime(2026, 10, 1, tzinfo=UTC)
PEER = Similar(fields=("title", "body"), terms=25, least_frequency=2, should_match="30%")
SHOWN = ["title", "url", "site", "published_at", "teaser"]
WARM = 30
ENOUGH = 180
ALLOWED, ALLOWED_GROWTH, ALLOWED_RANKING_MS = 1.2, 1.5, 2.0
Report = Callable[[str], None]
Row = dict[str, object]


async def speed(client: AsyncElasticsearch, articles: Sequence[LabelledArticle], report: Report) -> list[Row]:
    """Rows for each size of the index; raises the client's errors."""
    parents = [
        msgspec.json.decode(source(one, END), type=ArticleDocument)
        for one in articles[:: max(1, len(articles) // PARENTS)]
    ]
    found: list[Row] = []
    p99s: list[float] = []
    async with scratch_index(client) as index:
        there = 0
        for size in SIZES:
            await _grow(client, index, parents, range(there, size), report)
            there = size
            rows, p99 = await _beside(client, index, size, report)
            found += rows
            p99s.append(p99)
        grown = p99s[-1] / p99s[0]
        said = verdict(f"≤ {ALLOWED_GROWTH:g}", good=grown <= ALLOWED_GROWTH)
        found.append(row(f"{SIZES[0]:,} to {SIZES[-1]:,}", "list", "p99 grows ×", grown, verdict=said))
        found.append(await _pure(client, index, report))
    return found


async def _grow(
    client: AsyncElasticsearch, index: str, parents: Sequence[ArticleDocument], numbers: range, report: Report
) -> None:
    done = 0
    for at in range(numbers.start, numbers.stop, 5000):
        part = range(at, min(at + 5000, numbers.stop))
        actions = ({"_index": index, "_id": one.article_id, "_source": msgspec.to_builtins(one)}
                   for one in blended(parents, part, end=END))  # fmt: skip
        await async_bulk(client, actions, chunk_size=200, max_retries=60, initial_backoff=1, max_backoff=5)
        done += len(part)
        report(f"{done:,} of {len(numbers):,} articles more")
    await client.options(request_timeout=3600).indices.forcemerge(index=index, max_num_segments=5)
    await client.indices.refresh(index=index)


async def _beside(client: AsyncElasticsearch, index: str, size: int, report: Report) -> tuple[list[Row], float]:
    draw = Random(size)
    sample = Sample(client, index=index)

    async def peer(id_: str, now: datetime) -> None:
        query = PEER.query(index, id_, now=now)
        await client.search(index=index, query=query, size=10, source_includes=SHOWN, track_total_hits=False)

    async def ours(id_: str, now: datetime) -> None:
        await compute_list(client, id_, now=now, index=index, sample=sample)

    works: list[tuple[str, Callable[[str, datetime], Awaitable[None]]]] = [("more_like_this", peer), ("list", ours)]
    took: dict[str, list[float]] = {name: [] for name, _ in works}
    for number in range(WARM + LISTS):
        id_ = article_id(f"https://contoh.id/baca/{draw.randrange(size)}")
        now = END - draw.random() * SPAN / 10
        for name, work in draw.sample(works, len(works)):
            began = time.perf_counter()
            await work(id_, now)
            if number >= WARM:
                took[name].append(1000 * (time.perf_counter() - began))
        report(f"{number + 1} lists in an index of {size:,}")
    at = {name: np.quantile(values, [0.5, 0.99]).tolist() for name, values in took.items()}
    ratio = at["list"][1] / at["more_like_this"][1]
    said = verdict(f"≤ {ALLOWED:g} × more_like_this", good=ratio <= ALLOWED)
    part, asked = f"{size:,}", {"more_like_this": str(PEER)}
    rows = [row(part, name, "p50 ms", at[name][0], settings=asked.get(name, "")) for name in at]
    rows.append(row(part, "more_like_this", "p99 ms", at["more_like_this"][1], settings=str(PEER)))
    rows.append(row(part, "list", "p99 ms", at["list"][1], versus=ratio, verdict=said))
    return rows, at["list"][1]


async def _pure(client: AsyncElasticsearch, index: str, report: Report) -> Row:
    """The fastest of some runs of each of some rankings of as many candidates as a list has; their median."""
    sample, best = Sample(client, index=index), []
    for number in range(40):
        now = END - timedelta(minutes=number)
        material = await gather(client, article_id(f"https://contoh.id/baca/{number}"), now=now, index=index,
                                sample=sample)  # fmt: skip
        if material is None or len(material.candidates) < ENOUGH:
            continue
        runs = []
        for _ in range(7):
            began = time.perf_counter()
            recommend(material.article, material.candidates, now=now, statistics=material.statistics)
            runs.append(1000 * (time.perf_counter() - began))
        best.append(min(runs))
        report(f"{len(best)} rankings timed")
    took = float(np.median(best))
    said = verdict(f"< {ALLOWED_RANKING_MS:g} ms", good=took < ALLOWED_RANKING_MS)
    return row(f"{ENOUGH} to {MOST}", "ranking", "ms", took, verdict=said)
