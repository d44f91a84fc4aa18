"""Copies are told by their signatures, different stories are not."""

import random

from hypothesis import given
from hypothesis import strategies as st

from shared.articles import Article
from shared.terms import near_duplicates, signature

VOCABULARY = [f"kata{number}" for number in range(2000)]


def text(seed: int, length: int = 300) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=length)


def signed(words: list[str], title: str = "Judul") -> tuple[str, ...]:
    return signature(Article(title=title, canonical_url="https://a.id/1", site="a.id", body=(" ".join(words),)))


@given(st.integers(0, 10_000))
def test_a_lightly_edited_copy_is_found(seed: int) -> None:
    original = text(seed)
    edited = original.copy()
    for place in random.Random(seed).sample(range(300), 6):
        edited[place] = "lain"
    assert near_duplicates(signed(original), signed(["Dikutip", "dari", "kantor", "berita", *edited], "Lain"))


@given(st.integers(0, 10_000))
def test_half_the_text_is_no_copy(seed: int) -> None:
    original, other = text(seed), text(seed + 1)
    assert not near_duplicates(signed(original), signed(original[:100] + other[:200]))


def test_the_same_long_title_is_a_copy_and_a_short_one_is_not() -> None:
    long = "Gempa Mengguncang Samboja, Ratusan Warga Mengungsi ke Bukit"
    assert near_duplicates(signed(text(1), long), signed(text(2), long.upper()))
    assert not near_duplicates(signed(text(1), "Kabar Pagi"), signed(text(2), "Kabar Pagi"))


def test_too_little_text_is_like_nothing() -> None:
    assert signed([]) == ()
    assert not near_duplicates((), ())
