"""The life of a server's process, with small Python programs in the place of Java's."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from stack import StackError
from stack.build import Build
from stack.ports import choose
from stack.program import Ports, Program, State
from stack.server import PortLostError, Server

BUILD = Build(kafka=[], elasticsearch=[], elasticsearch_home="", native="")
LISTEN = """
import socket, sys, time
print("hello", flush=True)
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", {port})); s.listen()
time.sleep(60)
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def make(script: str, states: list[State] | None = None) -> Server:
        answers = iter(states or [])

        def command(_build: Build, home: Path, ports: Ports) -> list[str]:
            home.mkdir(exist_ok=True)
            return [sys.executable, "-c", script.format(port=ports.client)]

        program = Program(
            name="fake", title="Fake", flag="--fake-port", command=command, state=lambda _h, _p: next(answers, "ready")
        )
        servers.append(Server(program, tmp_path))
        return servers[-1]

    yield make
    for server in servers:
        server.kill()


def start(server: Server) -> None:
    server.start(BUILD, choose(server.program, 0, None), owner=None)


def ready(server: Server, seconds: float = 20) -> None:
    server.await_ready(time.monotonic() + seconds, report=lambda _line: None)


def test_it_is_ready_when_its_own_process_listens_and_says_so(make: Callable[..., Server]) -> None:
    server = make(LISTEN, ["starting", "recovering", "ready"])
    assert server.state() == "stopped"
    start(server)
    ready(server)
    assert server.state() == "ready"
    assert server.log.read_text() == "hello\n"
    server.stop()
    assert server.state() == "stopped"
    assert server.record is not None
    assert server.record.pid is None


def test_another_process_finds_it_and_can_stop_it(make: Callable[..., Server], tmp_path: Path) -> None:
    server = make(LISTEN)
    start(server)
    other = Server(server.program, tmp_path)
    assert other.process == server.process
    assert other.record == server.record
    other.stop()
    assert server.process is None


@pytest.mark.parametrize("end", ["stop", "kill", "await_end"])
def test_a_frozen_one_can_be_ended(make: Callable[..., Server], end: str) -> None:
    server = make("import time; time.sleep(0.5)" if end == "await_end" else LISTEN)
    start(server)
    server.pause()
    process = server.process
    assert process is not None
    assert process.status() == psutil.STATUS_STOPPED
    getattr(server, end)()
    assert server.process is None


def test_a_pid_used_again_is_not_taken_for_it(make: Callable[..., Server], tmp_path: Path) -> None:
    server = make(LISTEN)
    start(server)
    record = tmp_path / "fake.json"
    kept = record.read_bytes()
    record.write_bytes(kept.replace(b'"created":', b'"created":1'))
    assert server.process is None
    record.write_bytes(kept)
    assert server.process is not None


def test_one_that_ends_while_it_starts_shows_the_end_of_its_log(make: Callable[..., Server]) -> None:
    server = make("raise SystemExit('line {port}\\nthe reason')")
    start(server)
    with pytest.raises(StackError, match=r"(?s)Fake ended while it started.*fake\.log.*the reason"):
        ready(server)


def test_a_full_disk_is_told_apart(make: Callable[..., Server]) -> None:
    server = make("raise SystemExit('java.io.IOException: No space left on device')")
    start(server)
    with pytest.raises(StackError, match="disk is full"):
        ready(server)


def test_a_port_that_another_program_took_meanwhile_is_told_apart(make: Callable[..., Server]) -> None:
    first, second = make(LISTEN), make(LISTEN)
    second.log, second._record_file = first.log.with_name("second.log"), first.log.with_name("second.json")
    start(first)
    ready(first)
    assert first.record is not None
    second.start(BUILD, first.record.ports, owner=None)
    with pytest.raises(PortLostError, match=str(first.record.ports.client)):
        ready(second)


def test_one_that_is_late_is_named_with_its_state_and_log(make: Callable[..., Server]) -> None:
    server = make("import time; time.sleep(60)")
    start(server)
    with pytest.raises(StackError, match=r"still starting.*fake\.log"):
        ready(server, seconds=0.3)


def test_the_log_of_the_last_run_is_kept_beside_the_new_one(make: Callable[..., Server], tmp_path: Path) -> None:
    server = make(LISTEN)
    for _ in range(2):
        start(server)
        ready(server)
        server.kill()
    assert (tmp_path / "fake.log.1").read_text() == "hello\n"


def test_java_options_of_the_environment_do_not_reach_it(
    make: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")
    server = make("import os; raise SystemExit(repr(os.environ.get('JAVA_TOOL_OPTIONS')))")
    start(server)
    with pytest.raises(StackError, match="None"):
        ready(server)
