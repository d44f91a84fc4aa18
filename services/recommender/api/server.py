"""uvicorn inside of a service's frame: a socket that is had or refused at once, and connections that don't linger."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.recommender.api.settings import ApiSettings
from shared.errors import ConfigurationError

MOST_HEADER_BYTES = 16 * 1024
KEEP_ALIVE_SECONDS = 15
BACKLOG = 512


def listen(settings: ApiSettings) -> socket.socket:
    """The listening socket. Raises `ConfigurationError` when the address can't be had."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][
            0
        ]
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigurationError(
            f"the API's address {settings.host}:{settings.port} can't be had ({error.strerror}): set WARTA_API_PORT to "
            "a free one, or to 0"
        ) from None
    # Accepted sockets inherit it; asyncio sets it only where it knows the protocol, and else each body waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class Server(uvicorn.Server):
    """A server that leaves signals to the frame. `serve([socket])` runs it until `should_exit` is set."""

    def __init__(self, app: ASGIApp, *, request_seconds: float, stop_seconds: float) -> None:
        super().__init__(
            uvicorn.Config(
                app, http=patient(request_seconds), ws="none", loop="none", lifespan="off", log_config=None,
                access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=max(1, int(stop_seconds)), h11_max_incomplete_event_size=MOST_HEADER_BYTES,
            )
        )  # fmt: skip

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: the frame has its own."""
        yield


def patient(seconds: float) -> type[H11Protocol]:
    """The protocol for connections on which a request's head has to arrive within so long."""

    class Patient(H11Protocol):
        _arriving: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._expect()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._expect()
            else:
                self._arrived()

        def connection_lost(self, exc: Exception | None) -> None:
            self._arrived()
            super().connection_lost(exc)

        def _expect(self) -> None:
            if self._arriving is None:
                self._arriving = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

        def _arrived(self) -> None:
            if self._arriving is not None:
                self._arriving.cancel()
                self._arriving = None

    return Patient
