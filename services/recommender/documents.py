"""From a hit in the index of articles to what ranking needs."""

from collections.abc import Mapping
from typing import Any

import msgspec

from services.recommender.candidate import Candidate
from shared.documents import Card, of_lines
from shared.terms import language_of

# How a search asks without a look at what is stored: that is unpacked by the block of many whole texts.
UNSTORED: dict[str, Any] = {
    "stored_fields": "_none_", "track_total_hits": False, "allow_partial_search_results": False,
}  # fmt: skip
PROFILE, CARD = {"field": "profile"}, {"field": "card"}
FETCH: dict[str, Any] = UNSTORED | {"docvalue_fields": [CARD]}
# What cards of before don't tell themselves: in three times the time.
FETCH_OF_BEFORE: dict[str, Any] = UNSTORED | {"docvalue_fields": [{"field": "article_id"}, CARD, PROFILE]}
_NONE: frozenset[str] = frozenset()
_CARD = msgspec.msgpack.Decoder(Card)
_bytes = msgspec.convert  # of base64, in a quarter of the time that `binascii` takes


class CardOfBeforeError(Exception):
    """A hit by `FETCH` that an older version indexed: it takes `FETCH_OF_BEFORE`, until `warta reindex` was run."""


def from_hit(hit: Mapping[str, Any], *, asks: bool = False) -> Candidate | None:
    """The article of a hit by `FETCH` or `FETCH_OF_BEFORE`; None for the stub of a removed one.

    Of one that doesn't ask for a list, `names`, `topics` and `written` are left out: nobody needs them. Raises
    `CardOfBeforeError`, and `msgspec.MsgspecError` for a broken card.
    """
    card = card_of(hit)
    return candidate_of(card, asks=asks) if card else None


def card_of(hit: Mapping[str, Any]) -> Card | None:
    """The card of a hit, whole. Raises as `from_hit`."""
    fields = hit.get("fields", {})
    if "card" not in fields:
        return None
    card = _CARD.decode(_bytes(fields["card"][0], bytes))
    if card.article_id:
        return card
    if "article_id" not in fields:
        raise CardOfBeforeError
    return msgspec.structs.replace(card, article_id=fields["article_id"][0], profile=profile_of(hit))


def candidate_of(card: Card, *, asks: bool = False) -> Candidate:
    """The article of a whole card."""
    return Candidate(
        article_id=card.article_id,
        title=card.title,
        url=card.url,
        site=card.site,
        profile=card.profile,
        teaser=card.teaser,
        topics=of_lines(card.topics) if asks else (),
        topic_terms=of_lines(card.topic_terms),
        names=frozenset(card.named()) if asks else _NONE,
        signature=card.packed_signature(),
        published_at=card.published_at,
        fetched_at=card.fetched_at,
        language=card.language,
        image_url=card.image_url,
        sponsored=card.sponsored,
        written=of_lines(card.written) if asks else (),
    )


def profile_of(hit: Mapping[str, Any]) -> bytes:
    """The profile of a hit with the field; empty for an article without words."""
    told = hit.get("fields", {}).get("profile")
    return _bytes(told[0], bytes) if told else b""


def names_of(hit: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """The names in a hit's card, and the language they are in; none where the card is missing or broken."""
    try:
        card = _CARD.decode(_bytes(hit.get("fields", {})["card"][0], bytes))
    except (KeyError, msgspec.MsgspecError):
        return (), language_of(None, ())
    return card.named(), language_of(card.language, ())


def id_of(hit: Mapping[str, Any]) -> str:
    """The article's id of a hit by `UNSTORED`, of a search that sorts by `article_id` last."""
    found: str = hit["sort"][-1]
    return found
