"""The public face: a real Kafka and a real Elasticsearch on this machine, for development and tests."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec
import psutil

from stack.build import prepare
from stack.elasticsearch import ELASTICSEARCH
from stack.errors import StackError
from stack.jars import Report
from stack.kafka import KAFKA
from stack.ports import choose
from stack.program import State
from stack.server import PortLostError, Server
from stack.space import disk_errors, require_space

ServerName = Literal["kafka", "elasticsearch"]

_NEEDED = 1 << 30  # bytes free on the data's disk
_PORT_ATTEMPTS = 3
_UP_TIMEOUT = 120.0


class ServerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One server as it is now. `rss_bytes` is 0 and `pid` None when it is stopped; `port` None if it never ran."""

    name: ServerName
    pid: int | None
    rss_bytes: int
    state: State
    port: int | None


class Stack:
    """Kafka and Elasticsearch below one directory, on 127.0.0.1 only and without any security: never for production.

    `directory` holds data, logs and what is needed to find running servers again; whoever opens the same directory
    gets the same servers. `cache` holds jars and compiled launchers for all directories (default: $WARTA_CACHE, else
    `warta` in $XDG_CACHE_HOME or ~/.cache). Port 0 means the port of the last time if it is free, else any free one.
    `report` is given lines of progress for a person. `owner` is the pid of a process whose end, however it comes, ends
    the servers that this object starts; without one they stay until `down`. In a `with` block the owner is, unless
    given, this process, and the end of the block ends the servers that were started in it, not those it found running.
    """

    def __init__(
        self,
        directory: Path,
        cache: Path | None = None,
        kafka_port: int = 0,
        elasticsearch_port: int = 0,
        report: Report = print,
        *,
        owner: int | None = None,
    ) -> None:
        self.directory = directory.absolute()
        self._cache = (cache or default_cache()).absolute()
        self._asked: dict[ServerName, int] = {"kafka": kafka_port, "elasticsearch": elasticsearch_port}
        self._report = report
        self._owner = owner
        self._servers: dict[ServerName, Server] = {
            "kafka": Server(KAFKA, self.directory),
            "elasticsearch": Server(ELASTICSEARCH, self.directory),
        }
        self._started: set[ServerName] = set()

    def __enter__(self) -> Self:
        self._owner = self._owner or os.getpid()
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    @property
    def bootstrap_servers(self) -> str:
        """Kafka's address for clients, "127.0.0.1:PORT". Raises StackError before the first `up`."""
        return f"127.0.0.1:{self._port('kafka')}"

    @property
    def elasticsearch_url(self) -> str:
        """Elasticsearch's address, "http://127.0.0.1:PORT". Raises StackError before the first `up`."""
        return f"http://127.0.0.1:{self._port('elasticsearch')}"

    def prepare(self) -> None:
        """Downloads and compiles what the first `up` would, and starts nothing. Raises StackError."""
        prepare(self._cache, report=self._report)

    def up(self, kafka: bool = True, elasticsearch: bool = True, timeout: float = _UP_TIMEOUT) -> None:
        """Starts the servers that do not run yet and returns when all are ready, each within `timeout` seconds.

        Servers that run below the directory already are used as they are, whoever started them. Raises StackError, and
        then stops what it started.
        """
        asked: dict[ServerName, bool] = {"kafka": kafka, "elasticsearch": elasticsearch}
        with self._locked():
            self._start([name for name in asked if asked[name]], timeout)

    def down(self) -> None:
        """Stops both servers in order, whoever started them; the data stays."""
        self._end(self._servers)

    def end(self) -> None:
        """Stops in order the servers that this object started, not those it found running; the data stays."""
        self._end(self._started)

    def kill(self, name: ServerName) -> None:
        """Kills one server at once, as a crash would; the data that it acknowledged stays."""
        with self._locked():
            self._servers[name].kill()

    def pause(self, name: ServerName) -> None:
        """Freezes one server: it keeps its connections and answers nobody until `resume`.

        `kill`, `restart`, `down` and `end` work on it. Its owner's end doesn't end it; the next `up` in its place does.
        """
        with self._locked():
            self._servers[name].pause()

    def resume(self, name: ServerName) -> None:
        """Lets a frozen server go on."""
        with self._locked():
            self._servers[name].resume()

    def restart(self, name: ServerName, timeout: float = _UP_TIMEOUT) -> None:
        """Stops one server if it runs and starts it again, on the same port if that is still free."""
        with self._locked():
            self._servers[name].stop()
            self._start([name], timeout)

    def status(self) -> list[ServerStatus]:
        """Both servers as they are now; asks each of them, so it can take a few seconds when one hangs."""
        return [self._status(name) for name in self._servers]

    def _status(self, name: ServerName) -> ServerStatus:
        server = self._servers[name]
        process, record = server.process, server.record
        resident = 0
        if process is not None:
            with contextlib.suppress(psutil.Error):
                resident = process.memory_info().rss
        return ServerStatus(
            name=name,
            pid=process.pid if process else None,
            rss_bytes=resident,
            state=server.state(),
            port=record.ports.client if record else None,
        )

    def _port(self, name: ServerName) -> int:
        record = self._servers[name].record
        if record is None:
            raise StackError(f"{self._servers[name].program.title} has never been started below {self.directory}")
        return record.ports.client

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the directory: of two processes that call `up` at once one starts the servers, the other finds them."""
        with disk_errors(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
            with (self.directory / "lock").open("w") as guard:
                fcntl.flock(guard, fcntl.LOCK_EX)
                yield

    def _end(self, names: Iterable[ServerName]) -> None:
        with self._locked():
            for name in names:
                self._servers[name].stop()
        self._started.clear()

    def _start(self, names: list[ServerName], timeout: float) -> None:
        missing = [name for name in names if not self._runs(name)]
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            try:
                self._launch(missing)
                self._await(names, timeout)
            except PortLostError:
                self._stop_all(missing)
                if attempt == _PORT_ATTEMPTS or any(self._asked[name] for name in missing):
                    raise
            except BaseException:
                self._stop_all(missing)
                raise
            else:
                self._started.update(missing)
                return

    def _runs(self, name: ServerName) -> bool:
        """Whether the server runs and stays; one whose owner is gone is given the time to end."""
        server = self._servers[name]
        if server.orphaned:
            server.await_end()
        if server.process is None:
            return False
        port, asked = self._port(name), self._asked[name]
        if asked and asked != port:
            raise StackError(
                f"{server.program.title} already runs below {self.directory}, on port {port} instead of {asked}: "
                f"stop it first, or leave out {server.program.flag}"
            )
        return True

    def _launch(self, names: list[ServerName]) -> None:
        if not names:
            return
        made = prepare(self._cache, report=self._report)
        require_space(self.directory, _NEEDED, "Kafka and Elasticsearch")
        titles = " and ".join(self._servers[name].program.title for name in names)
        self._report(f"starting {titles}, for development and tests only: no security, on 127.0.0.1")
        promised: set[int] = set()
        for name in names:
            server = self._servers[name]
            record = server.record
            ports = choose(server.program, self._asked[name], record.ports if record else None, promised)
            promised |= {ports.client, ports.inner}
            server.start(made, ports, owner=self._owner)

    def _await(self, names: list[ServerName], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        for name in names:
            self._servers[name].await_ready(deadline, report=self._report)

    def _stop_all(self, names: list[ServerName]) -> None:
        for name in names:
            self._servers[name].stop()


def default_cache() -> Path:
    """Where jars and compiled launchers are kept: $WARTA_CACHE, else `warta` in the user's cache folder."""
    if chosen := os.environ.get("WARTA_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "warta"


__all__ = ["ServerName", "ServerStatus", "Stack", "default_cache"]
