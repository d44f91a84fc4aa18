"""From a record to its row: the envelope from the headers, and of the data only what the audit joins by."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec

from operations.audit.rows import (
    Change,
    Decided,
    Drop,
    ListRequest,
    Outcome,
    Page,
    Rejected,
    Request,
    Row,
    Settled,
    Unreadable,
    Version,
)
from services.recommender.decisions import BECAUSE as DECISION
from services.recommender.decisions import version_of
from shared import events
from shared.articles import ArticleId, UtcTime, article_version
from shared.articles import Version as VersionNumber
from shared.codec import UNDECODABLE
from shared.topics import CONSUMERS, TOPICS

CRAWLER = b"/warta/crawler"
CONSUMED = frozenset(topic.name for reads in CONSUMERS.values() for topic in reads)
_TYPES = {name: frozenset(event.TYPE for event in topic.event_types) for name, topic in TOPICS.items()}

Offset = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]


class _Requested(msgspec.Struct):
    url: str


class _Ended(msgspec.Struct):
    url: str
    settled_at: UtcTime
    outcome: str = "failed"
    reason: str | None = None
    page_id: str | None = None


class _Dropped(msgspec.Struct):
    url: str
    reason: str
    fetched_at: UtcTime


class _Article(msgspec.Struct):
    article_id: ArticleId
    version: VersionNumber
    url: str
    content_hash: str | None = None


class _Changed(msgspec.Struct):
    article_id: ArticleId
    result: str = ""


class _Listed(msgspec.Struct):
    article_id: ArticleId
    because_of: str


class _LetterSettled(msgspec.Struct):
    offset: Offset
    action: str


def row_of(record: Any) -> Row | None:
    """The row of a record; None for what isn't an event of a topic that no service consumes: it explains nothing."""
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset, "at": record.timestamp}
    headers = dict(record.headers or ())
    try:
        place["id"] = headers["ce_id"].decode()
        event_type = headers["ce_type"].decode()
        if event_type in _TYPES[record.topic]:
            cause = headers.get("ce_cause")
            place["cause"] = cause.decode() if cause else None
            return _ROWS[event_type](place, headers, record.value)
    except (*UNDECODABLE, KeyError, AttributeError, TypeError, ValueError, OverflowError):
        pass  # said by the row below
    place.pop("cause", None)
    return Unreadable(**place) if record.topic in CONSUMED else None


def milliseconds(time: datetime) -> int:
    """Since 1970."""
    return int(time.timestamp() * 1000)


def _time(headers: dict[str, bytes], name: str) -> datetime:
    return msgspec.convert(headers[name].decode(), UtcTime)


def _number(headers: dict[str, bytes], name: str) -> int:
    return msgspec.convert(headers[name].decode(), Offset, strict=False)


def _reader(data: Any) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(data).decode


_requested, _ended, _dropped = _reader(_Requested), _reader(_Ended), _reader(_Dropped)
_article, _changed, _listed, _letter = _reader(_Article), _reader(_Changed), _reader(_Listed), _reader(_LetterSettled)
_decision = _reader(events.RelatedDecided)
Maker = Callable[[dict[str, Any], dict[str, bytes], bytes], Row]


def _request(place: dict[str, Any], headers: dict[str, bytes], value: bytes) -> Row:
    return Request(**place, url=_requested(value).url, from_crawler=headers.get("ce_source") == CRAWLER)


def _outcome(place: dict[str, Any], _headers: dict[str, bytes], value: bytes) -> Row:
    data = _ended(value)
    return Outcome(
        **place, url=data.url, outcome=data.outcome, reason=data.reason, page=data.page_id,
        settled_at=milliseconds(data.settled_at),
    )  # fmt: skip


def _page(place: dict[str, Any], headers: dict[str, bytes], _value: bytes) -> Row:
    del place["cause"]
    return Page(
        **place, url=headers["ce_url"].decode(), version=article_version(_time(headers, "ce_fetchedat"), 0),
        found_by=headers.get("ce_foundby", b"").decode(),
    )  # fmt: skip


def _drop(place: dict[str, Any], _headers: dict[str, bytes], value: bytes) -> Row:
    data = _dropped(value)
    return Drop(**place, url=data.url, reason=data.reason, version=article_version(data.fetched_at, 0))


def _version(place: dict[str, Any], headers: dict[str, bytes], value: bytes) -> Row:
    data = _article(value)
    return Version(
        **place, article=data.article_id, version=data.version, url=data.url, content_hash=data.content_hash,
        removed=headers["ce_type"].decode() == events.ArticleRemoved.TYPE,
    )  # fmt: skip


def _change(place: dict[str, Any], _headers: dict[str, bytes], value: bytes) -> Row:
    data = _changed(value)
    return Change(**place, article=data.article_id, unchanged=data.result == "unchanged")


def _list_request(place: dict[str, Any], _headers: dict[str, bytes], value: bytes) -> Row:
    data = _listed(value)
    return ListRequest(**place, article=data.article_id, own=data.because_of in {data.article_id, DECISION})


def _decided(place: dict[str, Any], _headers: dict[str, bytes], value: bytes) -> Row:
    del place["cause"]
    data: events.RelatedDecided = _decision(value)
    return Decided(**place, pair=data.key, version=version_of(data), article=data.item_id)


def _rejected(place: dict[str, Any], headers: dict[str, bytes], _value: bytes) -> Row:
    return Rejected(
        **place, source_topic=headers["ce_sourcetopic"].decode(), reason=headers["ce_reason"].decode(),
        source_partition=_number(headers, "ce_sourcepartition"), source_offset=_number(headers, "ce_sourceoffset"),
    )  # fmt: skip


def _settled(place: dict[str, Any], _headers: dict[str, bytes], value: bytes) -> Row:
    del place["cause"]
    data = _letter(value)
    return Settled(**place, letter=data.offset, action=data.action)


_ROWS: dict[str, Maker] = {
    events.CrawlRequested.TYPE: _request,
    events.FetchSettled.TYPE: _outcome,
    events.FetchFailed.TYPE: _outcome,
    events.PageFetched.TYPE: _page,
    events.PageDropped.TYPE: _drop,
    events.ArticleParsed.TYPE: _version,
    events.ArticleRemoved.TYPE: _version,
    events.ArticleIndexed.TYPE: _change,
    events.RelatedRequested.TYPE: _list_request,
    events.RelatedDecided.TYPE: _decided,
    events.MessageRejected.TYPE: _rejected,
    events.DeadLetterSettled.TYPE: _settled,
}
