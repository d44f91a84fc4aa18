"""The ranking: topic similarity times what time leaves of it. Pure and deterministic."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.recommender.candidate import Candidate, Recommendation
from services.recommender.choice import Ranked, choose
from services.recommender.kernel import concentration, half_life, kept
from services.recommender.reasons import reason
from services.recommender.shared_topics import Asker
from services.recommender.shown_topics import topic_names
from services.recommender.similarity import Own, Vectors, fed_back, likeness
from services.recommender.statistics import CorpusStatistics, counted
from shared.events import Related, RelatedMode
from shared.terms import short_forms

NO_TOPICS = "article_without_topics"
NO_MORE = "no_more_candidates"
SEEDS = 20
LEAST_GENERAL = 0.05  # a name that counts next to nothing isn't blown up without end in a headline
_DAY = 86_400.0
General = NDArray[np.float32]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What the ranking can be tuned by; times are in days, shares from 0 to 1.

    `rarity` is the power of a term's inverse document frequency, `name` what is left of it for a name that isn't in
    the article's headline: news of all topics name the same places and people. `burst` is the power of how much more
    often than others a term is repeated where it is said at all, as what a topic is about is. `joining` is how many
    articles of the sample must have a term for it to count half, `repeats` the power of how often a term is there for
    the part that it is of a text that asks, `saturation` how often an article must have it for half of its weight, and
    `length` how much more often in a long text; `short_form` is what the short form of a name counts of it, `names`
    what an article gains in a fresh list for sharing all of the headline's names. `feedback` is the share of the
    comparison with what is likest, which counts by its likeness to the power `feedback_power`. `shortest` and `longest`
    bound the half-life; in the mode of that name `context` is the share of time, up to `event` where all that is likest
    came within some `event_days` of the article. `tail` is the share that old articles keep, by `tail_days`. `least` is
    the likeness to the article itself below which nothing is related; `diversity` how much of its score an article
    loses for being like one that is already chosen.
    """

    rarity: Annotated[float, msgspec.Meta(ge=0.1, le=2)] = 1.2
    name: Share = 0.12
    burst: Annotated[float, msgspec.Meta(ge=0, le=3)] = 1.2
    joining: Annotated[float, msgspec.Meta(ge=0, le=20)] = 0.5
    repeats: Annotated[float, msgspec.Meta(ge=0.1, le=1)] = 0.7
    saturation: Annotated[float, msgspec.Meta(ge=0.1, le=20)] = 4.0
    length: Share = 0.7
    short_form: Share = 0.8
    names: Share = 1.0
    feedback: Share = 0.75
    feedback_power: Annotated[float, msgspec.Meta(ge=1, le=10)] = 3.0
    shortest: Annotated[float, msgspec.Meta(ge=0.05, le=365)] = 7.0
    longest: Annotated[float, msgspec.Meta(ge=0.05, le=365)] = 8.0
    context: Share = 0.28
    event: Share = 0.6
    event_days: Annotated[float, msgspec.Meta(ge=0.1, le=365)] = 2.0
    tail: Share = 0.01
    tail_days: Annotated[float, msgspec.Meta(ge=1, le=3650)] = 60.0
    least: Share = 0.03
    diversity: Share = 0.0


DEFAULT = Weights()


def recommend(
    article: Candidate, candidates: Iterable[Candidate], *, now: datetime, mode: RelatedMode = "fresh", size: int = 10,
    weights: Weights = DEFAULT, statistics: CorpusStatistics | None = None,
) -> Recommendation:  # fmt: skip
    """The `size` candidates that are most related to the article, in score order, each with why.

    `fresh` prefers what is near `now`, `context` what is near the article. Nothing from after `now`, nothing without
    a topic in common, no copy of the article or of a chosen one: of copies the newest. Equal scores: the newer, then
    the lower id. Without `statistics` the candidates' own are taken.
    """
    ranked = ranking(article, candidates, now=now, mode=mode, size=size, weights=weights, statistics=statistics)
    items = tuple(_item(one, article, ranked.asker, now=now, mode=mode) for one in ranked.chosen)
    return Recommendation(items=items, shortfall=ranked.shortfall)


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen in score order; `shortfall` says why they are fewer than asked for."""

    chosen: list[Ranked]
    asker: Asker
    shortfall: str | None


def ranking(
    article: Candidate, candidates: Iterable[Candidate], *, now: datetime, mode: RelatedMode = "fresh", size: int = 10,
    weights: Weights = DEFAULT, statistics: CorpusStatistics | None = None,
) -> Ranking:  # fmt: skip
    """What `recommend` shows, without the reasons."""
    given = sorted(_admitted(candidates, article, now), key=attrgetter("article_id"))
    statistics = statistics or counted(one.profile for one in (article, *given))
    rarity = statistics.rarity(weights.rarity, weights.joining, burst=weights.burst)
    asker = Asker(article, rarity)
    if not article.topic_terms:
        return Ranking(chosen=[], asker=asker, shortfall=NO_TOPICS if size > 0 else None)
    general = statistics.general(weights.name)
    vectors = Vectors(
        [article.profile, *(one.profile for one in given)],
        statistics.rarity(weights.rarity, weights.joining, name=weights.name, burst=weights.burst),
        saturation=weights.saturation, length=weights.length, repeats=weights.repeats,
    )  # fmt: skip
    own = vectors.own()
    shared, written_out = asker.by_names(given)
    headline = _headline(own, asker, general)
    direct = likeness(vectors, headline | _short_forms(own, asker, weights, general))
    for number, more in _long_forms(own, asker, written_out, weights, general).items():
        direct[number] += more
    direct /= 1.0 + sum(more * own[place][1] / own[place][0] for place, more in headline.items())
    topic = fed_back(vectors, direct, share=weights.feedback, seeds=SEEDS, power=weights.feedback_power)
    if mode == "fresh":  # who reads of two countries wants what has happened to these; a context is more than names
        direct, topic = (one + weights.names * shared for one in (direct, topic))
    when = np.array([one.published_at.timestamp() if one.published_at else np.nan for one in given])
    topic = np.minimum(topic, 1.0)
    time = _times(article, when, topic, now=now, mode=mode, weights=weights)
    order = np.lexsort((-np.nan_to_num(when), -topic * time))  # of equal scores the newer, then the lower id
    order = order[direct[order] >= weights.least]
    scored = [
        Ranked(candidate=given[number], row=number + 1, topic=topic_of, time=time_of)
        for number, topic_of, time_of in zip(order.tolist(), topic[order].tolist(), time[order].tolist(), strict=True)
    ]
    chosen = choose(
        scored, article, vectors, size=size, diversity=weights.diversity,
        related=lambda one: bool(asker.shared_with(one)),
    )  # fmt: skip
    return Ranking(chosen=chosen, asker=asker, shortfall=NO_MORE if len(chosen) < size else None)


def _admitted(candidates: Iterable[Candidate], article: Candidate, now: datetime) -> list[Candidate]:
    return [
        one for one in candidates
        if not one.removed and not one.sponsored and one.article_id != article.article_id
        and ((known_since := one.published_at or one.fetched_at) is None or known_since <= now)
    ]  # fmt: skip


def _headline(own: Own, asker: Asker, general: General) -> dict[int, float]:
    """What the words of the headline's names lack to count in full, by bucket: such names are the topic."""
    places = {asker.bucket(word) for name in asker.headline for word in name.split(" ")} & own.keys()
    return {place: own[place][0] * (1.0 / max(float(general[place]), LEAST_GENERAL) - 1.0) for place in sorted(places)}


def _short_forms(own: Own, asker: Asker, weights: Weights, general: General) -> dict[int, float]:
    """What the article's names count in short forms that it doesn't use itself, by bucket."""
    more: dict[int, float] = {}
    for name in asker.weights:
        if " " not in name and "-" not in name:
            continue
        told = max((own[place][0] for word in name.split() if (place := asker.bucket(word)) in own), default=0.0)
        for place in map(asker.bucket, short_forms(name)):
            if place not in own:
                full = max(float(general[place]), LEAST_GENERAL) if name in asker.headline else 1.0
                more[place] = max(more.get(place, 0.0), weights.short_form * told / full)
    return more


def _long_forms(
    own: Own, asker: Asker, written_out: Mapping[int, Sequence[str]], weights: Weights, general: General
) -> dict[int, float]:
    """What candidates have in common with the article by names that only the article writes in short, by number."""
    told: dict[str, float] = {}
    for short in set(chain.from_iterable(written_out.values())):
        place = asker.bucket(short)
        full = max(float(general[place]), LEAST_GENERAL) if short in asker.headline else 1.0
        told[short] = own.get(place, (0.0, 0.0))[1] / full
    return {number: weights.short_form * sum(told[short] for short in shorts) for number, shorts in written_out.items()}


def _times(
    article: Candidate, when: NDArray[np.float64], topic: NDArray[np.float64], *, now: datetime, mode: RelatedMode,
    weights: Weights,
) -> NDArray[np.float64]:  # fmt: skip
    """What time leaves of each candidate's score, from 1 at the anchor down; `when` is in seconds, or unknown."""
    anchor = now if mode == "fresh" else article.published_at
    if anchor is None:
        return np.full(len(when), 1.0 - weights.context)
    distances = np.nan_to_num(np.abs(anchor.timestamp() - when) / _DAY, nan=np.inf)
    likest = np.argsort(-topic, kind="stable")[:SEEDS]
    likest = likest[np.isfinite(distances[likest])]
    likeness_of = np.maximum(topic[likest], 0.0) ** weights.feedback_power
    half = half_life(distances[likest], likeness_of, shortest=weights.shortest, longest=weights.longest)
    share = 1.0
    if mode == "context":
        event = concentration(distances, likest, likeness_of, days=weights.event_days)
        share = weights.context + max(0.0, weights.event - weights.context) * event
    tail = weights.tail * np.exp2(-np.minimum(distances / weights.tail_days, 1000.0))
    return 1.0 - share + share * ((1.0 - weights.tail) * kept(distances, half) + tail)


def _item(one: Ranked, article: Candidate, asker: Asker, *, now: datetime, mode: RelatedMode) -> Related:
    candidate = one.candidate
    topics = topic_names(asker.shared_with(candidate), asker.forms, article.names)
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
