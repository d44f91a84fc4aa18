"""A crawler's visitor on loopback, as its app wires it, and names that resolve as a test wants."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp.abc import AbstractResolver, ResolveResult

from services.crawler.discovery import Discovery
from services.crawler.fetch import Fetcher
from services.crawler.guard import Guard
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import Sites
from services.crawler.verdict import Judge
from services.crawler.visit import Visitor

NO_SITES = Sites()


class Names(AbstractResolver):
    """DNS whose answers change: an address or several, or the number of an error. The last goes on to be given."""

    def __init__(self, *answers: str | tuple[str, ...] | int) -> None:
        self.answers = list(answers)

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - aiohttp's signature
    ) -> list[ResolveResult]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            raise socket.gaierror(answer, "tidak ada")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in ((answer,) if isinstance(answer, str) else answer)
        ]

    async def close(self) -> None: ...


def visitor_by(fetcher: Fetcher, settings: CrawlerSettings, sites: Sites = NO_SITES) -> Visitor:
    """One that knows no page yet."""
    judge = Judge(sites=sites, max_attempts=settings.max_attempts, first_pause=settings.backoff)
    return Visitor(fetcher, judge, Discovery(sites, lambda _url: False), settings)


@asynccontextmanager
async def visiting(
    settings: CrawlerSettings, private_hosts: Sequence[str], *, sites: Sites = NO_SITES,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[Visitor]:  # fmt: skip
    """One that may fetch from `private_hosts`, until the end of the block."""
    fetcher = Fetcher(Guard(ports=(80,), private_hosts=private_hosts), settings, resolver=resolver)
    try:
        yield visitor_by(fetcher, settings, sites)
    finally:
        await fetcher.close()
