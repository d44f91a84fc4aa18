"""The system's resolver, and which of its errors says that a name doesn't exist."""

import socket

from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver


class Names(ThreadedResolver):
    """Resolves as aiohttp does, and takes only a name server's word that there is no such name."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As aiohttp asks. Raises `socket.gaierror`."""
        try:
            return await super().resolve(host, port, family)
        except socket.gaierror as error:
            if not is_absent(error):
                raise
        # By AI_ADDRCONFIG a machine that has just lost its own addresses is told so of every name, and no server asked.
        await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        raise socket.gaierror(socket.EAI_AGAIN, "none of its addresses can be reached from here")


def is_absent(error: OSError) -> bool:
    """Whether it says that the name doesn't exist, and not that nobody could tell."""
    return error.errno == socket.EAI_NONAME
