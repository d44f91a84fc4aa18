"""The short ways to clean and to fold a text give what the patterns give."""

from hypothesis import given
from hypothesis import strategies as st

from services.parser import text as texts

_SIGNS = st.sampled_from(" \t\n\x1c\x1f\x00\x85\xa0\xad\u200b\u200c\u200d\u2019\u201c\u2026\u3000\ufeffaZ_9-.éİßسक한")
_TEXTS = st.text(_SIGNS, max_size=30) | st.text(max_size=60)


@given(_TEXTS)
def test_a_text_is_cleaned_as_the_pattern_does(text: str) -> None:
    assert texts.clean(text) == " ".join(texts._INVISIBLE.sub("", text).split())


@given(_TEXTS)
def test_a_text_is_folded_to_its_words(text: str) -> None:
    assert texts.fold(text) == " ".join(texts._WORD.findall(text.casefold()))


@given(st.lists(st.text(_SIGNS, max_size=6) | st.text(max_size=4), max_size=40).map(" ".join), st.integers(1, 50))
def test_the_start_of_a_folded_text_needs_no_more_than_its_start(text: str, length: int) -> None:
    assert texts.fold_start(text, length) == texts.fold(text)[:length]
