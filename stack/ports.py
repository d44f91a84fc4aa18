"""Ports on 127.0.0.1: which are free, and which to take."""

import random
import socket
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from stack.errors import StackError
from stack.program import Ports, Program

# Below the range from which the usual kernels take a client's own port: inside it, a client that keeps trying to reach
# a server that is down can be given the server's port, connect to itself, and so keep the server from coming back.
_RANGE = range(20_000, 32_000)
_ANYHOW = random.SystemRandom()  # two that start at the same time must differ, also where both have set the same seed


def taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: TIME_WAIT is not taken
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def choose(program: Program, asked: int, kept: Ports | None, avoid: AbstractSet[int] = frozenset()) -> Ports:
    """Picks the ports for one server: what was asked for, else what it had the last time if free, else random ones.

    `asked` is 0 for any; `avoid` are promised to others that do not listen yet. Raises StackError if the port asked
    for is taken.
    """
    if asked and (taken(asked) or asked in avoid):
        raise StackError(
            f"{program.title} cannot have port {asked}, another program listens there: "
            f"end that one, or choose another port with {program.flag} (0 picks a free one)"
        )
    usable = [port for port in ((kept.client, kept.inner) if kept else ()) if port not in avoid and not taken(port)]
    free = _free(avoid | {asked, *usable})
    client = asked or (kept.client if kept and kept.client in usable else next(free))
    inner = kept.inner if kept and kept.inner in usable and kept.inner != client else next(free)
    return Ports(client=client, inner=inner)


def _free(avoid: AbstractSet[int]) -> Iterator[int]:
    for port in _ANYHOW.sample(_RANGE, len(_RANGE)):
        if port not in avoid and not taken(port):
            yield port
    raise StackError(f"no port from {_RANGE.start} to {_RANGE.stop} is free on 127.0.0.1")
