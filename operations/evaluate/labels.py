"""Labelled sets: articles, and which of them belong on whose related list."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from shared.articles import UtcTime
from shared.errors import WartaError
from shared.events import RelatedMode


class LabelledArticle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article of a labelled set. Without `published_at` it counts as known only at the set's latest time."""

    id: str
    title: str
    body: str | tuple[str, ...]
    published_at: UtcTime | None = None
    topics: tuple[str, ...] = ()
    site: str | None = None
    section: str | None = None
    url: str | None = None
    lead: str | None = None
    language: str | None = None


class Labels(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What belongs on the list of `query` at `now` (the query's own time when not given): ids to gains, all above 0."""

    query: str
    relevant: dict[str, float]
    now: UtcTime | None = None
    mode: RelatedMode | None = None


class LabelledSet(msgspec.Struct, frozen=True, kw_only=True):
    """Articles and the labels on them; `warnings` say what of a set's files could not be used."""

    name: str
    articles: tuple[LabelledArticle, ...]
    labels: tuple[Labels, ...]
    warnings: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One list to be judged. `relevant` are the labels with a gain that were candidates: known by `now`.

    `published_at` is the query's own time.
    """

    query: str
    now: datetime
    mode: RelatedMode
    relevant: dict[str, float]
    published_at: datetime | None = None


def latest(articles: Iterable[LabelledArticle]) -> datetime:
    """The latest time of publication. Raises `WartaError` when none has one."""
    times = [article.published_at for article in articles if article.published_at is not None]
    if not times:
        raise WartaError("no article has a published_at: without times nothing can be ranked by time")
    return max(times)


def questions(labelled: LabelledSet, *, mode: RelatedMode | None = None) -> list[Question]:
    """The lists to be judged, in the labels' order; `mode` goes before the labels' own.

    Without either it is `context` at the query's own time, and `fresh` at any other.

    Raises `WartaError` for a query that has neither a `now` nor a time of its own.
    """
    end = latest(labelled.articles)
    known = {article.id: article.published_at or end for article in labelled.articles}
    dated = {article.id: article.published_at for article in labelled.articles}
    asked = []
    for one in labelled.labels:
        now = one.now or dated[one.query]
        if now is None:
            raise WartaError(f"the query {one.query!r} has no published_at, so its labels need a `now`")
        asked.append(
            Question(
                query=one.query, now=now,
                mode=mode or one.mode or ("context" if now == dated[one.query] else "fresh"),
                relevant=among_candidates(one, known, now),
                published_at=dated[one.query],
            )
        )  # fmt: skip
    return asked


def among_candidates(labels: Labels, known: Mapping[str, datetime], now: datetime) -> dict[str, float]:
    """The labels with a gain that the list at `now` could show; `known` is since when each article is."""
    return {
        id_: gain
        for id_, gain in labels.relevant.items()
        if gain > 0 and id_ != labels.query and id_ in known and known[id_] <= now
    }
