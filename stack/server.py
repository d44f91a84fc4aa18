"""One server's process: start it, wait until it is ready, find it again, end it."""

import contextlib
import os
import time
from pathlib import Path

import msgspec
import psutil

from stack.build import Build
from stack.errors import StackError
from stack.jars import Report
from stack.ports import taken
from stack.program import READY, Ports, Program, State

_LOG_LINES_SHOWN = 15
_STOP_PATIENCE = 30.0  # seconds until a server that was asked to end is killed
_RED_PATIENCE = 30.0  # seconds of red without a shard on its way until that is taken for lasting
_POLL = 0.1
_JAVA_VARIABLES = frozenset({"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"})


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept about a server in the directory, so that a later process finds it and its ports again."""

    ports: Ports
    pid: int | None = None
    created: float = 0.0  # the process's start, as psutil tells it: a pid used again is not taken for the server
    owner: int | None = None  # pid of the process whose end ends the server


class PortLostError(StackError):
    """Somebody took a port of the server between the choice and the server's own bind."""


class Server:
    """One server below a stack's directory: `NAME/` its data, `NAME.json` its record, `NAME.log` its output."""

    def __init__(self, program: Program, directory: Path) -> None:
        self.program = program
        self.home = directory / program.name
        self.log = directory / f"{program.name}.log"
        self._record_file = directory / f"{program.name}.json"

    @property
    def record(self) -> Record | None:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode(self._record_file.read_bytes(), type=Record)
        return None

    @property
    def process(self) -> psutil.Process | None:
        """The running server, whoever started it."""
        record = self.record
        if record is None or record.pid is None:
            return None
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(record.pid)
            if abs(process.create_time() - record.created) < 1 and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    @property
    def orphaned(self) -> bool:
        """Whether the server runs but is about to end, because its owner has ended."""
        record = self.record
        return record is not None and record.owner is not None and not psutil.pid_exists(record.owner)

    def state(self) -> State:
        process, record = self.process, self.record
        if process is None or record is None:
            return "stopped"
        if not _listens(process, record.ports.client):
            return "starting"  # what answers there, if anything does, is another stack's server
        return self.program.state(self.home, record.ports.client)

    def start(self, build: Build, ports: Ports, *, owner: int | None) -> None:
        """Starts the process, logging to a fresh file; the previous run's log is kept beside it."""
        command = self.program.command(build, self.home, ports)
        if owner is not None:
            command.insert(1, f"-Dstack.owner={owner}")
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        environment = {name: value for name, value in os.environ.items() if name not in _JAVA_VARIABLES}
        pid = _spawn(command, environment, self.log)
        self._write(Record(ports=ports, pid=pid, created=psutil.Process(pid).create_time(), owner=owner))

    def await_ready(self, deadline: float, *, report: Report) -> None:
        """Returns once the server is ready; `deadline` is on the monotonic clock. Raises StackError."""
        red_since: float | None = None
        while (state := self.state()) not in READY:
            now = time.monotonic()
            if state == "stopped":
                raise self._died()
            red_since = (red_since or now) if state == "red" else None
            if red_since and now - red_since > _RED_PATIENCE:
                report("warning: Elasticsearch answers, but an index is red; GET /_cluster/allocation/explain says why")
                return
            if now > deadline:
                raise StackError(f"{self.program.title} is still {state} after the time it was given; see {self.log}")
            time.sleep(_POLL)

    def pause(self) -> None:
        """Freezes the server: it keeps its ports and connections and answers nobody, and outlives its owner."""
        if process := self.process:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
                while process.status() not in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}:
                    time.sleep(_POLL)

    def resume(self) -> None:
        """Lets a frozen server go on."""
        if process := self.process:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()

    def stop(self) -> None:
        """Asks the server to end, waits, and kills it if it does not; one that is frozen goes on to end."""
        if process := self.process:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
                process.resume()
            _await_end(process, _STOP_PATIENCE)
        self._forget()

    def kill(self) -> None:
        """Ends the server at once, as a crash would."""
        if process := self.process:
            _await_end(process, 0)
        self._forget()

    def await_end(self) -> None:
        """Waits for a server that is ending by itself, or would if it weren't frozen."""
        if process := self.process:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
            _await_end(process, _STOP_PATIENCE)
        self._forget()

    def _died(self) -> StackError:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        tail = "\n".join(text.splitlines()[-_LOG_LINES_SHOWN:])
        record = self.record
        if record and (lost := [port for port in (record.ports.client, record.ports.inner) if taken(port)]):
            return PortLostError(f"{self.program.title} lost port {lost[0]} to another program: run it again")
        if "No space left on device" in text:
            return StackError(f"{self.program.title} ended because the disk is full below {self.home}: make room first")
        return StackError(f"{self.program.title} ended while it started; the end of {self.log}:\n{tail}")

    def _forget(self) -> None:
        if record := self.record:
            self._write(Record(ports=record.ports))

    def _write(self, record: Record) -> None:
        arriving = self._record_file.with_suffix(".tmp")
        arriving.write_bytes(msgspec.json.encode(record))
        arriving.replace(self._record_file)


def _spawn(command: list[str], environment: dict[str, str], log: Path) -> int:
    """Starts a process that is meant to outlive the object that started it, which subprocess.Popen warns of."""
    return os.posix_spawn(
        command[0],
        command,
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,  # Ctrl-C reaches only us, and we end the servers in order
    )


def _await_end(process: psutil.Process, patience: float) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        if patience:
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(patience)
                return
        process.kill()
        process.wait(_STOP_PATIENCE)


def _listens(process: psutil.Process, port: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for connection in process.net_connections(kind="tcp")
        )
    return False
