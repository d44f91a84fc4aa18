"""What a record is to us: a page, or why it is none. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from operations.warc.digests import contradicts
from operations.warc.http_message import BrokenMessageError, Response, read_response
from operations.warc.records import Record
from services.crawler.decoding import (
    BombError,
    BrokenBodyError,
    TooLargeError,
    UnsupportedEncodingError,
    decode_body,
)
from services.crawler.headers import allowed_headers
from shared.articles import UtcTime
from shared.events import PageFetched
from shared.topics import MAX_PAGE_BYTES, MIB
from shared.urls import BadUrlError, canonical_url

# What the parser reads.
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/plain"})
GOOD_STATUS = frozenset({200, 203})
CRAWLED_CODING = "x-crawler-content-encoding"
DEPTH, FINAL_URL = "warta-depth", "warta-final-url"
MAX_DEPTH = 1000
# A page and its header, with what small chunks take.
_MOST_BLOCK = MAX_PAGE_BYTES + MIB
_MAX_CONTENT_TYPE = 200
_PLAIN_TEXT = "text/plain; charset=utf-8"
_EPOCH = datetime.fromtimestamp(0, UTC)
_CLOCKS_DIFFER = timedelta(days=1)
_TYPES = frozenset({
    "warcinfo", "request", "metadata", "revisit", "resource", "continuation", "response", "conversion",
})  # fmt: skip
# WARC 1.1 lets the end of a date be left out.
_LESS_EXACT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2})Z)?)?)?")
_FRACTION = re.compile(r"(\.\d{6})\d+")


class NoPageError(Exception):
    """A record that is no page: `end` says what it is counted as. `broken`: it should have been one."""

    def __init__(self, end: str, why: str = "", *, broken: bool = False) -> None:
        super().__init__(why)
        self.end = end
        self.why = why
        self.broken = broken


def wanted(headers: Mapping[str, str]) -> int:
    """How many bytes of a record with these headers are of use: none of most."""
    kind = headers.get("warc-type", "").lower()
    return _MOST_BLOCK if kind in {"response", "conversion"} else 0


def page_of(record: Record, *, now: datetime) -> PageFetched:
    """The page in a record, as if fetched when it says. Raises `NoPageError`."""
    match record.type:
        case "response":
            return _response(record, now)
        case "conversion":
            return _conversion(record, now)
        case kind:
            raise NoPageError(f"passed over: {kind if kind in _TYPES else 'unknown type'}")


def _response(record: Record, now: datetime) -> PageFetched:
    headers = record.headers
    kind = headers.get("content-type", "application/http").lower()
    if not kind.startswith("application/http") or not _uri(record).lower().startswith(("http:", "https:")):
        raise NoPageError("passed over: not http")
    try:
        response = read_response(record.block)
        if response.status not in GOOD_STATUS:
            raise NoPageError(f"status {response.status}")
        content_type = response.header("content-type")[:_MAX_CONTENT_TYPE]
        _check_type(content_type)
        _check_size(record)
        _check_digest(record)
        body = _decoded(response)
    except (BrokenMessageError, BrokenBodyError) as error:
        raise NoPageError("broken", str(error), broken=True) from None
    except UnsupportedEncodingError as error:
        raise NoPageError("unsupported encoding", str(error), broken=True) from None
    except BombError:
        raise NoPageError("bomb") from None
    except TooLargeError:
        raise NoPageError("too large") from None
    kept = response.headers
    if not response.header("content-encoding"):
        kept = tuple(("content-encoding" if key == CRAWLED_CODING else key, value) for key, value in kept)
    depth = headers.get(DEPTH, "")
    return PageFetched(
        url=_url(record), fetched_at=_date(record, now), content_type=content_type, body=body, status=response.status,
        final_url=headers.get(FINAL_URL) or None,
        depth=min(int(depth), MAX_DEPTH) if depth.isdecimal() and len(depth) <= 9 else 0,
        http_headers=allowed_headers(kept), found_by="import",
    )  # fmt: skip


def _conversion(record: Record, now: datetime) -> PageFetched:
    content_type = record.headers.get("content-type", "text/plain")[:_MAX_CONTENT_TYPE]
    _check_type(content_type)
    _check_size(record)
    _check_digest(record)
    if record.length > MAX_PAGE_BYTES:
        raise NoPageError("too large")
    return PageFetched(
        url=_url(record), fetched_at=_date(record, now), body=record.block, found_by="import",
        # Records of text are UTF-8, which they needn't say.
        content_type=_PLAIN_TEXT if content_type.strip().lower() == "text/plain" else content_type,
    )  # fmt: skip


def _check_type(content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() not in PAGE_TYPES:
        raise NoPageError("neither html nor text")


def _check_size(record: Record) -> None:
    if record.headers.get("warc-truncated"):
        raise NoPageError("truncated by its crawler")
    if record.headers.get("warc-segment-number"):
        raise NoPageError("one of several segments")
    if record.cut:
        raise NoPageError("too large")


def _check_digest(record: Record) -> None:
    if contradicts(record.headers.get("warc-block-digest", ""), record.block):
        raise NoPageError("broken", "it isn't what its WARC-Block-Digest says", broken=True)


def _decoded(response: Response) -> bytes:
    """The body, within the crawler's limits. Where it was decoded and the header left, the body is believed."""
    raw = response.body()
    if len(raw) > MAX_PAGE_BYTES:
        raise TooLargeError(f"more than {MAX_PAGE_BYTES} bytes sent")
    try:
        response.check_transfer()
        return decode_body(raw, response.header("content-encoding"), limit=MAX_PAGE_BYTES)
    except (BrokenBodyError, BrokenMessageError):
        if raw[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return raw
        raise


def _uri(record: Record) -> str:
    """The URI; old writers set it in brackets."""
    uri = record.headers.get("warc-target-uri", "")
    return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri


def _url(record: Record) -> str:
    try:
        return canonical_url(_uri(record))
    except BadUrlError as error:
        raise NoPageError("bad url", str(error), broken=True) from None


def _date(record: Record, now: datetime) -> datetime:
    text = _FRACTION.sub(r"\1", record.headers.get("warc-date", ""))
    if less := _LESS_EXACT.fullmatch(text):
        text = f"{less[1]}-{less[2] or '01'}-{less[3] or '01'}T{less[4] or '00:00'}:00Z"
    try:
        found = msgspec.convert(text, UtcTime)
    except msgspec.ValidationError:
        raise NoPageError("bad date", "its WARC-Date is no time", broken=True) from None
    if found < _EPOCH or found > now + _CLOCKS_DIFFER:  # a page of the future would never be outdated
        raise NoPageError("bad date", "no page was fetched at its WARC-Date", broken=True)
    return found.astimezone(UTC)
