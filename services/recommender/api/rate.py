"""How much each client may ask for: a token bucket per address, of the latest clients only."""

import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from math import ceil, floor

import msgspec

MOST_CLIENTS = 50_000


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a request may pass, how many more may, and in how many seconds the bucket holds one, and is full."""

    allowed: bool
    remaining: int
    retry_after: int
    full_after: int


class Buckets:
    """`rate` tokens a second flow into each client's bucket of `burst`."""

    def __init__(self, *, rate: float, burst: int, most: int = MOST_CLIENTS) -> None:
        self.rate = rate
        self.burst = burst
        self._most = most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> Verdict:
        """Take a token at `now`, in seconds of a steady clock."""
        level, at = self._levels.get(client, (float(self.burst), now))
        level = min(float(self.burst), level + max(0.0, now - at) * self.rate)
        allowed = level >= 1
        if allowed:
            level -= 1
        self._levels[client] = (level, now)
        self._levels.move_to_end(client)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return Verdict(
            allowed=allowed, remaining=floor(level), retry_after=max(1, ceil((1 - level) / self.rate)),
            full_after=ceil((self.burst - level) / self.rate),
        )  # fmt: skip


def client_of(peer: str, forwarded: Sequence[str], *, proxies: int) -> str:
    """Who asks: the peer, or who the outermost of `proxies` trusted ones saw; of IPv6 the network.

    `forwarded` are the X-Forwarded-For headers; what a client wrote into them itself stands further left.
    """
    hops = [hop.strip() for header in forwarded for hop in header.split(",")] if proxies else []
    said = hops[-min(proxies, len(hops))] if hops else peer
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
