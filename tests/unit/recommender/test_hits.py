"""From what Elasticsearch answers to candidates."""

from base64 import b64encode
from typing import Any

import msgspec
import pytest

from services.recommender.documents import from_hit
from shared.documents import Card, lines, of_lines

CARD = Card(title="Judul", url="https://contoh.id/1", site="contoh.id", topic_terms=lines(["rudal", "korea utara"]),
            names=lines(["korea utara"]), written=lines(["", "Korea Utara"]))  # fmt: skip


def hit(card: bytes, profile: bytes | None = b"12345") -> dict[str, Any]:
    fields = {"article_id": ["1"], "card": [b64encode(card).decode()]}
    return {"fields": fields | ({"profile": [b64encode(profile).decode()]} if profile else {})}


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
    found = from_hit(hit(msgspec.msgpack.encode(fields[:3])), asks=True)
    assert found
    assert (found.title, found.topic_terms, found.written) == ("Judul", (), ())


def test_a_stub_is_no_candidate() -> None:
    assert from_hit({"fields": {"article_id": ["1"]}}) is None
    assert from_hit({"_score": 1.0}) is None


def test_an_article_without_words_has_an_empty_profile() -> None:
    found = from_hit(hit(msgspec.msgpack.encode(CARD), None))
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
