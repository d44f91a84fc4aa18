"""From what Elasticsearch answers to candidates."""

from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.recommender.documents import CardOfBeforeError, from_hit
from shared.documents import Card, bits, lines, of_lines
from shared.terms import packed_marks

MARKS = [f"b{band:02d}{band:012x}" for band in range(32)]
CARD = Card(title="Judul", url="https://contoh.id/1", site="contoh.id", topic_terms=lines(["rudal", "korea utara"]),
            bits=bits([False, True]), marks=packed_marks(MARKS), written=lines(["", "Korea Utara"]), article_id="1",
            profile=b"12345")  # fmt: skip
OF_BEFORE = Card(title="Judul", url="https://contoh.id/1", site="contoh.id",
                 topic_terms=lines(["rudal", "korea utara"]), names=lines(["korea utara"]), signature=lines(MARKS),
                 written=lines(["", "Korea Utara"]))  # fmt: skip


def hit(card: bytes, **fields: bytes) -> dict[str, Any]:
    """A hit by `FETCH`."""
    return {"fields": {name: [b64encode(told).decode()] for name, told in {"card": card, **fields}.items()}}


def hit_of_before(card: bytes, **fields: bytes) -> dict[str, Any]:
    """A hit by `FETCH_OF_BEFORE`."""
    return {"fields": {"article_id": ["1"], **hit(card, **fields)["fields"]}}


def test_only_who_asks_brings_names_and_forms() -> None:
    told = hit(msgspec.msgpack.encode(CARD))
    asks, other = from_hit(told, asks=True), from_hit(told)
    assert asks
    assert other
    assert (asks.names, asks.written) == (frozenset({"korea utara"}), ("", "Korea Utara"))
    assert (other.names, other.written) == (frozenset(), ())
    assert asks.topic_terms == other.topic_terms == ("rudal", "korea utara")


def test_a_card_of_before_a_field_was_added_is_read() -> None:
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(CARD))
    found = from_hit(hit_of_before(msgspec.msgpack.encode(fields[:3])), asks=True)
    assert found
    assert (found.title, found.topic_terms, found.written) == ("Judul", (), ())


def test_a_card_of_before_tells_the_same() -> None:
    told = hit_of_before(msgspec.msgpack.encode(OF_BEFORE), profile=b"12345")
    for asks in (True, False):
        assert from_hit(told, asks=asks) == from_hit(hit(msgspec.msgpack.encode(CARD)), asks=asks)


def test_a_card_of_before_by_itself_is_an_error_that_says_so() -> None:
    with pytest.raises(CardOfBeforeError):
        from_hit(hit(msgspec.msgpack.encode(OF_BEFORE)))


def test_a_stub_is_no_candidate() -> None:
    assert from_hit({"fields": {"article_id": ["1"]}}) is None
    assert from_hit({"_score": 1.0}) is None


def test_an_article_without_words_has_an_empty_profile() -> None:
    for told in (hit(msgspec.msgpack.encode(structs.replace(CARD, profile=b""))),
                 hit_of_before(msgspec.msgpack.encode(OF_BEFORE))):  # fmt: skip
        found = from_hit(told)
        assert found
        assert found.profile == b""


def test_a_broken_card_is_an_error() -> None:
    with pytest.raises(msgspec.MsgspecError):
        from_hit(hit(b"\x93\x01"))


@pytest.mark.parametrize("texts", [[], [""], ["a"], ["", "a", ""], ["a b", "c"]])
def test_lines_come_apart_again(texts: list[str]) -> None:
    assert list(of_lines(lines(texts))) == texts


def test_an_end_of_line_inside_is_a_space() -> None:
    assert of_lines(lines(["a\nb", "c"])) == ("a b", "c")


@given(terms=st.lists(st.tuples(st.text("abc", min_size=1), st.booleans()), max_size=50))
def test_which_terms_are_names_comes_back(terms: list[tuple[str, bool]]) -> None:
    card = structs.replace(CARD, topic_terms=lines(term for term, _ in terms), bits=bits(name for _, name in terms))
    assert card.named() == tuple(term for term, name in terms if name)
