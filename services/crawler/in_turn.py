"""Requests that the hosts' turns know of, whoever makes them."""

import msgspec

from services.crawler.answer import Answer
from services.crawler.fetch import Fetcher
from services.crawler.turns import Turns
from shared.clock import utcnow
from shared.urls import host_of


class Redirected(msgspec.Struct, frozen=True, kw_only=True):
    """Where the next try goes, after so many hops."""

    url: str
    hops: int


class InTurn:
    """The client, with what the hosts have had of it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.turns = Turns()

    async def get(self, url: str, own: str, *, limit: int, cut: bool = False, **conditions: str | None) -> Answer:
        """GET `url` in the turn of the host `own`, which may be another than the URL's. Raises `FetchError`."""
        host = host_of(url)
        self.turns.began(host)
        try:
            return await self._fetcher.get(url, limit=limit, cut=cut, **conditions)
        finally:
            self.turns.ended(host, utcnow(), foreign=host != own)
