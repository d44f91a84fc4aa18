"""Which of the times that a page states is its time: never one that is impossible, never the fetch time in silence."""

from datetime import datetime, timedelta

import msgspec

from services.parser.confidence import raised
from services.parser.dates import Moment, is_plausible
from services.parser.zones import WIB
from shared.articles import Provenance

_WIB_OFFSET = timedelta(hours=7)
_SAME_CLOCK = timedelta(hours=3)
_A_MINUTE = timedelta(minutes=1)
_A_DAY = timedelta(days=1)
_UNSURE = 0.7


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """A time that the page states somewhere; `is_visible` where readers see it.

    `moment` is None where what it states is no day of the calendar; `text` is how it states it.
    """

    moment: Moment | None
    source: str
    confidence: float
    is_visible: bool = False
    text: str = ""


def choose(
    stated: list[Stated], *, now: datetime, utc_means_wib: bool = False, may_be_wib: bool = True
) -> tuple[datetime | None, Provenance | None]:
    """The first plausible time and where it came from; where none is plausible, a provenance that says so.

    The first that was refused is told with its reason. Some sites label Jakarta's clock as UTC. That is undone when the
    page shows a WIB time with the same clock, when the time as labelled is still to come, or when the site is known for
    it (`utc_means_wib`).
    """
    refused: str | None = None
    for one in stated:
        if one.moment is None:
            refused = refused or f"{one.source}, {one.text[:40]}: no such day"
            continue
        at, zone = one.moment.at, one.moment.zone
        if may_be_wib and zone in {"Z", "UTC", "+00:00"} and _is_wib(one.moment, stated, now=now, known=utc_means_wib):
            at, zone = at - _WIB_OFFSET, "WIB labelled UTC"
        if is_plausible(at, now=now):
            sure = raised(one.confidence, _agreeing(one, at, stated)) * (_UNSURE if at > now or zone is None else 1.0)
            return at, Provenance(source=one.source, confidence=round(sure, 2), zone=zone or "assumed", refused=refused)
        refused = refused or f"{one.source}, {at.isoformat()}: {'to come' if at > now else 'too old'}"
    if stated:
        zone = stated[0].moment.zone if stated[0].moment is not None else None
        return None, Provenance(source=f"{stated[0].source}: implausible", confidence=0.0, zone=zone, refused=refused)
    return None, None


def _agreeing(one: Stated, at: datetime, stated: list[Stated]) -> int:
    """How many other sources state the same minute, or the same day where that is all they state."""
    found = {
        other.source
        for other in stated
        if other.moment is not None
        and other.source != one.source
        and abs(other.moment.at - at) < (_A_DAY if other.moment.precision == "day" else _A_MINUTE)
    }
    return len(found)


def _is_wib(moment: Moment, stated: list[Stated], *, now: datetime, known: bool) -> bool:
    shown = next((one.moment for one in stated if one.is_visible and one.moment and one.moment.zone == str(WIB)), None)
    if shown is not None and shown.precision != "day":
        return abs(moment.at - _WIB_OFFSET - shown.at) < min(_SAME_CLOCK, abs(moment.at - shown.at))
    return known or (now < moment.at <= now + _WIB_OFFSET)
