"""What can happen to a run: each is a coroutine that is given it and is over when what it broke is whole again."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from cli.supervise import SERVICES
from stack import Stack
from tests.support.disturbed import Faults, Run
from tests.support.keeper import Worker

MOST_EXTRA = 4
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


async def storm(run: Run, *, changes: int = 14) -> None:
    """Every second or two a worker joins, or leaves by SIGTERM or kill -9; at last all extra ones leave."""
    extra: list[Worker] = []
    leaving: list[asyncio.Task[int]] = []
    for _ in range(changes):
        await run.moment(0.7, 2)
        if len(extra) < MOST_EXTRA and (not extra or run.rng.random() < 0.55):
            name = run.rng.choice(SERVICES)
            run.say(f"another {name} joins")
            extra.append(run.keeper.start(name, extra=True))
            continue
        worker = extra.pop(run.rng.randrange(len(extra)))
        if run.rng.random() < 0.5:
            run.say(f"a {worker.name} is killed")
            run.keeper.kill(worker)
        else:
            run.say(f"a {worker.name} is told to stop")
            leaving.append(asyncio.create_task(run.keeper.stop(worker)))
    leaving += [asyncio.create_task(run.keeper.stop(worker)) for worker in extra]
    await asyncio.gather(*leaving)


ANYWHERE: tuple[Faults, ...] = (kill_services, stop_services, restart_broker, kill_search, freeze_search, storm)
"""Those that any run on the session's own servers can have, together too (but for the two of Elasticsearch)."""
