"""Function words confirm a declared language as the model would, and leave all other texts to it."""

import pytest

from services.parser.language import _WORDS, _classify, _reads_as, language_of

INDONESIAN = (
    "Pemerintah kota akan membuka kembali taman itu pada bulan depan setelah perbaikan yang panjang. Kata wali kota,"
    " pekerjaan di sana sudah selesai dan tidak ada lagi yang perlu ditunggu oleh warga. Namun para pedagang belum"
    " bisa kembali ke tempat mereka, karena izin untuk berjualan masih diperiksa oleh dinas. Mereka berharap bahwa"
    " semua itu selesai dalam waktu dekat, sebelum musim hujan datang dan jalan ke taman tersebut menjadi sulit."
)
ENGLISH = (
    "The city will open the park again in the spring, after repairs that have taken longer than anyone at the town"
    " hall had said they would. It is not clear who is to pay for the new bridge, which was left out of the plan for"
    " the first year, and the council has yet to vote on it. Traders say that they are ready to return as soon as"
    " they have a date from the office, and that the wait has cost them a good part of what they earn in a year."
)
GERMAN = (
    "Die Stadt öffnet den Park im Frühling wieder, und das nach einer langen Zeit, in der er für alle geschlossen war."
    " Wer die neue Brücke bezahlt, ist noch nicht klar, denn sie steht nicht im Plan für das erste Jahr. Der Rat wird"
    " sich mit der Frage erst im Herbst befassen. Die Händler sind bereit, auf ihre Plätze zu gehen, sobald es einen"
    " Termin von dem Amt gibt, und hoffen auf ein gutes Geschäft mit den Gästen, die von weit her zu dem Fest kommen."
)
TEXTS = {"id": INDONESIAN, "en": ENGLISH, "de": GERMAN}


@pytest.mark.parametrize("language", TEXTS)
def test_what_the_words_confirm_the_model_finds_too(language: str) -> None:
    for other, text in TEXTS.items():
        assert _reads_as(language, text[:400]) == (language == other)
    assert language_of(TEXTS[language], declared=f"{language}-XX") == _classify(TEXTS[language][:400]) == language


def test_a_wrong_declaration_is_left_to_the_model() -> None:
    assert language_of(INDONESIAN, declared="en") == "id"
    assert language_of(INDONESIAN, declared="fr") == "id"


def test_a_quotation_confirms_nothing() -> None:
    assert not _reads_as("en", INDONESIAN[:300] + ENGLISH[:100])


def test_the_lists_share_next_to_nothing() -> None:
    for one, words in _WORDS.items():
        assert all(len(words & others) < 4 for other, others in _WORDS.items() if other != one)


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_that_declares_nothing_is_read_alike(language: str) -> None:
    assert language_of(TEXTS[language], declared=None) == _classify(TEXTS[language]) == language
