"""Editors decide last: what they pinned and blocked, laid over the ranking. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
import numpy as np

from services.recommender.candidate import Candidate, Recommendation
from services.recommender.copies import Signatures
from services.recommender.reasons import editors_pick
from shared.events import EVERYWHERE, Related, RelatedDecided, RelatedMode

EDITOR = "editor"
# A decision made on a machine whose clock is a little ahead counts at once all the same.
CLOCKS_DIFFER = timedelta(minutes=1)


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one list. `pins`, one an item, in the order in which they take their places.

    `until` is when the first of them ends, if one does.
    """

    pins: tuple[RelatedDecided, ...] = ()
    blocked: frozenset[str] = frozenset()
    until: datetime | None = None


def in_force(decided: Iterable[RelatedDecided], article_id: str, *, now: datetime) -> Decisions:
    """What the events, in any order and any number of times, come to for the list of `article_id` at `now`.

    The last decision on each pair counts. A block wins over a pin, be it on this list or on every list; a pin on this
    list wins over one on every list. Of pins at one position the newest comes first.
    """
    last: dict[str, RelatedDecided] = {}
    for one in decided:
        if one.article_id in {article_id, EVERYWHERE} and one.decided_at <= now + CLOCKS_DIFFER:
            last[one.key] = max(last.get(one.key, one), one, key=_order)
    holding = [one for one in last.values() if _holds(one, now) and one.item_id != article_id]
    blocked = frozenset(one.item_id for one in holding if one.decision == "block")
    pins: dict[str, RelatedDecided] = {}
    for one in holding:
        if one.decision == "pin" and one.item_id not in blocked:
            pins[one.item_id] = max(pins.get(one.item_id, one), one, key=lambda pin: pin.article_id != EVERYWHERE)
    return Decisions(
        pins=tuple(sorted(pins.values(), key=lambda pin: (pin.position, now - pin.decided_at, pin.item_id))),
        blocked=blocked,
        until=min((one.valid_until for one in holding if one.valid_until), default=None),
    )


def _holds(one: RelatedDecided, now: datetime) -> bool:
    return one.decision != "release" and (one.valid_until is None or one.valid_until > now)


def _order(one: RelatedDecided) -> tuple[datetime, bytes]:
    return one.decided_at, msgspec.json.encode(one)


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """The places of a list that editors have filled, from 0; the others are the ranking's."""

    places: dict[int, Candidate]
    blocked: frozenset[str]
    size: int

    @property
    def left(self) -> int:
        """How many places are the ranking's."""
        return self.size - len(self.places)

    def admitted(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Those that the ranking may choose from: none that is blocked, or pinned, or the copy of a pinned one."""
        given = list(candidates)
        if self.blocked:
            given = [one for one in given if one.article_id not in self.blocked]
        if self.places:
            signatures = Signatures([one.signature for one in given])
            copies = np.logical_or.reduce([signatures.copies_of(pin.signature) for pin in self.places.values()])
            pinned = {pin.article_id for pin in self.places.values()}
            given = [one for one, copy in zip(given, copies.tolist(), strict=True)
                     if not copy and one.article_id not in pinned]  # fmt: skip
        return given

    def completed(
        self, ranked: Recommendation, article: Candidate, *, now: datetime, mode: RelatedMode
    ) -> Recommendation:
        """The list: the pinned at their places, the ranked in the others. Behind too few ranked ones pins move up.

        A pin has the score of the ranked item that it stands before, so that who sorts by score keeps the order.
        """
        rest, pins = list(ranked.items), sorted(self.places.items())
        items: list[Related] = []
        while rest or pins:
            if pins and (not rest or pins[0][0] <= len(items)):
                score = rest[0].score if rest else items[-1].score if items else 1.0
                items.append(_pick(pins.pop(0)[1], article, score=score, now=now, mode=mode))
            else:
                items.append(rest.pop(0))
        return Recommendation(items=tuple(items), shortfall=ranked.shortfall)


def edition(decisions: Decisions, pinned: Iterable[Candidate], *, size: int, now: datetime) -> Edition:
    """Lay out a list of `size`: `pinned` are the documents of the pinned items, as far as there are any.

    Left out is what is removed, or published after `now`, and a pin whose place is beyond the list. Pins that want one
    place stand in it and in the next free ones.
    """
    known = {candidate.article_id: candidate for candidate in pinned if _is_out(candidate, now)}
    places: dict[int, Candidate] = {}
    for pin in decisions.pins:
        place = pin.position - 1
        while place in places:
            place += 1
        if place < size and pin.item_id in known:
            places[place] = known[pin.item_id]
    return Edition(places=places, blocked=decisions.blocked, size=size)


def _is_out(candidate: Candidate, now: datetime) -> bool:
    since = candidate.published_at or candidate.fetched_at
    return not candidate.removed and (since is None or since <= now)


def _pick(candidate: Candidate, article: Candidate, *, score: float, now: datetime, mode: RelatedMode) -> Related:
    return Related(
        article_id=candidate.article_id,
        title=candidate.title,
        url=candidate.url,
        site=candidate.site,
        score=score,
        parts={EDITOR: 1.0},
        topics=(),
        reason=editors_pick(
            candidate.published_at, now=now, mode=mode, article_at=article.published_at, sponsored=candidate.sponsored
        ),
        published_at=candidate.published_at,
        teaser=candidate.teaser,
        image_url=candidate.image_url,
    )
