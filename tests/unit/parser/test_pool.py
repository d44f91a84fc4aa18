import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from services.parser.pool import ParserPool, PoolSettings
from shared.errors import DeadLetter, Skip, WartaError
from shared.events import PageFetched

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = PoolSettings(
    workers=2,
    deadline_seconds=1.0,
    memory_limit_bytes=200 * 1024 * 1024,
    parse="tests.unit.parser.hostile_parsers:parse",
)


def page(trick: str, body: bytes = b"x") -> PageFetched:
    url = f"https://example.org/{trick}"
    return PageFetched(url=url, fetched_at=datetime(2024, 10, 8, tzinfo=UTC), content_type="text/html", body=body)


@contextlib.asynccontextmanager
async def running(settings: PoolSettings = HOSTILE) -> AsyncIterator[ParserPool]:
    pool = ParserPool(settings)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


async def test_good_pages_and_the_parsers_own_verdicts_pass_through() -> None:
    async with running() as pool:
        big = b"y" * (4 * 1024 * 1024)
        parsed = await asyncio.gather(*(pool.parse(page(f"good-{number}", big)) for number in range(5)))
        assert [one.article.title for one in parsed] == [f"good-{number}" for number in range(5)]
        assert all(one.article.body == (str(len(big)),) for one in parsed)
        with pytest.raises(Skip) as skip:
            await pool.parse(page("skip"))
        assert (skip.value.reason, skip.value.detail, skip.value.canonical_url) == (
            "not_canonical", "elsewhere", "https://example.org/else",
        )  # fmt: skip
        with pytest.raises(Skip) as skip:
            await pool.parse(page("list"))
        assert skip.value.links == ("https://example.org/a", "https://example.org/b")
        with pytest.raises(DeadLetter, match="undecodable_page: noise"):
            await pool.parse(page("dead"))
        assert (await pool.parse(page("print"))).article.title == "print"
        assert pool.replaced == 0


@pytest.mark.parametrize(
    ("trick", "reason"),
    [
        ("hang", "parser_timed_out"),
        ("spin", "parser_timed_out"),
        ("exit", "parser_crashed"),
        ("segfault", "parser_crashed"),
        ("bloat", "parser_out_of_memory"),
    ],
)
async def test_a_hostile_page_costs_its_worker_and_nothing_else(trick: str, reason: str) -> None:
    # Only what never ends is to meet the deadline: a busy machine may take seconds to fill the memory.
    seconds = HOSTILE.deadline_seconds if reason == "parser_timed_out" else 60.0
    async with running(msgspec.structs.replace(HOSTILE, deadline_seconds=seconds)) as pool:
        bad = asyncio.create_task(pool.parse(page(trick)))
        beats = 0
        good = asyncio.gather(*(pool.parse(page(f"good-{number}")) for number in range(20)))
        while not bad.done():
            await asyncio.sleep(0.01)
            beats += 1
        with pytest.raises(DeadLetter) as dead:
            await bad
        assert dead.value.reason == reason
        assert len(await good) == 20
        assert beats >= 1
        pids = {(await pool.parse(page("pid"))).article.title for _ in range(6)}
        assert pool.replaced == 1
        assert len(pids) == 2, "the lost worker is replaced"


async def test_a_machine_that_stood_still_is_not_the_pages_fault() -> None:
    async with running(msgspec.structs.replace(HOSTILE, workers=1)) as pool:
        pid = int((await pool.parse(page("pid"))).article.title)
        os.kill(pid, signal.SIGSTOP)
        parsing = asyncio.create_task(pool.parse(page("good")))
        await asyncio.sleep(1.5 * HOSTILE.deadline_seconds)
        os.kill(pid, signal.SIGCONT)
        assert (await parsing).article.title == "good"
        assert pool.replaced == 0


async def test_signals_for_the_parent_leave_workers_alone() -> None:
    async with running() as pool:
        pid = int((await pool.parse(page("pid"))).article.title)
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(pid, number)
        await asyncio.gather(*(pool.parse(page("good")) for _ in range(4)))
        assert pool.replaced == 0


async def test_cancelling_a_caller_replaces_the_worker_that_it_leaves() -> None:
    async with running() as pool:
        task = asyncio.create_task(pool.parse(page("hang")))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(await asyncio.gather(*(pool.parse(page("good")) for _ in range(4)))) == 4
        assert pool.replaced == 1


async def test_a_stopped_pool_says_so_and_leaves_no_process() -> None:
    async with running() as pool:
        pid = int((await pool.parse(page("pid"))).article.title)
    with pytest.raises(WartaError, match="isn't running"):
        await pool.parse(page("good"))
    assert not Path(f"/proc/{pid}").exists()


async def test_a_stop_judges_no_page_and_starts_no_worker() -> None:
    async with running() as pool:
        calls = [asyncio.create_task(pool.parse(page("hang"))) for _ in range(5)]
        await asyncio.sleep(0.2)
        await pool.stop()
        async with asyncio.timeout(5):
            ends = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(end) for end in ends] == [WartaError] * 5, "not dead letters, and none left waiting"
        assert pool.replaced == 0


async def test_a_stop_while_a_worker_starts_leaves_no_caller_waiting() -> None:
    async with running() as pool:
        with pytest.raises(DeadLetter):
            await asyncio.gather(*(pool.parse(page("exit")) for _ in range(2)))
        calls = [asyncio.create_task(pool.parse(page("good"))) for _ in range(4)]
        await asyncio.sleep(0)
        await pool.stop()
        async with asyncio.timeout(5):
            ends = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(end, WartaError) and not isinstance(end, DeadLetter) for end in ends)


async def test_a_page_that_cannot_be_handed_over_is_a_dead_letter() -> None:
    async with running() as pool:
        with pytest.raises(DeadLetter, match="processing_failed: OverflowError"):
            await pool.parse(msgspec.structs.replace(page("good"), depth=2**70))
        assert (await pool.parse(page("good"))).article.title == "good"
        assert pool.replaced == 0


async def test_a_parser_that_cannot_be_imported_fails_the_start_with_its_last_words() -> None:
    pool = ParserPool(PoolSettings(workers=1, parse="services.parser.nowhere:parse"))
    with pytest.raises(WartaError, match=r"didn't start: it ended with 1; .*No module named 'services.parser.nowhere'"):
        await pool.start()


def test_workers_die_with_a_killed_parent() -> None:
    code = (
        "import asyncio\n"
        "from services.parser.pool import ParserPool, PoolSettings\n"
        "from tests.unit.parser.test_pool import HOSTILE, page\n"
        "async def main():\n"
        "    pool = ParserPool(HOSTILE)\n"
        "    await pool.start()\n"
        "    print((await pool.parse(page('pid'))).article.title, flush=True)\n"
        "    await pool.parse(page('hang'))\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or ") Z " in Path(f"/proc/{pid}/stat").read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the worker outlived its parent")
