"""From a hit in the index of articles to what ranking needs."""

from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any

import msgspec

from services.recommender.candidate import Candidate
from shared.documents import Card

# The `docvalue_fields` of a search: cheaper than `_source`, which has the whole text.
FIELDS: tuple[dict[str, str], ...] = ({"field": "card"}, {"field": "profile"})
_CARD = msgspec.msgpack.Decoder(Card)


def from_hit(hit: Mapping[str, Any]) -> Candidate | None:
    """The article of a hit with `FIELDS`; None for the stub of a removed one, or what an older version indexed."""
    fields = hit.get("fields", {})
    if "card" not in fields:
        return None
    card = _CARD.decode(a2b_base64(fields["card"][0]))
    return Candidate(
        article_id=hit["_id"],
        title=card.title,
        url=card.url,
        site=card.site,
        profile=profile_of(hit),
        teaser=card.teaser,
        topics=card.topics,
        topic_terms=card.topic_terms,
        names=frozenset(card.names),
        signature=card.signature,
        published_at=card.published_at,
        fetched_at=card.fetched_at,
        language=card.language,
        image_url=card.image_url,
        sponsored=card.sponsored,
    )


def profile_of(hit: Mapping[str, Any]) -> bytes:
    """The profile of a hit with the field; empty for an article without words."""
    told = hit.get("fields", {}).get("profile")
    return a2b_base64(told[0]) if told else b""
