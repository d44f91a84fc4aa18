"""A file's bytes without its gzip, in bounded memory, knowing at each byte where in the file to go on.

Own code, as records.py, for what it says of damage: of a file that ends early, warcio 1.8 and fastwarc 2.0 give
the last record short without a word. Nearly all of the time is zlib's, as warcio's is; fastwarc is twice as fast.
"""

import re
import zlib
from contextlib import suppress
from io import UnsupportedOperation
from typing import BinaryIO

import msgspec

from shared.errors import WartaError
from shared.topics import MIB

SIGN = b"WARC/"
GZIP = b"\x1f\x8b"
_MEMBER = b"\x1f\x8b\x08"
_READ = 64 * 1024
_STEP = MIB
_RECORD = re.compile(rb"\n\r?\nWARC/")
_RECORD_BYTES = 8
# Of a member, to tell it from what only looks like one.
_HEADER_ROOM = 4096


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a file: `inner` bytes, decoded, after the beginning of the gzip member at byte `offset`."""

    offset: int = 0
    inner: int = 0


class BrokenInputError(WartaError):
    """The bytes at hand can't be decoded or read. `early`: they only end too early."""

    def __init__(self, why: str, *, early: bool = False) -> None:
        super().__init__(why)
        self.early = early


class Decoded:
    """Reads `file`, gzipped or plain, from `start` on."""

    def __init__(self, file: BinaryIO, start: Position | None = None) -> None:
        start = start or Position()
        self._file = file
        self._raw = b""
        self._raw_end = 0
        self._zlib: zlib._Decompress | None = None
        self._buffer = b""
        self._at = 0
        # How many decoded bytes came before the buffer, and by that count where members begin in the file.
        self._before = 0
        self._marks = [(0, 0)]
        if start.offset:
            self._seek(start.offset)
        while len(self._raw) < len(GZIP) and self._more():
            pass
        self.gzipped = self._raw.startswith(GZIP)
        self.skip(start.inner)

    @property
    def position(self) -> Position:
        """Where the next byte is."""
        at = self._before + self._at
        while len(self._marks) > 1 and self._marks[1][0] <= at:
            del self._marks[0]
        count, offset = self._marks[0]
        if self.gzipped:
            return Position(offset=offset, inner=at - count)
        return Position(offset=offset + at - count)

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay; fewer at the end."""
        while len(self._buffer) - self._at < size and self._fill():
            pass
        return self._buffer[self._at : self._at + size]

    def until(self, *ends: bytes, limit: int) -> bytes | None:
        """All up to and with the first of `ends`; None where none is within `limit` bytes, and nothing is read then."""
        while True:
            most = min(self._at + limit, len(self._buffer))
            nearest = most + 1
            for end in ends:  # none beyond the nearest so far is looked for
                place = self._buffer.find(end, self._at, min(most, nearest))
                nearest = min(nearest, place + len(end)) if place >= 0 else nearest
            if nearest <= most:
                found, self._at = self._buffer[self._at : nearest], nearest
                return found
            if most - self._at >= limit or not self._fill():
                return None

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer at the end."""
        parts = []
        while size > 0 and (self._at < len(self._buffer) or self._fill()):
            part = self._buffer[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def skip(self, size: int) -> int:
        """Pass over `size` bytes, and say how many there were."""
        left = size
        while left > 0 and (self._at < len(self._buffer) or self._fill()):
            step = min(left, len(self._buffer) - self._at)
            self._at += step
            left -= step
        return size - left

    @property
    def count(self) -> int:
        """How many bytes were decoded before the next."""
        return self._before + self._at

    def after(self, broken: Position, count: int) -> bool:
        """Go to the first record after the `broken` one, which began at that `count`; False where there is none.

        What can't be read twice, as standard input, is searched from where it has been read to. What is still at hand
        is: a file in one gzip member would be decoded from its beginning for each broken record.
        """
        if count >= self._before:
            self._at = count + 1 - self._before
        else:
            with suppress(OSError, UnsupportedOperation):
                self._seek(broken.offset)
                self.skip(broken.inner + 1)
        while not (found := _RECORD.search(self._buffer, self._at)):
            self._at = max(self._at, len(self._buffer) - _RECORD_BYTES)
            if not self._fill():
                return False
        self._at = found.end() - len(SIGN)
        return True

    def member_after(self, broken: Position) -> bool:
        """Like `after`, where the gzip itself is broken: to the first member that begins with a record."""
        with suppress(OSError, UnsupportedOperation):
            self._seek(broken.offset + 1)
        self._before += len(self._buffer)
        self._buffer, self._at, self._zlib = b"", 0, None
        searched = 0
        while True:
            found = self._raw.find(_MEMBER, searched)
            if found < 0:
                self._raw, searched = self._raw[1 - len(_MEMBER) :], 0
                if not self._more():
                    return False
                continue
            while len(self._raw) - found < _HEADER_ROOM and self._more():
                pass
            with suppress(zlib.error):
                if zlib.decompressobj(wbits=31).decompress(self._raw[found : found + _HEADER_ROOM], len(SIGN)) == SIGN:
                    self._raw = self._raw[found:]
                    self._marks = [(self._before, self._raw_end - len(self._raw))]
                    return True
            searched = found + 1

    def _seek(self, offset: int) -> None:
        self._file.seek(offset)
        self._before += len(self._buffer)
        self._raw, self._raw_end, self._zlib, self._buffer, self._at = b"", offset, None, b"", 0
        self._marks = [(self._before, offset)]

    def _more(self) -> bool:
        try:
            data = self._file.read(_READ)
        except OSError as error:
            raise BrokenInputError(f"can't be read: {error.strerror}") from None
        except ValueError:  # closed beneath us
            raise BrokenInputError("can't be read: closed") from None
        self._raw += data
        self._raw_end += len(data)
        return bool(data)

    def _fill(self) -> bool:
        data = self._next() if self.gzipped else self._plain()
        if not data:
            return False
        rest = self._buffer[self._at :]
        self._before += self._at
        self._buffer, self._at = rest + data if rest else data, 0
        return True

    def _plain(self) -> bytes:
        if not self._raw:
            self._more()
        data, self._raw = self._raw, b""
        return data

    def _next(self) -> bytes:
        while True:
            if not self._raw and not self._more() and self._zlib is None:
                return b""
            if self._zlib is None and not self._open():
                return b""
            assert self._zlib is not None
            fed = len(self._raw)
            try:
                data = self._zlib.decompress(self._raw, _STEP)
            except zlib.error as error:
                raise BrokenInputError(f"broken gzip: {str(error).partition(': ')[2] or error}") from None
            if self._zlib.eof:
                self._raw = self._zlib.unused_data
                self._zlib = None
                self._marks.append((self._before + len(self._buffer) + len(data), self._raw_end - len(self._raw)))
            else:
                self._raw = self._zlib.unconsumed_tail
                if not fed and not data:
                    raise BrokenInputError("its gzip ends early", early=True)
            if data:
                return data

    def _open(self) -> bool:
        """Begin a member; False at the end. Zeros after the last are padding, as tapes and some tools have it."""
        while not self._raw.startswith(GZIP):
            self._raw = self._raw.lstrip(b"\0")
            if len(self._raw) >= len(GZIP) and not self._raw.startswith(GZIP):
                raise BrokenInputError("what follows is no gzip")
            if not self._raw.startswith(GZIP) and not self._more():
                if self._raw:
                    raise BrokenInputError("its gzip ends early", early=True)
                return False
        self._zlib = zlib.decompressobj(wbits=31)
        return True
