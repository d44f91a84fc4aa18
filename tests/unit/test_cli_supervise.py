"""A service that refuses its settings is quoted; one that is told to stop is waited for."""

import asyncio
import os
from pathlib import Path

import pytest

from cli.local import unless
from cli.supervise import Child

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
