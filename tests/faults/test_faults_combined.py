"""Faults at once: what each alone is survived by may be another's undoing."""

import asyncio

import pytest

from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed
from tests.support.faults import ANYWHERE, QUICK_REQUESTS, freeze_search, frozen, kill_search, restart_broker, storm

pytestmark = pytest.mark.timeout(1200)


async def test_kills_in_an_outage_and_a_broker_restart_in_a_rebalance(
    cluster: Cluster, world: World, seed: int
) -> None:
    async def faults(run: Run) -> None:
        with frozen(cluster.stack):
            for name in ("indexer", "recommender", "indexer"):
                await run.moment(1, 4)
                run.say(f"kill -9 {name} while elasticsearch is frozen")
                await run.keeper.crash(name)
            await run.moment(1, 6)
        await asyncio.gather(storm(run, visits=1), restart_broker(run))

    await disturbed(world, cluster, seed, faults, QUICK_REQUESTS)


@pytest.mark.faults_long
async def test_any_two_or_three_at_once(cluster: Cluster, world: World, seed: int) -> None:
    async def faults(run: Run) -> None:
        chosen = run.rng.sample(ANYWHERE, run.rng.choice((2, 3)))
        if {kill_search, freeze_search} <= set(chosen):
            chosen.remove(freeze_search)
        run.say("together: " + ", ".join(str(getattr(fault, "__name__", fault)) for fault in chosen))
        await asyncio.gather(*(fault(run) for fault in chosen))

    await disturbed(world, cluster, seed, faults, QUICK_REQUESTS)
