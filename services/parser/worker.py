"""A worker process of the pool: pages in on stdin, verdicts out on stdout, each a length and a msgpack body.

It dies with its parent, leaves Ctrl-C and SIGTERM to it, and may add only so much memory to what it holds when warm.
"""

import contextlib
import ctypes
import importlib
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from services.parser.parse import Parsed
from shared.errors import DeadLetter, DeadLetterReason, Skip, SkipReason
from shared.events import PageFetched

_HEAD = struct.Struct(">I")
_PR_SET_PDEATHSIG = 1


class Done(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The page is an article."""

    parsed: Parsed


class Skipped(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The page is no article."""

    reason: SkipReason
    detail: str
    canonical_url: str | None = None
    links: tuple[str, ...] = ()


class Dead(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The page can't be read. After `parser_out_of_memory` the worker ends."""

    reason: DeadLetterReason
    detail: str


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """All is imported and the first page can come."""


Verdict = Done | Skipped | Dead | Ready

VERDICTS = msgspec.msgpack.Decoder(Verdict)
PAGES = msgspec.msgpack.Decoder(PageFetched)


def frame(message: msgspec.Struct) -> bytes:
    body = msgspec.msgpack.encode(message)
    return _HEAD.pack(len(body)) + body


def frame_length(head: bytes) -> int:
    return int(_HEAD.unpack(head)[0])


def judge(parse: Callable[[PageFetched], Parsed], page: PageFetched) -> Verdict:
    """What parsing the page comes to, as a value."""
    try:
        return Done(parsed=parse(page))
    except Skip as skip:
        return Skipped(reason=skip.reason, detail=skip.detail, canonical_url=skip.canonical_url, links=skip.links)
    except DeadLetter as dead:
        return Dead(reason=dead.reason, detail=dead.detail)


def main(parse_name: str, memory_limit_bytes: int, parent: int) -> None:
    """Serve until stdin ends. `parse_name` is `module:function`, `parent` the process to die with."""
    _die_with(parent)
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, signal.SIG_IGN)
    pages, verdicts = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not land between the verdicts
    module_name, name = parse_name.split(":")
    module = importlib.import_module(module_name)
    parse: Callable[[PageFetched], Parsed] = getattr(module, name)
    getattr(module, "warm_up", lambda: None)()
    _limit_memory(memory_limit_bytes)
    verdicts.write(frame(Ready()))
    with contextlib.suppress(BrokenPipeError):
        while (page := _read_page(pages)) is not None:
            try:
                reply = frame(judge(parse, page))
            except MemoryError:
                del page
                _write(
                    verdicts, frame(Dead(reason="parser_out_of_memory", detail=f"more than {memory_limit_bytes} bytes"))
                )
                os._exit(1)
            _write(verdicts, reply)


def _read_page(pages: BinaryIO) -> PageFetched | None:
    head = pages.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    return PAGES.decode(pages.read(frame_length(head)))


def _write(pipe: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) :]


def _limit_memory(extra: int) -> None:
    """Cap the address space at its warm size and `extra` bytes, where the system can."""
    with contextlib.suppress(OSError, ValueError), open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        limit = int(statm.read().split()[0]) * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with(parent: int) -> None:
    """Linux kills this process when its parent ends, however it ends; elsewhere the end of stdin does."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
