"""A TCP proxy that fails on demand. Its switches are plain methods; it runs in a thread of its own."""

import asyncio
import random
import socket
import struct
from contextlib import suppress
from typing import Self

from tests.support.background import Background

CHUNK = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a close sends RST
# Below the kernel's own range: a client that retries against a closed port there can connect to itself.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody has now."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


class TcpProxy:
    """Between clients on `port` and a server on `target` of 127.0.0.1.

    `delay` seconds before each piece goes on; `blackhole` holds everything back and lets connections stand;
    `cut_after` lets so many bytes of answers through on each connection and then resets it; `refuse` closes the door;
    `reset` ends the connections there are; `forget` makes them half-open: the client's end stands and nobody listens.
    """

    def __init__(self, target: int, port: int | None = None) -> None:
        self.port = port or free_port()
        self.connections = 0
        """How many were accepted so far."""
        self.resets = 0
        """How many were reset or forgotten so far."""
        self._target = target
        self._delay = 0.0
        self._cut_after: int | None = None
        self._links: set[_Link] = set()
        self._background = Background()
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._background.__enter__()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._background.run(self._open())
        return self

    def __exit__(self, *_error: object) -> None:
        self.refuse()
        self._background.__exit__()

    def heal(self) -> None:
        """No delay, no cuts, the door open, what was held back flows on."""
        self._background.run(self._heal())

    def delay(self, seconds: float) -> None:
        """Hold each piece of a connection for so long, in both directions."""
        self._delay = seconds

    def cut_after(self, count: int | None) -> None:
        """Reset a connection once so many more bytes of answers went through."""
        self._cut_after = count
        self._background.call(self._count_anew)

    def blackhole(self) -> None:
        """Let nothing through; nobody is told."""
        self._background.call(self._flowing.clear)

    def refuse(self) -> None:
        """Accept no new connection and reset those there are."""
        self._background.run(self._close())

    def reset(self) -> None:
        """Reset all connections, on both sides."""
        self._background.call(self._reset)

    def forget(self) -> None:
        """Reset the server's side of all connections and leave the clients' side standing, unanswered."""
        self._background.call(self._forget)

    async def _open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._reset()

    async def _heal(self) -> None:
        self._delay, self._cut_after = 0.0, None
        self._count_anew()
        self._flowing.set()
        await self._open()

    def _count_anew(self) -> None:
        for link in self._links:
            link.answered = 0

    def _reset(self) -> None:
        for link in list(self._links):
            self.resets += 1
            link.reset()

    def _forget(self) -> None:
        for link in list(self._links):
            self.resets += 1
            link.forget()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(writer)
            return
        link = _Link(writer, back)
        self._links.add(link)
        try:
            await asyncio.gather(self._pump(link, reader, back), self._pump(link, there, writer, answers=True))
        except OSError:
            link.reset()
        except asyncio.CancelledError:  # the proxy ends
            link.reset()
            raise
        finally:
            self._links.discard(link)
            link.close()

    async def _pump(
        self, link: "_Link", source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        while piece := await source.read(CHUNK):
            if self._delay:
                await asyncio.sleep(self._delay)
            await self._flowing.wait()
            if link.forgotten:
                continue
            if answers and self._cut_after is not None and link.answered + len(piece) > self._cut_after:
                sink.write(piece[: self._cut_after - link.answered])
                await sink.drain()
                self.resets += 1
                link.reset()
                return
            link.answered += len(piece) if answers else 0
            sink.write(piece)
            await sink.drain()
        if not link.forgotten and sink.can_write_eof():
            sink.write_eof()


class _Link:
    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._client, self._server = client, server
        self.answered = 0
        self.forgotten = False

    def reset(self) -> None:
        for writer in (self._client, self._server):
            _reset(writer)

    def forget(self) -> None:
        self.forgotten = True
        _reset(self._server)

    def close(self) -> None:
        self._server.close()
        self._client.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
