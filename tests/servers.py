"""The real Kafka and Elasticsearch of one test run, started when the first test asks for them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from stack import Stack


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of pytest-xdist's workers, all of which share the controller's servers."""
    return hasattr(config, "workerinput")


def run_stack(config: pytest.Config) -> Stack:
    """The run's stack, started or not: the same directory, so the same servers, in every process of the run."""
    base: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    run, pid = (base.parent, os.getppid()) if is_worker(config) else (base, os.getpid())
    return Stack(run / "stack", report=reporter(config), owner=pid)


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
    if any("stack" in getattr(item, "fixturenames", ()) for item in session.items):
        run_stack(session.config).prepare()


def end_stack(config: pytest.Config) -> None:
    """Stops the run's servers if it started any, and drops their data; the logs stay with the run's temporary files."""
    stack = run_stack(config)
    if stack.directory.exists():
        stack.down()
        for server in stack.status():
            shutil.rmtree(stack.directory / server.name, ignore_errors=True)
