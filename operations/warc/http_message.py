"""The HTTP response in a record: its status, its headers, and its body without the transfer coding. Pure."""

import re

import msgspec

from operations.warc.records import text_of

_STATUS = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t].*)?")
_HEAD = re.compile(rb"\r?\n\r?\n")
_MAX_HEAD = 64 * 1024
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")


class BrokenMessageError(Exception):
    """It isn't what it says that it is."""


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A response as it was recorded: header names in lower case, in order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    rest: bytes

    def header(self, name: str) -> str:
        """The first header of that name; empty without."""
        return next((value for key, value in self.headers if key == name), "")

    def body(self) -> bytes:
        """The body without its chunks. Raises `BrokenMessageError` for one that ends early.

        Many writers take the chunks out and leave the header: what doesn't begin like a chunk is as it is. Where they
        take a coding off, the length is left, too: it counts only where there never was one.
        """
        if "chunked" in self.header("transfer-encoding").lower():
            return _without_chunks(self.rest) if _CHUNK.match(self.rest) else self.rest
        announced = self.header("content-length")
        is_plain = not any("encoding" in name for name, _value in self.headers)
        if is_plain and announced.isdecimal() and len(announced) < 19 and int(announced) > len(self.rest):
            raise BrokenMessageError("its body ends before its Content-Length")
        return self.rest

    def check_transfer(self) -> None:
        """Raises `BrokenMessageError` for a transfer coding other than chunks: nobody asks for one."""
        for coding in self.header("transfer-encoding").lower().split(","):
            if coding.strip() not in {"", "chunked", "identity"}:
                raise BrokenMessageError(f"Transfer-Encoding {coding.strip()[:40]!r}")


def read_response(block: bytes) -> Response:
    """The response in a record's block. Raises `BrokenMessageError`."""
    end = _HEAD.search(block, 0, _MAX_HEAD)
    if end is None and len(block) >= _MAX_HEAD:
        raise BrokenMessageError("its header has no end")
    head, rest = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    first, *lines = text_of(head).replace("\r\n", "\n").split("\n")
    status = _STATUS.fullmatch(first.strip())
    if status is None:
        raise BrokenMessageError("no HTTP response")
    headers: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in {" ", "\t"} and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
        elif colon:
            headers.append((name.strip().lower(), value.strip()))
    return Response(status=int(status[1]), headers=tuple(headers), rest=rest)


def _without_chunks(raw: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(raw, at):
        size = int(chunk[1], 16)
        if not size:
            return b"".join(parts)
        begin = chunk.end()
        if begin + size > len(raw):
            break
        parts.append(raw[begin : begin + size])
        at = begin + size
        at += 2 if raw.startswith(b"\r\n", at) else raw.startswith(b"\n", at)
    raise BrokenMessageError("its chunks end early")
