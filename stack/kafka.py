"""Kafka: its configuration, its command line, and when it is ready. One KRaft broker and controller in one process."""

import contextlib
import socket
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from stack.build import JAVA, Build
from stack.program import JVM_OPTIONS, Ports, Program, State, log4j, properties
from stack.space import MIB

_HEAP = "384m"
_CLUSTER_ID = "d2FydGEtZGV2LXN0YWNrMA"  # any 16 bytes in base64
_LARGEST_MESSAGE = 5 * MIB
_MINUTES_A_DAY = 24 * 60

Settings = dict[str, str | int]


def config(home: Path, ports: Ports) -> Settings:
    """The broker's settings."""
    internal = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "log.dirs": str(home / "data"),
        "controller.quorum.voters": f"1@127.0.0.1:{ports.inner}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{ports.client},CONTROLLER://127.0.0.1:{ports.inner}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{ports.client}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "auto.create.topics.enable": "false",
        "message.max.bytes": _LARGEST_MESSAGE,
        "replica.fetch.max.bytes": _LARGEST_MESSAGE,
        "log.retention.hours": 7 * 24,
        "log.retention.bytes": -1,  # by time, never by size: an outage must only delay
        "offsets.retention.minutes": 90 * _MINUTES_A_DAY,  # a group that was away for a holiday goes on where it was
        **{f"{topic}.replication.factor": 1 for topic in internal},
        **{f"{topic}.num.partitions": 4 for topic in internal},
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        # a killed broker's registration must expire before it is let in again: with the default of 9 s that takes 14 s
        "broker.session.timeout.ms": 4000,
        "broker.heartbeat.interval.ms": 1000,
        "log.cleaner.dedupe.buffer.size": 16 * MIB,  # its default, 128 MiB, would be a third of the heap
    }


def program(
    name: str, settings: Callable[[Path, Ports], Settings], *, heap: str = _HEAP, format_with: Sequence[str] = ()
) -> Program:
    """A broker called `name` with `settings`; `format_with` are further arguments for the formatting of a new disk."""

    def command(build: Build, home: Path, ports: Ports) -> list[str]:
        home.mkdir(parents=True, exist_ok=True)
        _ready_file(home).unlink(missing_ok=True)
        logging, written = home / "log4j2.properties", home / "server.properties"
        logging.write_text(log4j("warn"))
        written.write_text(properties(settings(home, ports)))
        return [
            JAVA,
            f"-Xmx{heap}",
            *JVM_OPTIONS,
            f"-Dlog4j2.configurationFile={logging}",
            "-cp",
            ":".join(build.kafka),
            "embedded.KafkaNode",
            str(written),
            _CLUSTER_ID,
            str(_ready_file(home)),
            *format_with,
        ]

    return Program(name=name, title=name.capitalize(), flag="--kafka-port", command=command, state=_state)


def _ready_file(home: Path) -> Path:
    return home / "ready"


def _state(home: Path, port: int) -> State:
    """The port answers before start-up has ended, so the launcher's file counts too."""
    return "ready" if _ready_file(home).exists() and _answers(port) else "starting"


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError, struct.error), socket.create_connection(("127.0.0.1", port), timeout=2) as wire:
        wire.sendall(struct.pack(">ihhih", 10, 18, 0, 7, -1))  # ApiVersions v0, correlation id 7, no client id
        size_correlation_error = struct.unpack(">iih", wire.recv(10, socket.MSG_WAITALL))
        return size_correlation_error[1:] == (7, 0)
    return False


KAFKA = program("kafka", config)
