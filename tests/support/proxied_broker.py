"""A broker whose clients come through a proxy: it advertises the proxy's address, so none goes past it."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from stack.build import prepare
from stack.kafka import Settings, config, program
from stack.local import default_cache
from stack.ports import choose
from stack.program import Ports
from stack.server import Server
from tests.support.proxies import TcpProxy, free_port

START_SECONDS = 120


class ProxiedBroker:
    """`direct` is the way past the proxy, for the test itself; `through` is the services' way."""

    def __init__(self, directory: Path, *, report: Callable[[str], None]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._report = report
        self._behind = free_port()
        self.proxy = TcpProxy(self._behind)
        self._server = Server(program("kafka-proxied", self._settings), directory)

    def __enter__(self) -> Self:
        self.proxy.__enter__()
        taken = {self._behind, self.proxy.port}
        ports = choose(self._server.program, 0, None, taken)
        self.direct = f"127.0.0.1:{ports.client}"
        self.through = f"127.0.0.1:{self.proxy.port}"
        try:
            build = prepare(default_cache(), report=self._report)
            self._server.start(build, ports, owner=os.getpid())
            self._server.await_ready(time.monotonic() + START_SECONDS, report=self._report)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.kill()
        self.proxy.__exit__()

    def _settings(self, home: Path, ports: Ports) -> Settings:
        settings = config(home, ports)
        return {
            **settings,
            "listeners": f"{settings['listeners']},PROXIED://127.0.0.1:{self._behind}",
            "advertised.listeners": f"{settings['advertised.listeners']},PROXIED://127.0.0.1:{self.proxy.port}",
            "listener.security.protocol.map": f"{settings['listener.security.protocol.map']},PROXIED:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
        }
