"""Topics in a reason are written as the article writes them."""

from datetime import UTC, datetime

from services.indexer.document import card
from shared.articles import Article
from shared.documents import of_lines
from shared.events import ArticleParsed
from shared.terms import analysed, signature

AT = datetime(2024, 5, 2, 8, tzinfo=UTC)


def forms(article: Article) -> dict[str, str]:
    analysis = analysed(article)
    return dict(zip(analysis.topic_terms, analysis.written, strict=True))


def article(title: str, *body: str, topics: tuple[str, ...] = (), language: str = "id") -> Article:
    return Article(
        title=title, canonical_url="https://contoh.id/1", site="contoh.id", body=body, topics=topics, language=language,
    )  # fmt: skip


def test_a_name_keeps_its_capitals_and_a_stem_becomes_the_word() -> None:
    found = forms(article(
        "Exports of supplies fall", "Traders in Buenos Aires say exports of supplies fell. Buenos Aires exports most.",
        language="en",
    ))  # fmt: skip
    assert found["buenos aires"] == "Buenos Aires"
    assert found["export"] == "exports"
    assert found["suppli"] == "supplies"


def test_the_text_goes_before_the_headline_and_a_tag_before_both() -> None:
    found = forms(article(
        "RUPIAH MENGUAT DI JAKARTA", "Bank Indonesia mencatat rupiah menguat. Kurs rupiah naik di Jakarta.",
        topics=("Kurs Rupiah",),
    ))  # fmt: skip
    assert found["kurs rupiah"] == "Kurs Rupiah"
    assert not found.get("rupiah"), "as the term itself is written, nothing is stored"
    assert found["bank indonesia"] == "Bank Indonesia"


def test_the_card_brings_names_and_forms() -> None:
    made = article("Korea Utara uji rudal", "Korea Utara menguji rudal di Pyongyang. Rudal itu jatuh di laut.")
    analysis = analysed(made)
    event = ArticleParsed(
        article_id="1" * 32, version=1, url=made.canonical_url, fetched_at=AT, parsed_at=AT, content_hash="0" * 32,
        article=made,
    )  # fmt: skip
    told = card(event, analysis, signature(made))
    assert of_lines(told.topic_terms) == analysis.topic_terms
    assert of_lines(told.written) == analysis.written
    assert "korea utara" in told.named()
