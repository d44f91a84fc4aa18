"""Three real brokers that form one cluster: what one of them may die of without anybody noticing."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from stack import StackError
from stack.build import prepare
from stack.kafka import Settings, config, program
from stack.local import default_cache
from stack.ports import choose
from stack.program import Ports
from stack.server import PortLostError, Server

COUNT = 3
HEAP = "256m"
PORT_ATTEMPTS = 3
INTERNAL = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")


class Brokers:
    """Brokers 1 to 3 below `directory`, each a controller too, on free ports of 127.0.0.1, ended with this process.

    Topics should have replication 3 and min in-sync 2, as the internal ones have. A paused broker would outlive this
    process: call `down` in a `finally`.
    """

    def __init__(self, directory: Path, *, report: Callable[[str], None], owner: int | None = None) -> None:
        self._report = report
        self._owner = owner or os.getpid()
        self._ports: dict[int, Ports] = {}
        self._servers = {
            number: Server(program(f"broker-{number}", self._settings(number), heap=HEAP), directory)
            for number in range(1, COUNT + 1)
        }
        directory.mkdir(parents=True, exist_ok=True)

    @property
    def bootstrap_servers(self) -> str:
        """All three addresses, comma-separated."""
        return ",".join(f"127.0.0.1:{ports.client}" for ports in self._ports.values())

    def up(self, timeout: float = 120) -> None:
        """Start all that don't run, and return when they are ready. Raises `StackError`."""
        for attempt in range(1, PORT_ATTEMPTS + 1):
            promised = {port for ports in self._ports.values() for port in (ports.client, ports.inner)}
            for number, server in self._servers.items():
                if number not in self._ports:
                    self._ports[number] = choose(server.program, 0, None, promised)
                    promised |= {self._ports[number].client, self._ports[number].inner}
            try:
                self._start(list(self._servers), timeout)
            except PortLostError:
                self.down()
                if attempt == PORT_ATTEMPTS:
                    raise
                self._ports.clear()
            except BaseException:
                self.down()
                raise
            else:
                return

    def kill(self, number: int) -> None:
        """Kill one at once, as a crash would."""
        self._servers[number].kill()

    def restart(self, number: int, timeout: float = 120) -> None:
        """Stop one if it runs, start it on its ports, and return when it is ready."""
        self._servers[number].stop()
        self._start([number], timeout)

    def pause(self, number: int) -> None:
        """Freeze one: it keeps its connections and answers nobody."""
        self._servers[number].pause()

    def resume(self, number: int) -> None:
        """Let a frozen one go on."""
        self._servers[number].resume()

    def down(self) -> None:
        """End all. Quick: the brokers would wait for each other's help to end in order."""
        for server in self._servers.values():
            server.kill()

    def _start(self, numbers: list[int], timeout: float) -> None:
        build = prepare(default_cache(), report=self._report)
        started = [number for number in numbers if self._servers[number].process is None]
        for number in started:
            self._servers[number].start(build, self._ports[number], owner=self._owner)
        deadline = time.monotonic() + timeout
        for number in started:
            try:
                self._servers[number].await_ready(deadline, report=self._report)
            except PortLostError:
                raise
            except StackError as error:
                raise StackError(f"broker {number}: {error}") from None

    def _settings(self, number: int) -> Callable[[Path, Ports], Settings]:
        def settings(home: Path, ports: Ports) -> Settings:
            voters = (f"{other}@127.0.0.1:{theirs.inner}" for other, theirs in self._ports.items())
            return {
                **config(home, ports),
                "node.id": number,
                "controller.quorum.voters": ",".join(voters),
                **{f"{topic}.replication.factor": COUNT for topic in INTERNAL},
                "offsets.topic.num.partitions": 4,
                "transaction.state.log.min.isr": 2,
                "share.coordinator.state.topic.min.isr": 2,
                "min.insync.replicas": 2,
                "default.replication.factor": COUNT,
                # a frozen follower must not hold up producers for the default of 30 s, nor a frozen controller for long
                "replica.lag.time.max.ms": 4000,
                "controller.quorum.fetch.timeout.ms": 2000,
                "controller.quorum.election.timeout.ms": 1000,
            }

        return settings
