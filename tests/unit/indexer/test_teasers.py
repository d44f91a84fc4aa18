import pytest

from services.indexer.document import TEASER_LENGTH, teaser
from shared.articles import Article


def of(*body: str, lead: str | None = None) -> str | None:
    return teaser(Article(title="x", canonical_url="https://x.example/a", site="x.example", body=body, lead=lead))


@pytest.mark.parametrize("sign", ["村", "ก", "x"])
def test_a_text_without_blanks_is_cut_between_letters(sign: str) -> None:
    assert of(sign * 1000) == sign * TEASER_LENGTH + "…"


def test_a_text_is_cut_between_words_and_a_short_one_not_at_all() -> None:
    assert of("kata " * 100) == ("kata " * 60).rstrip() + "…"
    assert of("Kalimat pendek.") == "Kalimat pendek."
    assert of("Isi.", lead="Teras.") == "Teras."
    assert of() is None
