"""Everything on this machine: the embedded servers, bootstrap, the four services, the API."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
import psutil

from cli.bootstrap import bootstrap
from cli.supervise import ROOT, Supervisor
from services.crawler.settings import CrawlerSettings
from shared.errors import ConfigurationError
from shared.settings import ElasticsearchSettings, KafkaSettings, load
from stack import Stack

Report = Callable[[str], None]
DEFAULT_DIRECTORY = ROOT / ".warta"
EXIT_INTERRUPTED = 130
ENDING_SECONDS = 8.0
T = TypeVar("T")


class Local:
    """The servers below `directory`, and the services on them. Data survives; `stop` ends what was started."""

    def __init__(self, directory: Path, report: Report, *, kafka_port: int = 0, elasticsearch_port: int = 0) -> None:
        self.directory = directory.absolute()
        self.report = report
        self.stack = Stack(
            directory=self.directory / "servers", kafka_port=kafka_port, elasticsearch_port=elasticsearch_port,
            report=report, owner=os.getpid(),
        )  # fmt: skip
        self.services: Supervisor | None = None

    @property
    def kafka(self) -> KafkaSettings:
        """Settings for the embedded broker."""
        return KafkaSettings(bootstrap_servers=self.stack.bootstrap_servers)

    @property
    def elasticsearch(self) -> ElasticsearchSettings:
        """Settings for the embedded node."""
        return ElasticsearchSettings(url=self.stack.elasticsearch_url)

    async def start(self, environment: Mapping[str, str], stopping: asyncio.Event) -> None:
        """Start the servers, create what is missing, start the services. Raises `StackError`, `WartaError`.

        When told to stop meanwhile it ends the process with 130.
        """
        starting = asyncio.create_task(self._start(environment))
        told = asyncio.create_task(stopping.wait())
        await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            self._abandon()
        told.cancel()
        await starting

    def _abandon(self) -> NoReturn:
        """End at once: the thread that downloads or waits for a server can't be told to stop.

        A server that starts only now ends by itself, as its owner has ended.
        """
        self.report("interrupted before everything ran; ending what was started")
        children = psutil.Process().children()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.terminate()
        psutil.wait_procs(children, timeout=ENDING_SECONDS)
        sys.stdout.flush()
        os._exit(EXIT_INTERRUPTED)

    async def _start(self, environment: Mapping[str, str]) -> None:
        await asyncio.to_thread(self.stack.up)
        await bootstrap(self.kafka, self.elasticsearch, self.report, adjust=True)
        self.services = Supervisor({**self.addresses, **_developer_disk(), **environment}, self.directory / "logs")
        self.services.start()
        self.report(f"started the four services and the API; their logs: {self.directory / 'logs'}")

    @property
    def addresses(self) -> dict[str, str]:
        """The environment that points a service or a command at these servers."""
        return {
            "WARTA_KAFKA_BOOTSTRAP_SERVERS": self.stack.bootstrap_servers,
            "WARTA_ELASTICSEARCH_URL": self.stack.elasticsearch_url,
        }

    async def api_url(self) -> str:
        """Where the API answers, once it does; the restarting of what ends goes on meanwhile."""
        assert self.services is not None
        while (url := self.services.api.url) is None:
            await self.tend()
            await asyncio.sleep(0.2)
        return url

    def stop(self) -> None:
        """End the services, then the servers: those that were started here."""
        self.report("stopping the services, then the servers")
        if self.services:
            self.services.stop(self.report)
        self.stack.end()

    async def tend(self) -> None:
        """Start again what has ended.

        Raises `ConfigurationError` with the words of a service that refuses its settings: it would never run.
        """
        assert self.services is not None
        for child in self.services.children:
            if child.refused:
                raise ConfigurationError(child.refused)
        self.services.watch(self.report)
        await asyncio.to_thread(self.services.check, self.report)
        for status in self.stack.status():
            if status.pid is None:
                self.report(f"{status.name} ended; starting it again")
                await asyncio.to_thread(self.stack.restart, status.name)

    async def watch(self, stopping: asyncio.Event) -> None:
        """Restart what ends, until told to stop."""
        while not stopping.is_set():
            await self.tend()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), 1)


def _developer_disk() -> dict[str, str]:
    """Unless set otherwise, the crawler goes on when a developer's disk is 90 % full, as the embedded node does."""
    if "brake_free_disk_percent" in load(CrawlerSettings).model_fields_set:
        return {}
    return {"WARTA_CRAWLER_BRAKE_FREE_DISK_PERCENT": "1"}


def stop_on_signals() -> asyncio.Event:
    """An event that Ctrl-C or SIGTERM sets."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def unless(stopping: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` gives, or None when told to stop before; then it is cancelled."""
    task, told = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        told.cancel()
        return task.result()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return None


class Progress:
    """One line that moves on a terminal, and a line now and then elsewhere."""

    def __init__(self, *, every: float = 5.0) -> None:
        self._terminal = click.get_text_stream("stdout").isatty()
        self._every = every
        self._last = 0.0

    def show(self, line: str) -> None:
        """Replace the line."""
        if self._terminal:
            click.echo(f"\r\x1b[K{line}", nl=False)
        elif time.monotonic() - self._last >= self._every:
            self._last = time.monotonic()
            click.echo(line)

    def end(self, line: str) -> None:
        """Leave a last line."""
        click.echo(f"\r\x1b[K{line}" if self._terminal else line)


def port_of_last_time(kept: int) -> int:
    """`kept` if it is still free, else 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", kept))
        except OSError:
            return 0
    return kept
