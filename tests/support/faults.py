"""What can happen to a run: each is a coroutine that is given it and is over when what it broke is whole again."""

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from cli.supervise import SERVICES
from stack import Stack
from tests.support.disturbed import Faults, Run

REQUEST_SECONDS = 3.0
"""The time-out of requests to Elasticsearch in runs that freeze it."""
QUICK_REQUESTS = {"WARTA_ELASTICSEARCH_TIMEOUT_SECONDS": str(REQUEST_SECONDS)}


async def kill_services(run: Run, *, times: int = 1) -> None:
    """kill -9 of every service, in random order."""
    order = [*SERVICES] * times
    run.rng.shuffle(order)
    for name in order:
        await run.moment(0.2, 2.5)
        run.say(f"kill -9 {name}")
        await run.keeper.crash(name, run.rng.uniform(0, 1))


async def stop_services(run: Run) -> None:
    """SIGTERM to every service in random order; each must end within its own time."""
    order = [*SERVICES]
    run.rng.shuffle(order)
    for name in order:
        await run.moment()
        run.say(f"SIGTERM {name}")
        code = await run.keeper.stop(run.keeper.main(name), patience=run.stop_seconds + 15)
        run.say(f"{name} ended with {code}")
        run.keeper.start(name)


async def restart_broker(run: Run) -> None:
    """kill -9 of the only broker, back at once or after a while."""
    await run.moment(0.5, 4)
    pause = run.rng.choice((0.0, run.rng.uniform(5, 15)))
    run.say(f"kill -9 kafka, back after {pause:.1f} s")
    await asyncio.to_thread(run.cluster.stack.kill, "kafka")
    await asyncio.sleep(pause)
    await asyncio.to_thread(run.cluster.stack.restart, "kafka")
    run.say("kafka is back")


async def kill_search(run: Run) -> None:
    """kill -9 of Elasticsearch, back after longer than a request may take."""
    await run.moment(0.5, 3)
    seconds = REQUEST_SECONDS * run.rng.uniform(1.2, 2.5)
    run.say(f"kill -9 elasticsearch for {seconds:.1f} s")
    await asyncio.to_thread(run.cluster.stack.kill, "elasticsearch")
    await asyncio.sleep(seconds)
    await asyncio.to_thread(run.cluster.stack.restart, "elasticsearch")
    run.say("elasticsearch is back")


async def freeze_search(run: Run) -> None:
    """Elasticsearch frozen for longer than a request may take."""
    await run.moment(0.5, 3)
    with frozen(run.cluster.stack):
        seconds = REQUEST_SECONDS * run.rng.uniform(1.2, 2.5)
        run.say(f"elasticsearch frozen for {seconds:.1f} s")
        await asyncio.sleep(seconds)
    run.say("elasticsearch goes on")


@contextmanager
def frozen(stack: Stack) -> Iterator[None]:
    """SIGSTOP for Elasticsearch until the end of the block."""
    (pid,) = [server.pid for server in stack.status() if server.name == "elasticsearch"]
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def storm(run: Run, *, visitors: int = 3, visits: int = 2) -> None:
    """Further workers of all services come and go, several at once: a rebalance every second or two."""
    await asyncio.gather(*(_visit(run, random.Random(run.rng.random()), visits) for _ in range(visitors)))


async def _visit(run: Run, rng: random.Random, visits: int) -> None:
    for _ in range(visits):
        name = rng.choice(SERVICES)
        worker = run.keeper.start(name, extra=True)
        await run.keeper.up(worker)
        run.say(f"another {name} has joined")
        await asyncio.sleep(rng.uniform(0.5, 4))
        if rng.random() < 0.5:
            run.say(f"it ({name}) is killed")
            run.keeper.kill(worker)
        else:
            run.say(f"it ({name}) is told to stop")
            await run.keeper.stop(worker, patience=run.stop_seconds + 15)


async def stop_while_the_broker_is_away(run: Run) -> None:
    """SIGTERM to every service while Kafka is down: each must end in its time all the same."""
    await run.moment()
    run.say("kill -9 kafka, and SIGTERM to all")
    await asyncio.to_thread(run.cluster.stack.kill, "kafka")
    await run.moment(0, 3)
    workers = [run.keeper.main(name) for name in SERVICES]
    codes = await asyncio.gather(*(run.keeper.stop(one, patience=run.stop_seconds + 15) for one in workers))
    run.say(f"they ended with {codes}")
    for name in SERVICES:
        run.keeper.start(name)
    await asyncio.to_thread(run.cluster.stack.restart, "kafka")


ANYWHERE: tuple[Faults, ...] = (kill_services, stop_services, restart_broker, kill_search, freeze_search, storm)
"""Those that any run on the session's own servers can have, together too (but for the two of Elasticsearch)."""
