"""Lists beside what a user would pick instead, on labelled sets, and how long a list takes as the index grows.

Peers choose their settings on the earlier queries of each set; all are judged by the later ones, ours with one set of
weights everywhere. `ours/it` is our mean over the peer's, with its 95 % interval. BENCH_RECOMMEND_QUERIES says how many
queries a set is thinned out to, BENCH_RECOMMEND_SIZES the sizes of the index, BENCH_RECOMMEND_LISTS how many lists are
timed in each. `reuters-single` is `reuters` with one of each article's copies. The sets are made of the corpora in
WARTA_SHARED_DATA.
"""

import asyncio
import os
import tempfile
from pathlib import Path

from bench._ranking_sets import Contest, Target, rows
from bench._ranking_speed import speed
from bench._without_copies import without_copies
from cli.evaluation import Progress
from operations.evaluate.sets import load_set
from operations.workers import processes
from shared import search
from shared.settings import ElasticsearchSettings
from stack import Stack

QUERIES = int(os.environ.get("BENCH_RECOMMEND_QUERIES", "1000"))
SINGLE = "reuters-single"  # copies of an article are on no list of ours, and count as missed where they are labelled
TARGETS = {
    "reuters": Target(metric="ndcg@10", margin=1.08),
    SINGLE: Target(metric="ndcg@10", margin=1.08),
    "reuters-fresh": Target(metric="ndcg@10", margin=1.08),
    "basil": Target(metric="map", least=0.995),
}


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """A row for each system and set, and for each size of the index."""
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder:
        stack = Stack(Path(folder), report=progress.say, owner=os.getpid())
        stack.up(kafka=False)
        try:
            return asyncio.run(_run(stack.elasticsearch_url, progress, 200 if quick else QUERIES))
        finally:
            stack.down()


async def _run(url: str, progress: Progress, most: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    async with search.client(ElasticsearchSettings(url=url, timeout_seconds=300)) as client:
        for name, target in TARGETS.items():
            progress.say(name)
            labelled = without_copies(load_set("reuters")) if name == SINGLE else load_set(name)
            contest = Contest(labelled, metric=target.metric, most=most, report=progress.show)
            with processes(os.cpu_count() or 1) as pool:
                ours = await contest.ours(client, pool)
            peers = [*contest.texts(), *await contest.searches(client)]
            found += rows(name, target, ours, peers)
        found += await speed(client, load_set("reuters").articles, progress.show)
    progress.end()
    return found
