"""Content codings, each decoded with a limit on its output: a few hundred bytes can hold half a gigabyte."""

import zlib

import brotli  # type: ignore[import-untyped] # no stubs
import zstandard

# Only what can be limited while it is decoded.
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
# RFC 9659: a `zstd` content coding needs no window above 8 MiB.
_ZSTD_WINDOW = 8 * 1024 * 1024
_ZSTD_HEADER = 18
_SKIPPABLE = frozenset((0x184D2A50 + number).to_bytes(4, "little") for number in range(16))
# Beyond this ratio a body over the limit is called a bomb; HTML reaches about 10.
BOMB_RATIO = 25
_STEP = 64 * 1024
# Each gzip member costs a copy of what follows it; real files have one, or a few.
_MAX_MEMBERS = 32


class DecodingError(Exception):
    """A body that can't be decoded."""


class UnsupportedEncodingError(DecodingError):
    """A coding that we never asked for."""


class BrokenBodyError(DecodingError):
    """The body isn't what its coding says, or ends early."""


class TooLargeError(DecodingError):
    """The decoded body is over the limit."""


class BombError(TooLargeError):
    """The decoded body is over the limit, out of all proportion to what was sent."""


def decode_body(raw: bytes, encoding: str, *, limit: int, cut: bool = False) -> bytes:
    """`raw` without its content coding, at most `limit` bytes. Raises one of the errors above.

    With `cut` the rest is dropped in silence, and `raw` may itself be cut short.
    """
    coding = encoding.strip().lower()
    try:
        if coding in {"", "identity"}:
            decoded = raw
        elif coding in {"gzip", "x-gzip"}:
            decoded = _gzip(raw, limit, cut=cut)
        elif coding == "deflate":
            decoded = _deflate(raw, limit, cut=cut)
        elif coding == "br":
            decoded = _brotli(raw, limit, cut=cut)
        elif coding == "zstd":
            decoded = _zstd(raw, limit, cut=cut)
        else:
            raise UnsupportedEncodingError(f"Content-Encoding {coding[:40]!r}")
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise BrokenBodyError(f"not {coding}: {error}") from None
    if len(decoded) > limit:
        if cut:
            return decoded[:limit]
        if len(decoded) > BOMB_RATIO * len(raw):
            raise BombError(f"{len(raw)} bytes of {coding} hold more than {limit}")
        raise TooLargeError(f"more than {limit} bytes decoded")
    return decoded


def _gzip(raw: bytes, limit: int, *, cut: bool) -> bytes:
    parts: list[bytes] = []
    room = limit + 1
    for _ in range(_MAX_MEMBERS):
        if not raw or room <= 0:
            break
        member = zlib.decompressobj(wbits=31)
        parts.append(member.decompress(raw, room))
        room -= len(parts[-1])
        if room > 0 and not member.eof and not cut:
            raise BrokenBodyError("gzip ends early")
        # Zero padding or junk after the last member is common and harmless.
        raw = member.unused_data if member.unused_data.startswith(b"\x1f\x8b") else b""
    return b"".join(parts)


def _deflate(raw: bytes, limit: int, *, cut: bool) -> bytes:
    """RFC 9110 means zlib's format; some servers send the bare stream."""
    try:
        stream = zlib.decompressobj()
        decoded = stream.decompress(raw, limit + 1)
    except zlib.error:
        stream = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        decoded = stream.decompress(raw, limit + 1)
    if len(decoded) <= limit and not stream.eof and not cut:
        raise BrokenBodyError("deflate ends early")
    return decoded


def _brotli(raw: bytes, limit: int, *, cut: bool) -> bytes:
    stream = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    rest = raw
    while size <= limit:
        part = stream.process(rest, output_buffer_limit=_STEP)
        rest = b""
        parts.append(part)
        size += len(part)
        if stream.is_finished():
            break
        if not part and stream.can_accept_more_data():
            if cut:
                break
            raise BrokenBodyError("br ends early")
    return b"".join(parts)


def _zstd(raw: bytes, limit: int, *, cut: bool) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(raw, read_across_frames=True)
    parts: list[bytes] = []
    size = 0
    while size <= limit and (part := reader.read(_STEP)):
        parts.append(part)
        size += len(part)
    if size <= limit and not cut and not _ends_with_a_frame(raw):
        raise BrokenBodyError("zstd ends early")
    return b"".join(parts)


def _ends_with_a_frame(raw: bytes) -> bool:
    """Whether the last frame is whole, which the reader doesn't tell: RFC 8878 3.1, read by the headers alone."""
    at = 0
    while at < len(raw):
        if raw[at : at + 4] in _SKIPPABLE:
            at += 8 + int.from_bytes(raw[at + 4 : at + 8], "little")
            continue
        has_checksum = zstandard.get_frame_parameters(raw[at : at + _ZSTD_HEADER]).has_checksum
        at += zstandard.frame_header_size(raw[at : at + _ZSTD_HEADER])
        is_last = False
        while not is_last and at < len(raw):
            block = int.from_bytes(raw[at : at + 3], "little")
            is_last, is_repeated = bool(block & 1), (block >> 1) & 3 == 1
            at += 3 + (1 if is_repeated else block >> 3)
        at += 4 * has_checksum
        if not is_last:
            return False
    return at == len(raw)
