"""The directory of `up` and `demo`: one process holds it at a time, and only what is ours is ever deleted from it."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from shared.errors import WartaError
from stack import Stack

LOCK = "lock"
SITE = "site.json"
SITES = "sites.toml"
# Last is what tells a demo's directory: a deletion that was broken off can be done again.
OURS = ("servers", "logs", SITES, SITE)
ENDING_SECONDS = 20.0


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Hold `directory`, made if missing, against any other warta. The lock ends with the process, however it ends.

    Raises `WartaError` when another one holds it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / LOCK).open("a+")
    except OSError as error:
        raise WartaError(f"can't use {directory}: {error.strerror}; give another --dir") from None
    with lock:
        _take(lock, directory)
        yield


def _take(lock: TextIO, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip() or "unknown"
        raise WartaError(
            f"another warta runs in {directory} (pid {pid}): stop it first or give another --dir"
        ) from None
    except OSError as error:
        raise WartaError(f"can't lock {directory}: {error.strerror}; give a --dir on a local disk") from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def forget(directory: Path) -> None:
    """Delete what a demo made in `directory`, which the caller holds; nothing else there is touched.

    Raises `WartaError` for a directory that isn't a demo's, or whose servers run.
    """
    if not (directory / SITE).exists():
        if found := sorted(path.name for path in directory.iterdir() if path.name != LOCK):
            raise WartaError(
                f"--fresh deletes a demo's data only, and {directory} is not a demo's: it has no {SITE}, but "
                f"{', '.join(found[:5])}. Give another --dir, or delete by hand what you don't need"
            )
        return
    _await_servers(directory / "servers")
    for name in OURS:
        path = directory / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _await_servers(servers: Path) -> None:
    """Servers end a moment after the process that owned them; others are somebody's."""
    stack = Stack(servers)
    deadline = time.monotonic() + ENDING_SECONDS
    while running := [status for status in stack.status() if status.pid]:
        if time.monotonic() > deadline:
            pids = " and ".join(f"{status.name} (pid {status.pid})" for status in running)
            raise WartaError(f"{pids} still run in {servers}: stop them first, or give another --dir")
        time.sleep(0.2)
