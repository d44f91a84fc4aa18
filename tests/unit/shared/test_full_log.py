"""A log on a full disk must not change how a process ends: what is acked by mistake is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cluster import ROOT

FULL = Path("/dev/full")
START = "from shared import logs, service, settings; logs.configure('test', settings.LogSettings(format='json')); "
END = {
    "logs.die(RuntimeError('x'))": 70,
    "logs.refuse('test', service.ConfigurationError('x'))": 78,
    "import asyncio; asyncio.run(service._ended_hard(asyncio.sleep(0), 'test'))": 0,
}


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("end", END)
def test_a_process_ends_as_it_should_though_its_log_has_no_room(end: str) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", f"{START}logs.get_logger().info('some.thing'); {end}"],
            cwd=ROOT, stdout=full, stderr=full, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == END[end]
