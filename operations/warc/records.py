"""The records of a WARC or WET file, each with where it begins and ends; what is broken is passed over and told."""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

import msgspec

from operations.warc.decoded import SIGN, BrokenInputError, Decoded, Position

_MAX_HEAD = 64 * 1024
_END = b"\r\n\r\n"
LINE_ENDS = frozenset({b"\r", b"\n"})


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record: header names in lower case; `block` is cut, or not kept at all, where `length` is larger."""

    begin: Position
    end: Position
    headers: dict[str, str]
    block: bytes
    length: int

    @property
    def type(self) -> str:
        """What it is: response, conversion, request, ..."""
        return self.headers.get("warc-type", "").lower()

    @property
    def cut(self) -> bool:
        """Whether `block` isn't all."""
        return self.length > len(self.block)


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A record that can't be read, and where reading goes on: nowhere if None. `early`: the file ends within it."""

    begin: Position
    end: Position | None
    why: str
    early: bool = False


class _BrokenRecordError(Exception):
    pass


class _OverrunError(_BrokenRecordError):
    """The input ends within the record: it is cut there, or the record's length is wrong and others follow."""


def is_warc(file: BinaryIO) -> bool:
    """Whether a file that was just opened begins as a WARC does; reads some of it."""
    try:
        return Decoded(file).peek(len(SIGN)) == SIGN
    except BrokenInputError:
        return False


def read_records(
    file: BinaryIO, start: Position | None = None, *, keep: Callable[[Mapping[str, str]], int]
) -> Iterator[Record | Damage]:
    """Every record from `start` on. `keep` says by its headers how many bytes of a record are wanted at most."""
    stream = Decoded(file, start)
    while True:
        begin, count = stream.position, stream.count
        try:
            while stream.peek(1) in LINE_ENDS:
                stream.skip(1)
            begin, count = stream.position, stream.count
            record = _read(stream, begin, keep)
        except (BrokenInputError, _BrokenRecordError) as error:
            if isinstance(error, BrokenInputError) and error.early:
                yield Damage(begin=begin, end=None, why=str(error), early=True)
                return
            end = _after(stream, begin, count, error)
            early = end is None and isinstance(error, _OverrunError)
            yield Damage(begin=begin, end=end, why=str(error), early=early)
            if end is None:
                return
        else:
            if record is None:
                return
            yield record


def _read(stream: Decoded, begin: Position, keep: Callable[[Mapping[str, str]], int]) -> Record | None:
    sign = stream.peek(len(SIGN))
    if not sign:
        return None
    if sign != SIGN:
        if SIGN.startswith(sign):
            raise BrokenInputError("it ends early", early=True)
        raise _BrokenRecordError("no WARC record begins here")
    head = stream.until(_END, b"\n\n", limit=_MAX_HEAD)
    if head is None:
        if len(stream.peek(_MAX_HEAD)) < _MAX_HEAD:
            raise BrokenInputError("it ends early", early=True)
        raise _BrokenRecordError("its header has no end")
    headers = _headers(head)
    announced = headers.get("content-length", "")
    if not announced.isdecimal() or len(announced) > 18:
        raise _BrokenRecordError("its Content-Length is no number")
    length = int(announced)
    block = stream.read(min(length, max(0, keep(headers))))
    if len(block) + stream.skip(length - len(block)) < length:
        raise _OverrunError("it ends early")
    _pass_end(stream)
    return Record(begin=begin, end=stream.position, headers=headers, block=block, length=length)


def _after(stream: Decoded, begin: Position, count: int, error: Exception) -> Position | None:
    """Where the next readable record begins; None where there is none."""
    try:
        found = stream.member_after(begin) if isinstance(error, BrokenInputError) else stream.after(begin, count)
    except BrokenInputError:
        found = stream.gzipped and stream.member_after(stream.position)
    return stream.position if found else None


def _pass_end(stream: Decoded) -> None:
    """Two line ends follow a record; some writers leave them out before the end of a gzip member, or of the file."""
    tail = stream.peek(len(_END))
    if tail == _END:
        stream.skip(len(_END))
    elif tail[:1] not in LINE_ENDS and not SIGN.startswith(tail):
        raise _BrokenRecordError("its Content-Length is wrong")


def _headers(head: bytes) -> dict[str, str]:
    """By lower-case name; the first of each. A line that begins with a space goes on with the one before."""
    found: dict[str, str] = {}
    last = ""
    for line in text_of(head).replace("\r\n", "\n").split("\n")[1:]:
        if line[:1] in {" ", "\t"} and last:
            found[last] = f"{found[last]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        if colon:
            last = name.strip().lower()
            found.setdefault(last, value.strip())
    return found


def text_of(raw: bytes) -> str:
    """A header's text: UTF-8, or else what any bytes are."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
