"""Elasticsearch killed, frozen, overloaded, and answering wrongly, in mid-stream."""

import pytest

from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed
from tests.support.faults import QUICK_REQUESTS, REQUEST_SECONDS, freeze_search, kill_search
from tests.support.faulty_search import FAULTS, FaultySearch

pytestmark = pytest.mark.timeout(1200)


async def test_a_node_killed_and_a_node_frozen(cluster: Cluster, world: World, seed: int) -> None:
    async def outages(run: Run) -> None:
        for fault in run.rng.sample((kill_search, freeze_search, freeze_search), 3):
            await fault(run)

    await disturbed(world, cluster, seed, outages, QUICK_REQUESTS)


async def test_refusals_torn_lost_and_slow_answers(cluster: Cluster, world: World, seed: int) -> None:
    with FaultySearch(cluster.elasticsearch.url, seed=seed, slow_seconds=REQUEST_SECONDS * 1.5) as proxy:

        async def faults(run: Run) -> None:
            for kind in run.rng.sample(FAULTS, len(FAULTS)):
                run.say(f"half of the answers are {kind}")
                proxy.fail(0.5, kind)
                await run.moment(1, 3)
            run.say("a third of the answers are wrong in any way")
            proxy.fail(0.3)
            await run.moment(4, 8)
            proxy.heal()

        await disturbed(world, cluster, seed, faults, {**QUICK_REQUESTS, "WARTA_ELASTICSEARCH_URL": proxy.url})
    assert {"429", "503", "torn", "lost_answer"} <= set(proxy.injected)
