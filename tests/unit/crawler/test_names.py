"""Which errors of the system's resolver say that a name doesn't exist."""

import asyncio
import socket
from typing import Any, cast

import pytest

from services.crawler.names import Names


class System:
    """A system whose resolver answers so by the flags of a look-up: an error's number, or an address."""

    def __init__(self, with_flags: int | str, without: int | str) -> None:
        self.answers = {True: with_flags, False: without}

    async def getaddrinfo(self, _host: str, port: int, *, flags: int = 0, **_options: Any) -> list[Any]:
        answer = self.answers[bool(flags)]
        if isinstance(answer, int):
            raise socket.gaierror(answer, "tidak ada")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]


@pytest.mark.parametrize(
    ("with_flags", "without", "told"),
    [
        (socket.EAI_NONAME, socket.EAI_NONAME, socket.EAI_NONAME),
        (socket.EAI_AGAIN, socket.EAI_NONAME, socket.EAI_AGAIN),
        (socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_AGAIN),  # this machine has lost its own addresses
        (socket.EAI_NONAME, "192.0.2.1", socket.EAI_AGAIN),
    ],
)
async def test_only_a_name_server_says_that_there_is_no_such_name(
    with_flags: int, without: int | str, told: int
) -> None:
    names = Names(cast("asyncio.AbstractEventLoop", System(with_flags, without)))
    with pytest.raises(socket.gaierror) as caught:
        await names.resolve("contoh.example", 80)
    assert caught.value.errno == told


async def test_a_name_with_an_address_has_it() -> None:
    names = Names(cast("asyncio.AbstractEventLoop", System("192.0.2.1", socket.EAI_FAIL)))
    assert [found["host"] for found in await names.resolve("contoh.example", 80)] == ["192.0.2.1"]
