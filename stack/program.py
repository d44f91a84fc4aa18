"""What the two servers have in common: the shape that kafka.py and elasticsearch.py fill in."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from stack.build import Build

State = Literal["stopped", "starting", "recovering", "red", "yellow", "green", "ready"]

JVM_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    # no second compiler: starting both then takes 13 seconds of CPU instead of 22, and these servers start often
    "-XX:TieredStopAtLevel=1",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j.shutdownHookEnabled=false",
)
READY: frozenset[State] = frozenset({"yellow", "green", "ready"})


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Where one server listens on 127.0.0.1: `client` for everyone, `inner` for the server's own kind."""

    client: int
    inner: int


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of server. `home` is its folder for data and configuration."""

    name: str
    title: str
    flag: str  # the command line's option for the client port
    command: Callable[[Build, Path, Ports], list[str]]  # writes the configuration and gives the command line
    state: Callable[[Path, int], State]  # asks the running server at its client port


def properties(settings: dict[str, str | int]) -> str:
    """The settings as a Java properties file."""
    return "".join(f"{name}={_escaped(str(value))}\n" for name, value in settings.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\")


def log4j(level: str) -> str:
    """A log4j2 configuration that writes to standard output, which is the server's log file."""
    return properties(
        {
            "status": "error",
            "appender.console.type": "Console",
            "appender.console.name": "console",
            "appender.console.layout.type": "PatternLayout",
            "appender.console.layout.pattern": "[%d{ISO8601}][%-5p][%c{1.}] %m%n",
            "rootLogger.level": level,
            "rootLogger.appenderRef.console.ref": "console",
        }
    )
