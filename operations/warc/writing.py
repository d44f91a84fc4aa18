"""Pages as WARC 1.1 records. Pure: equal pages give equal bytes."""

import base64
import hashlib
import re
import uuid
import zlib
from datetime import UTC, datetime
from http import HTTPStatus

from operations.warc.pages import CRAWLED_CODING, DEPTH, FINAL_URL
from shared.events import PageFetched
from shared.version import VERSION

_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:warta:events")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LEVEL = 6


def information(name: str, at: datetime, about: str) -> bytes:
    """The record that comes first: who wrote the file and what is in it."""
    fields = {
        "software": f"warta/{VERSION}", "format": "WARC File Format 1.1", "description": about,
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }  # fmt: skip
    block = _lines(fields)
    headers = {
        "WARC-Type": "warcinfo", "WARC-Record-ID": _record_id(f"{name} {_time(at)} {about}"), "WARC-Date": _time(at),
        "WARC-Filename": name, "Content-Type": "application/warc-fields",
    }  # fmt: skip
    return _record(headers, block)


def response(page: PageFetched, event_id: str) -> bytes:
    """The page as the response it was, but for its codings: those are gone from the body, and from the headers."""
    kept = {
        CRAWLED_CODING if name == "content-encoding" else name: value for name, value in page.http_headers.items()
    }  # fmt: skip
    head = _lines({"content-type": page.content_type, **kept, "content-length": str(len(page.body))})
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    block = f"HTTP/1.1 {page.status:03} {phrase}\r\n".encode() + head + b"\r\n" + page.body
    headers = {
        "WARC-Type": "response", "WARC-Record-ID": _record_id(event_id), "WARC-Date": _time(page.fetched_at),
        "WARC-Target-URI": page.url, "WARC-Payload-Digest": _digest(page.body), "WARC-Block-Digest": _digest(block),
        "Content-Type": "application/http; msgtype=response",
    }  # fmt: skip
    if page.depth:
        headers[DEPTH] = str(page.depth)
    if page.final_url:
        headers[FINAL_URL] = page.final_url
    return _record(headers, block)


def gzipped(record: bytes) -> bytes:
    """A record as a gzip member of its own, without a time in it."""
    packer = zlib.compressobj(_LEVEL, wbits=31)
    return packer.compress(record) + packer.flush()


def _record(headers: dict[str, str], block: bytes) -> bytes:
    head = _lines({**headers, "Content-Length": str(len(block))})
    return b"WARC/1.1\r\n" + head + b"\r\n" + block + b"\r\n\r\n"


def _lines(fields: dict[str, str]) -> bytes:
    """A line for each; nothing in a value can begin another line."""
    return b"".join(
        f"{name}: {' '.join(value.splitlines())}\r\n".encode()
        for name, value in fields.items()
        if _TOKEN.fullmatch(name)
    )


def _record_id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_NAMES, name)}>"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _digest(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
