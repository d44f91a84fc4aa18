"""Short forms follow from the long ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.terms import Shortened, short_forms
from shared.terms.abbreviations import definitions


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("korea utara", "korut"),
        ("jakarta selatan", "jaksel"),
        ("perserikatan bangsa-bangsa", "pbb"),
        ("kementerian keuangan", "kemenkeu"),
        ("badan reserse kriminal", "bareskrim"),
        ("universitas gadjah mada", "ugm"),
    ],
)
def test_initials_and_syllables(name: str, short: str) -> None:
    assert short in short_forms(name)


@pytest.mark.parametrize("name", ["rusia", "", "satu dua tiga empat lima enam"])
def test_nothing_for_one_word_or_very_many(name: str) -> None:
    assert short_forms(name) == frozenset()


def test_two_initials_only_where_asked() -> None:
    assert "as" not in short_forms("amerika serikat")
    assert "as" in short_forms("amerika serikat", shortest=2)


def test_definitions_find_where_the_name_begins() -> None:
    text = "Kepala Badan Gizi Nusantara (BGN) dan Kementerian Luar Samboja (Kemlu) hadir, kata Rana (42)."
    assert definitions(text) == {"bgn": "badan gizi nusantara", "kemlu": "kementerian luar samboja"}


PARTS = st.lists(st.text("aeknrt-", min_size=1, max_size=7), min_size=1, max_size=6)


@given(parts=PARTS, others=st.lists(st.text("aeknrt", min_size=1, max_size=10)))
def test_which_words_are_short_forms_is_told_without_making_them(parts: list[str], others: list[str]) -> None:
    name = " ".join(parts)
    words = [*others, *sorted(short_forms(name))[:20]]
    told = Shortened(set(words)).of([name])
    assert sorted(told.get(name, [])) == sorted(short_forms(name).intersection(words))


@pytest.mark.parametrize(("name", "others"), [("korea utara", {"korut", "korsel", "ku"}), ("of the", {"ot"})])
def test_only_what_may_stand_for_the_name(name: str, others: set[str]) -> None:
    assert set(Shortened(others).of([name]).get(name, ())) == short_forms(name) & others
