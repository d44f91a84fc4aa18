"""A service that refuses its settings is quoted; one that is told to stop is waited for."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from cli.local import unless
from cli.supervise import Child
from tests.support.cluster import until

PATIENT = {"PATH": os.environ["PATH"], "WARTA_LOG_FORMAT": "json"}


def test_a_refusal_is_told_in_the_services_own_words(tmp_path: Path) -> None:
    (tmp_path / "crawler.log").write_bytes(b"warta crawler: of an earlier run\n" + b"\xff" * 20_000 + b"\n")
    child = Child("crawler", {**PATIENT, "WARTA_CRAWLER_DELAY_SECONDS": "soon"}, tmp_path)
    assert child.refused is None
    child.start()
    assert child.wait(60) == 78
    assert child.refused is not None
    assert child.refused.startswith("crawler refuses its settings: wrong settings:\n  WARTA_CRAWLER_DELAY_SECONDS: ")
    assert "earlier" not in child.refused
    child.log.write_text("")
    assert str(child.log) in child.refused


async def test_a_process_that_answers_no_more_is_killed_and_started_again(tmp_path: Path) -> None:
    nobody = {"WARTA_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "WARTA_HEALTH_PORT": "0"}
    child = Child("crawler", {**PATIENT, **nobody}, tmp_path)
    said: list[str] = []
    child.start()
    try:
        first = child.pid

        async def answers() -> bool:
            child.check(said.append, patience=30)
            return child.health_url is not None

        await until(answers, why=child.log.read_text)
        child.check(said.append, patience=0)
        assert child.pid == first, "it answers"
        child.signal(signal.SIGSTOP)
        child.check(said.append, patience=0)
        assert await asyncio.to_thread(child.wait, 10) == -signal.SIGKILL
        assert "didn't answer /livez" in said[0]

        async def started_again() -> bool:
            child.watch(said.append)
            return child.pid not in {0, first}

        await until(started_again)
    finally:
        child.signal(signal.SIGKILL)
        child.wait(5)


async def test_work_goes_on_unless_told_to_stop() -> None:
    async def three() -> int:
        return 3

    async def wrong() -> int:
        raise ValueError

    stopping = asyncio.Event()
    assert await unless(stopping, three()) == 3
    with pytest.raises(ValueError):  # noqa: PT011 - it is the one above
        await unless(stopping, wrong())
    asyncio.get_running_loop().call_later(0.05, stopping.set)
    assert await unless(stopping, asyncio.sleep(60, 3)) is None
