"""The `warta` command as an operator runs it on the session's servers."""

import asyncio
import subprocess
import sys
from typing import Any

import msgspec

from tests.support.cluster import ROOT, Cluster

Done = subprocess.CompletedProcess[bytes]


async def warta(cluster: Cluster, *arguments: str, code: int = 0) -> Done:
    """Run the command without a terminal; it must end with `code` and never with a traceback."""
    done: Done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "cli", *arguments], cwd=ROOT, env=cluster.environment,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
    return done


async def json_lines(cluster: Cluster, *arguments: str) -> list[dict[str, Any]]:
    """What the command prints with --json, a line each."""
    done = await warta(cluster, *arguments, "--json")
    return [msgspec.json.decode(line) for line in done.stdout.splitlines()]
