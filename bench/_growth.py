"""As many articles as wanted, each with the words of two real ones: a corpus of any size with a real vocabulary."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec
import numpy as np
from msgspec import structs

from services.recommender.statistics import hashes
from shared.articles import article_id
from shared.documents import ArticleDocument, Card, bits, lines
from shared.terms import packed_marks, term_hash

SPAN = timedelta(days=730)


def blended(parents: Sequence[ArticleDocument], numbers: range, *, end: datetime) -> Iterator[ArticleDocument]:
    """A document for each number, published at some time in the two years before `end`."""
    for number in numbers:
        draw = Random(number)
        first, second = draw.sample(parents, 2)
        yield _blend(first, second, draw, number, end - draw.random() * SPAN)


def _blend(one: ArticleDocument, other: ArticleDocument, draw: Random, number: int, at: datetime) -> ArticleDocument:
    url = f"https://contoh.id/baca/{number}"
    id_ = article_id(url)
    marks = tuple(f"{mark[:3]}{draw.getrandbits(48):012x}" for mark in one.signature)
    cards = [msgspec.msgpack.decode(parent.card, type=Card) for parent in (one, other)]
    topics = tuple(dict.fromkeys((*one.topic_terms[::2], *other.topic_terms[1::2])))
    names = {name for card in cards for name in card.named()}
    title = f"{one.title} - {other.title}"
    profile = _profile(one.profile, other.profile)
    card = structs.replace(
        cards[0], article_id=id_, profile=profile, title=title, url=url, topic_terms=lines(topics),
        marks=packed_marks(marks), published_at=at, fetched_at=at, bits=bits(term in names for term in topics),
        written="",
    )  # fmt: skip
    return structs.replace(
        one, article_id=id_, url=url, title=title, body=(*one.body[::2], *other.body[1::2]), published_at=at,
        fetched_at=at, known_at=at, lot=term_hash(id_), topic_terms=topics, signature=marks,
        stems=tuple(dict.fromkeys((*one.stems[::2], *other.stems[1::2]))), profile=profile,
        card=msgspec.msgpack.encode(card),
    )  # fmt: skip


def _profile(one: bytes, other: bytes) -> bytes:
    """Every second term of each."""
    first, second = hashes(one)[::2], hashes(other)[1::2]
    new = ~np.isin(second, first)
    strengths = [np.frombuffer(profile, np.uint8)[4 * (len(profile) // 5) :] for profile in (one, other)]
    terms = np.concatenate((first, second[new])).astype("<u4")
    return terms.tobytes() + np.concatenate((strengths[0][::2], strengths[1][1::2][new])).tobytes()
