"""The editors' decisions in the index `related-decisions`: kept, and read for a list."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from elasticsearch import ApiError, AsyncElasticsearch

from services.recommender.candidate import Candidate
from services.recommender.candidates import PUBLISHED, known_by, of
from services.recommender.documents import FETCH_OF_BEFORE, from_hit
from services.recommender.editorial import CLOCKS_DIFFER, Decisions, in_force
from shared.documents import ARTICLES_READ, DECISIONS_READ, DECISIONS_WRITE
from shared.events import EVERYWHERE, RelatedDecided

BECAUSE = "decision"
MOST = 10_000  # what Elasticsearch lets one search return
_CONFLICT = 409
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def search_for(article_id: str, *, now: datetime, index: str = DECISIONS_READ) -> dict[str, Any]:
    """The search, as one of `several`, for what `decisions_of` makes the decisions that hold at `now`.

    With `now` in the past, what had been decided by then, as far as no later decision has taken its place.
    """
    return {"index": index, "ignore_unavailable": True} | _last_first([article_id, EVERYWHERE], now)


def decisions_of(hits: Iterable[Mapping[str, Any]], article_id: str, *, now: datetime) -> Decisions:
    """What the found ones come to for the list of `article_id` at `now`."""
    return in_force((msgspec.convert(hit["_source"], RelatedDecided) for hit in hits), article_id, now=now)


async def decided(
    es: AsyncElasticsearch, *, lists: Sequence[str] = (), now: datetime | None = None, index: str = DECISIONS_READ
) -> list[RelatedDecided]:
    """The last decisions on the lists (by default all) with the releases, newest first; at most 10,000.

    Given `now`, only what holds then. An index that isn't there has none. Raises the client's errors.
    """
    answer = await es.search(
        index=index, ignore_unavailable=True, allow_partial_search_results=False, **_last_first(lists, now)
    )
    return [msgspec.convert(hit["_source"], RelatedDecided) for hit in answer["hits"]["hits"]]


def _last_first(lists: Sequence[str], now: datetime | None) -> dict[str, Any]:
    filters: list[dict[str, Any]] = [{"terms": {"article_id": list(lists)}}] if lists else []
    holding = [*filters, *holding_at(now)] if now else filters
    return {
        "query": {"bool": {"filter": holding}}, "size": MOST, "track_total_hits": False,
        "sort": [{"decided_at": "desc"}, {"item_id": "asc"}, {"article_id": "asc"}],
    }  # fmt: skip


def holding_at(now: datetime) -> list[dict[str, Any]]:
    """The filter for the pins and blocks that hold at `now`."""
    at = now.isoformat()
    ends = {"exists": {"field": "valid_until"}}
    lasting = {"bool": {"should": [{"bool": {"must_not": ends}}, {"range": {"valid_until": {"gt": at}}}]}}
    return [
        {"terms": {"decision": ["pin", "block"]}},
        {"range": {"decided_at": {"lte": (now + CLOCKS_DIFFER).isoformat()}}},
        lasting,
    ]


async def pinned(
    es: AsyncElasticsearch, pins: Decisions, *, now: datetime, sites: Collection[str] = (), index: str = ARTICLES_READ
) -> tuple[Candidate, ...]:
    """The pinned items that a reader may see at `now`, of `sites` alone where given. Raises the client's errors."""
    if not pins.pins:
        return ()
    ids = {"ids": {"values": [pin.item_id for pin in pins.pins]}}
    answer = await es.search(
        index=index, query={"bool": {"filter": [ids, PUBLISHED, known_by(now), *of(sites)]}},
        size=min(len(pins.pins), MOST), **FETCH_OF_BEFORE,
    )  # fmt: skip
    return tuple(one for hit in answer["hits"]["hits"] if (one := from_hit(hit)) is not None)


async def keep(es: AsyncElasticsearch, event: RelatedDecided, *, index: str = DECISIONS_WRITE) -> RelatedDecided:
    """Store the decision, searchable on return, unless a later one on its pair is there; returns what is kept.

    Raises the client's errors.
    """
    try:
        await es.index(
            index=index, id=event.key, document=msgspec.to_builtins(event), version=version_of(event),
            version_type="external_gte", refresh="wait_for",
        )  # fmt: skip
    except ApiError as error:
        if error.status_code != _CONFLICT:
            raise
        return await last(es, event.key, index=index) or event
    return event


async def last(es: AsyncElasticsearch, key: str, *, index: str = DECISIONS_WRITE) -> RelatedDecided | None:
    """The decision that is kept on a pair, the newest write too. Raises the client's errors."""
    stored = await es.options(ignore_status=404).get(index=index, id=key)
    return msgspec.convert(stored["_source"], RelatedDecided) if stored.get("found") else None


def version_of(event: RelatedDecided) -> int:
    """What orders the decisions on one pair: when it was made, in microseconds."""
    return (event.decided_at - _EPOCH) // timedelta(microseconds=1)
