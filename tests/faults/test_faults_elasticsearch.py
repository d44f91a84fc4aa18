"""Elasticsearch killed, frozen, overloaded, and answering wrongly, in mid-stream."""

import asyncio
import os
import signal

import pytest

from stack import Stack
from tests.support.cluster import Cluster
from tests.support.disturbed import Run, World, disturbed
from tests.support.faulty_search import FAULTS, FaultySearch

pytestmark = pytest.mark.timeout(900)
TIMEOUT_SECONDS = 3.0


def pid_of(stack: Stack, name: str) -> int:
    (pid,) = [server.pid for server in stack.status() if server.name == name]
    assert pid
    return pid


async def test_a_node_killed_and_a_node_frozen(cluster: Cluster, world: World, seed: int) -> None:
    async def outage(run: Run) -> None:
        faults = ["kill", "freeze", "freeze"]
        run.rng.shuffle(faults)
        for fault in faults:
            await run.moment(0.5, 3)
            seconds = TIMEOUT_SECONDS * run.rng.uniform(1.2, 2.5)
            run.say(f"{fault} elasticsearch for {seconds:.1f} s")
            if fault == "kill":
                await asyncio.to_thread(cluster.stack.kill, "elasticsearch")
                await asyncio.sleep(seconds)
                await asyncio.to_thread(cluster.stack.restart, "elasticsearch")
            else:
                pid = pid_of(cluster.stack, "elasticsearch")
                os.kill(pid, signal.SIGSTOP)
                try:
                    await asyncio.sleep(seconds)
                finally:
                    os.kill(pid, signal.SIGCONT)
            run.say("elasticsearch is back")

    await disturbed(world, cluster, seed, outage, WARTA_ELASTICSEARCH_TIMEOUT_SECONDS=str(TIMEOUT_SECONDS))


async def test_refusals_torn_lost_and_slow_answers(cluster: Cluster, world: World, seed: int) -> None:
    with FaultySearch(cluster.elasticsearch.url, seed=seed, slow_seconds=TIMEOUT_SECONDS * 1.5) as proxy:

        async def faults(run: Run) -> None:
            for kind in run.rng.sample(FAULTS, len(FAULTS)):
                run.say(f"half of the answers are {kind}")
                proxy.fail(0.5, kind)
                await run.moment(1, 3)
            run.say("a third of the answers are wrong in any way")
            proxy.fail(0.3)
            await run.moment(4, 8)
            proxy.heal()

        await disturbed(
            world, cluster, seed, faults, WARTA_ELASTICSEARCH_URL=proxy.url,
            WARTA_ELASTICSEARCH_TIMEOUT_SECONDS=str(TIMEOUT_SECONDS),
        )  # fmt: skip
    assert {"429", "503", "torn", "lost_answer"} <= set(proxy.injected)
