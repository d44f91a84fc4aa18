import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.guard import BlockedError, Guard, GuardedResolver, UnfetchableError, is_public
from tests.support.visiting import Names

PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
    "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "103.15.226.1", "1.1.1.1", "2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]  # fmt: skip
ODD = [
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://017700000001/", "http://0177.0.0.1/",
    "http://127.1/", "http://127.0.1/", "http://1/", "http://0/", "http://127.0.0.1./", "http://a.0x/",
    "http://256.256.256.256/", "http://contoh.1/", "http://%31%32%37.0.0.1/",
]  # fmt: skip


def guard(*private: str) -> Guard:
    return Guard(ports=(80, 443), private_hosts=private)


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_blocked(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BlockedError):
        guard().check_url(f"http://{host}/")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    guard().check_url(f"http://{host}/")


@pytest.mark.parametrize("url", ODD)
def test_odd_spellings_of_addresses_are_blocked(url: str) -> None:
    with pytest.raises(BlockedError):
        guard().check_url(url)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: ipaddress.IPv4Address) -> None:
    assert is_public(ipaddress.IPv6Address(f"::ffff:{address}")) == is_public(address)
    assert is_public(ipaddress.IPv6Address(f"64:ff9b::{address}")) == is_public(address)
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80)))


@given(st.ip_addresses())
def test_nothing_private_to_the_standard_library_is_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    wrapped = isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address in ipaddress.ip_network("64:ff9b::/96")
    )
    if not wrapped and (address.is_private or address.is_loopback or address.is_link_local or address.is_multicast):
        assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://contoh.example/", "file:///etc/passwd", "gopher://contoh.example/", "//contoh.example/", "http:///a",
        "http://u:p@contoh.example/", "http://u@contoh.example/", "http://contoh.example:99999/",
        "http://8.8.8.8%2f.contoh.example/", "http://contoh.example%2f.lain.example/", "http://contoh.example\\.lain.example/",
        "http://a b/", "http://127.0.0.1 .example/",
    ],
)  # fmt: skip
def test_unfetchable_urls(url: str) -> None:
    with pytest.raises(UnfetchableError):
        guard().check_url(url)


@pytest.mark.parametrize("port", [22, 25, 6379, 9092, 9200])
def test_ports_that_are_no_web_ports_are_blocked(port: int) -> None:
    with pytest.raises(BlockedError, match="ALLOWED_PORTS"):
        guard().check_url(f"http://contoh.example:{port}/")


def test_only_the_listed_host_and_port_are_open() -> None:
    listed = guard("127.0.0.1:8000", "dalam.example", "[::1]:8000")
    listed.check_url("http://127.0.0.1:8000/a")
    listed.check_url("http://dalam.example:1234/")
    listed.check_url("http://[::1]:8000/")
    for url in ("http://127.0.0.1:8001/", "http://127.0.0.2:8000/", "http://[::1]/", "http://x.dalam.example:1234/"):
        with pytest.raises(BlockedError):
            listed.check_url(url)


async def test_one_private_answer_blocks_the_whole_name() -> None:
    resolver = GuardedResolver(guard(), Names(("8.8.8.8", "10.0.0.1")))
    with pytest.raises(BlockedError):
        await resolver.resolve("contoh.example", 80)


async def test_rebinding_is_caught_at_the_second_answer() -> None:
    answers = Names("8.8.8.8", "127.0.0.1")
    resolver = GuardedResolver(guard(), answers)
    assert [one["host"] for one in await resolver.resolve("contoh.example", 80)] == ["8.8.8.8"]
    with pytest.raises(BlockedError):
        await resolver.resolve("contoh.example", 80)


async def test_a_listed_name_opens_its_addresses_and_only_at_its_port() -> None:
    listed = guard("dalam.example:8000")
    resolver = GuardedResolver(listed, Names("10.1.2.3"))
    await resolver.resolve("dalam.example", 8000)
    listed.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.1.2.3", 8000))).close()
    with pytest.raises(BlockedError):
        listed.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.1.2.3", 9200)))
    with pytest.raises(BlockedError):
        await resolver.resolve("dalam.example", 9200)


async def test_another_name_does_not_get_through_the_door_of_a_listed_one() -> None:
    listed = Guard(ports=(80,), private_hosts=("dalam.example", "10.9.9.9:80"))
    resolver = GuardedResolver(listed, Names("10.1.2.3"))
    await resolver.resolve("dalam.example", 80)
    with pytest.raises(BlockedError):
        await resolver.resolve("penyerang.example", 80)
    with pytest.raises(BlockedError):
        await GuardedResolver(listed, Names("10.9.9.9")).resolve("penyerang.example", 80)
    with pytest.raises(BlockedError):
        listed.check_url("http://10.1.2.3/")


def test_the_socket_is_checked_again() -> None:
    with pytest.raises(BlockedError):
        guard().open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))
    guard().open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 80))).close()
