"""The ranking: topic similarity times what time leaves of it. Pure and deterministic."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from services.recommender.candidate import Candidate, Recommendation
from services.recommender.displays import Displays, displays_of, topic_names
from services.recommender.kernel import time_score
from services.recommender.reasons import reason
from services.recommender.similarity import Asker, Profile, Zones
from services.recommender.statistics import CorpusStatistics, counted
from shared.events import Related, RelatedMode
from shared.terms import near_duplicates

NO_TOPICS = "article_without_topics"
NO_MORE = "no_more_candidates"


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What the ranking can be tuned by. `least_topic` is the similarity below which nothing is related.

    `diversity`, 0 to 1, is how much of its score a candidate loses for being like one already chosen.
    """

    zones: Zones = Zones()
    half_life: timedelta = timedelta(days=7)
    floor: float = 0.2
    least_topic: float = 0.04
    diversity: float = 0.0


DEFAULT = Weights()


class _Scored(msgspec.Struct, frozen=True, kw_only=True):
    candidate: Candidate
    profile: Profile
    added: dict[str, float]
    topic: float
    time: float

    @property
    def score(self) -> float:
        return self.topic * self.time

    def order(self) -> tuple[float, float, str]:
        at = self.candidate.published_at
        return (-self.score, -at.timestamp() if at else 0.0, self.candidate.article_id)


def recommend(
    article: Candidate, candidates: Iterable[Candidate], *, now: datetime, mode: RelatedMode = "fresh", size: int = 10,
    weights: Weights = DEFAULT, statistics: CorpusStatistics | None = None,
) -> Recommendation:  # fmt: skip
    """The `size` candidates that are most related to the article, in score order.

    `fresh` prefers what is near `now`, `context` what is near the article. Nothing from after `now`, nothing without
    a topic in common, no copy of the article or of a chosen one. Equal scores: the newer, then the lower id.
    Without `statistics` the candidates' own are taken.
    """
    if not article.topic_terms:
        return Recommendation(items=(), shortfall=NO_TOPICS if size > 0 else None)
    given = [candidate for candidate in candidates if _admitted(candidate, article, now)]
    rarity = (statistics or counted(c.topic_terms for c in (article, *given))).rarity
    asker = Asker(article, rarity, weights.zones)
    anchor = now if mode == "fresh" else article.published_at
    scored: list[_Scored] = []
    for candidate in given:
        profile = Profile(candidate, rarity, weights.zones)
        added = asker.shared_with(profile)
        topic = sum(sorted(added.values())) * asker.focus(added)
        if topic >= weights.least_topic:
            time = time_score(candidate.published_at, anchor, half_life=weights.half_life, floor=weights.floor)
            scored.append(_Scored(candidate=candidate, profile=profile, added=added, topic=topic, time=time))
    chosen = _choose(sorted(scored, key=_Scored.order), size, weights.diversity)
    displays = displays_of(article)
    items = tuple(_item(one, article, displays, now=now, mode=mode) for one in chosen)
    return Recommendation(items=items, shortfall=NO_MORE if len(items) < size else None)


def _admitted(candidate: Candidate, article: Candidate, now: datetime) -> bool:
    if candidate.removed or candidate.sponsored or candidate.article_id == article.article_id:
        return False
    known_since = candidate.published_at or candidate.fetched_at
    return (known_since is None or known_since <= now) and not near_duplicates(candidate.signature, article.signature)


def _choose(ranked: Sequence[_Scored], size: int, diversity: float) -> list[_Scored]:
    """The best that are no copies of one another, each taken for its score less its likeness to those before it."""
    left, chosen = list(ranked), list[_Scored]()
    while left and len(chosen) < size:
        best = left[0]
        if diversity:
            best = min(left, key=lambda one: (-one.score * (1 - diversity * _likeness(one, chosen)), *one.order()))
        copied = best.candidate.signature
        left = [one for one in left if one is not best and not near_duplicates(one.candidate.signature, copied)]
        chosen.append(best)
    return sorted(chosen, key=_Scored.order)


def _likeness(one: _Scored, chosen: Sequence[_Scored]) -> float:
    mine = one.profile.weights
    return max((sum(w * mine.get(t, 0.0) for t, w in other.profile.weights.items()) for other in chosen), default=0.0)


def _item(one: _Scored, article: Candidate, displays: Displays, *, now: datetime, mode: RelatedMode) -> Related:
    candidate = one.candidate
    topics = topic_names(one.added, [displays, displays_of(candidate)], article.names)
    return Related(
        article_id=candidate.article_id,
        title=candidate.title,
        url=candidate.url,
        site=candidate.site,
        score=one.score,
        parts={"topic": one.topic, "time": one.time},
        topics=topics,
        reason=reason(topics, candidate.published_at, now=now, mode=mode, article_at=article.published_at),
        published_at=candidate.published_at,
        teaser=candidate.teaser,
        image_url=candidate.image_url,
    )
