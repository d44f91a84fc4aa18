"""Every process of a run has to find the same tests: what is random, or of the clock, may not name one."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def collected(seed: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", "-p", "no:randomly", "tests"]
    plain = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    run = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=plain | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in run.stdout.splitlines() if "::" in line]


def test_two_processes_find_the_same_tests() -> None:
    first, begun = collected("1"), int(time.time())
    while int(time.time()) == begun:
        time.sleep(0.05)
    assert len(first) > 1000
    assert collected("2") == first
