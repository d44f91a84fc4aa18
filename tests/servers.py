"""The real Kafka and Elasticsearch of one process of a test run, started when the first test asks for them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from stack import Stack

_MEMORY_OF_WORKER = 5 * 2**30  # the servers, those that some tests start besides, and the services
_MOST_WORKERS = 4


def workers() -> int:
    """How many processes share a run's tests, each with servers of its own."""
    by_memory = psutil.virtual_memory().available // _MEMORY_OF_WORKER
    return max(1, min(len(os.sched_getaffinity(0)), by_memory, _MOST_WORKERS))


def run_stack(config: pytest.Config) -> Stack:
    """The process's stack, started or not."""
    base: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return Stack(base / "stack", report=reporter(config), owner=os.getpid())


def reporter(config: pytest.Config) -> Callable[[str], None]:
    """Shows the stack's progress, past pytest's capture: a first download can take minutes."""
    capture = config.pluginmanager.getplugin("capturemanager")
    terminal = config.pluginmanager.getplugin("terminalreporter")

    def report(line: str) -> None:
        if terminal is not None and capture is not None:
            with capture.global_and_fixture_disabled():
                terminal.ensure_newline()
                terminal.write_line(f"stack: {line}")

    return report


def prepare_stack(session: pytest.Session) -> None:
    """Downloads before the first test and outside of its time limit, if any test needs the servers."""
    if session.config.option.collectonly:
        return
    if any("stack" in getattr(item, "fixturenames", ()) for item in session.items):
        run_stack(session.config).prepare()


def prepare_for_workers(config: pytest.Config) -> None:
    """Downloads before there are workers: only their controller shows it, and what they will need it can't know."""
    if getattr(config.option, "tx", None):
        run_stack(config).prepare()


def end_stack(config: pytest.Config) -> None:
    """Stops the process's servers if it started any, and drops their data; the logs stay with its temporary files."""
    stack = run_stack(config)
    if stack.directory.exists():
        stack.down()
        for server in stack.status():
            shutil.rmtree(stack.directory / server.name, ignore_errors=True)
