"""The SSRF guard: which URLs and addresses the crawler may touch. Checked for every hop, and again at the socket.

A name is resolved once, by `GuardedResolver`, and the connector dials exactly the addresses that passed; literals and
anything that slipped by are caught in `Guard.open_socket`, which sees the address that is really dialled.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from services.crawler.names import Names
from shared.errors import WartaError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
# Global to Python 3.11, yet never a news site: Azure's wire server, IANA's protocol assignments (some clouds' metadata
# among them), the 6to4 relay and 6to4 itself (RFC 7526 retired both), Teredo, the second documentation net (RFC 9637).
NEVER = tuple(
    ipaddress.ip_network(net)
    for net in (
        "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
# What the URL standard reads as an IPv4 address: the last label is a decimal, octal or hexadecimal number.
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$", re.IGNORECASE)
# The URL standard's forbidden domain code points: no name in DNS has them, and parsers disagree on where it ends.
_NO_NAME = re.compile(r"[\x00-\x20\x7f\"#%/:<>?@\[\\\]^`{|}]")


class BlockedError(WartaError):
    """The guard doesn't let this URL or address be fetched. `reason` says which rule, and never more."""


class UnfetchableError(WartaError):
    """Not a URL that a crawler fetches: scheme, credentials, or no host."""


def is_public(address: Address) -> bool:
    """Whether `address` is on the public internet, whatever form it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address not in IPV6_UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(
        address in net for net in NEVER if net.version == address.version
    )  # fmt: skip


class Guard:
    """The rules: http and https, the allowed ports, public addresses; and the private hosts that the operator lists.

    `private_hosts` are `host` or `host:port`; a listed one may have any address and, without a port, any port.
    With a `proxy` only that is dialled and resolved: URLs are still checked here, but which address a name has is the
    proxy's to judge. The proxy itself is nobody's page.
    """

    def __init__(
        self, *, ports: Iterable[int], private_hosts: Iterable[str] = (), proxy: tuple[str, int] | None = None
    ) -> None:
        self._ports = frozenset(ports)
        self._private = frozenset(host.lower() for host in private_hosts)
        self._proxy = proxy
        self._approved: set[tuple[str, int]] = set()

    def is_listed(self, host: str, port: int) -> bool:
        """Whether the operator opened this private host."""
        name = f"[{host}]" if ":" in host else host
        return not self._private.isdisjoint((name, f"{name}:{port}"))

    def check_url(self, url: str) -> None:
        """Raise `BlockedError` or `UnfetchableError` for what is wrong before any name is resolved."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:
            raise UnfetchableError("only http and https are fetched")
        if parts.username is not None or parts.password is not None:
            raise UnfetchableError("a URL with credentials isn't fetched")
        host = (parts.hostname or "").lower()
        if not host:
            raise UnfetchableError("the URL has no host")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise UnfetchableError("the port isn't a number up to 65535") from None
        if (host, port) == self._proxy:
            raise BlockedError("the egress proxy isn't a site")
        if self.is_listed(host, port):
            return
        if port not in self._ports:
            raise BlockedError(f"port {port} isn't among WARTA_CRAWLER_ALLOWED_PORTS")
        literal = _literal(host)
        if literal is not None:
            self._check_public(literal)
        elif _NO_NAME.search(host):
            raise UnfetchableError("the host is no name")

    def check_address(self, address: str, port: int) -> None:
        """Raise `BlockedError` unless what is dialled is public, listed, or was resolved from a listed host."""
        if (address, port) in self._approved or self.is_listed(address, port):
            return
        self._check_public(address)

    def _check_public(self, address: str) -> None:
        try:
            public = is_public(ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            public = False
        if not public:
            raise BlockedError("not a public address, and its host isn't among WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS")

    def approve(self, host: str, addresses: Iterable[str], port: int) -> None:
        """Check every address that `host` resolved to; a listed host's are remembered for the check at the socket.

        A private address is for the names that are listed: another name that leads there is somebody's trick.
        """
        if self._proxy is not None and (host, port) != self._proxy:
            raise BlockedError("only the egress proxy is dialled")
        if self._proxy is not None or self.is_listed(host, port):
            self._approved.update((address, port) for address in addresses)
            return
        for address in addresses:
            self._check_public(address)

    def open_socket(self, addr_info: AddrInfoType) -> socket.socket:
        """A socket for aiohttp's connector. Raises `BlockedError`: the last check sees what is dialled."""
        family, kind, protocol, _name, sockaddr = addr_info
        address, port = str(sockaddr[0]), int(sockaddr[1])
        if self._proxy is None:
            self.check_address(address, port)
        elif (address, port) not in {*self._approved, self._proxy}:
            raise BlockedError("only the egress proxy is dialled")
        return socket.socket(family, kind, protocol)


class GuardedResolver(AbstractResolver):
    """Resolves a name and gives only addresses that the guard passed; one bad address blocks the name."""

    def __init__(self, guard: Guard, inner: AbstractResolver | None = None) -> None:
        self._guard = guard
        self._inner = inner or Names()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """As aiohttp asks. Raises `BlockedError`, or `OSError` for a name that doesn't resolve."""
        found = await self._inner.resolve(host, port, family)
        self._guard.approve(host.lower(), [result["host"] for result in found], port)
        return found

    async def close(self) -> None:
        """Release the inner resolver."""
        await self._inner.close()


def _literal(host: str) -> str | None:
    """The address that `host` spells, or None for a name. Raises `BlockedError` for an odd spelling of an address."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0] if ":" in host else host))
    except ValueError:
        if _ENDS_IN_NUMBER.search(host):
            raise BlockedError("a decimal, octal, hexadecimal or shortened form of an address") from None
        return None
