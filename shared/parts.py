"""A page that stands under several addresses as one body: the crawler packs it, the parser unpacks it. Pure."""

from collections.abc import Iterable

import msgspec

# No server's word is taken for it: the crawler writes it, and only for what it packed itself.
PARTS_TYPE = "application/vnd.warta.parts+msgpack"
MAX_PARTS = 20


class PagePart(msgspec.Struct, frozen=True, kw_only=True):
    """One of the addresses: its body as it came, never interpreted."""

    url: str
    content_type: str
    body: bytes


_decoder = msgspec.msgpack.Decoder(tuple[PagePart, ...])


def pack(parts: Iterable[PagePart]) -> bytes:
    """The parts in order as one body."""
    return msgspec.msgpack.encode(tuple(parts))


def unpack(body: bytes) -> tuple[PagePart, ...]:
    """The inverse of `pack`. Raises `msgspec.DecodeError` for anything else."""
    return _decoder.decode(body)
