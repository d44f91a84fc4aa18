"""Labelled articles as the indexer would write them."""

from datetime import UTC, datetime

import msgspec
import pytest

from operations.evaluate.documents import paragraphs, source
from operations.evaluate.labels import LabelledArticle
from operations.evaluate.live import editorial
from shared.articles import RelatedLink, article_id
from shared.documents import ArticleDocument

END = datetime(2024, 6, 2, tzinfo=UTC)
AT = datetime(2024, 6, 1, tzinfo=UTC)


def made(article: LabelledArticle) -> ArticleDocument:
    return msgspec.json.decode(source(article, END), type=ArticleDocument)


def test_all_that_is_known_is_in_the_document() -> None:
    found = made(
        LabelledArticle(
            id="a/1", title="Gempa di Ambon", body="Gempa mengguncang Ambon.\n\nTidak ada korban.", published_at=AT,
            topics=("gempa", "Ambon"), site="contoh.id", section="nasional", lead="Sebuah gempa.",
        )
    )  # fmt: skip
    assert (found.article_id, found.site, found.section) == ("a/1", "contoh.id", "nasional")
    assert found.url == "https://contoh.id/a%2F1"
    assert found.body == ("Gempa mengguncang Ambon.", "Tidak ada korban.")
    assert (found.published_at, found.fetched_at, found.status) == (AT, AT, "published")
    assert found.teaser == "Sebuah gempa."
    assert "ambon" in found.topic_terms


def test_an_article_without_a_time_is_known_from_the_end_on_and_a_bad_url_is_no_harm() -> None:
    found = made(LabelledArticle(id="ü", title="", body="", url="not a URL"))
    assert (found.published_at, found.fetched_at) == (None, END)
    assert found.url == "https://unknown.invalid/%C3%BC"
    assert made(LabelledArticle(id="b", title="", body="", url="https://www.contoh.id/a")).site == "contoh.id"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("a b\n\nc\nd", ("a b", "c d")),
        ("a\nb\n    c\nd", ("a b", "c d")),
        ("a\nb", ("a b",)),
        ("a" * 200 + "\nb", ("a" * 200, "b")),
        ("", ()),
        (("a\nb", " ", "c"), ("a b", "c")),
    ],
)
def test_paragraphs(body: str | tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert paragraphs(body) == wanted


def test_only_editorial_links_to_other_articles_are_labels() -> None:
    links = [
        RelatedLink(title="x", url=url, sponsored=sponsored)
        for url, sponsored in [
            ("https://contoh.id/1?utm_source=x", False), ("https://contoh.id/1", False), ("https://contoh.id/2", True),
            ("mailto:x", False), (None, False), ("https://contoh.id/own", False),
        ]
    ]  # fmt: skip
    assert editorial(links, article_id("https://contoh.id/own")) == [article_id("https://contoh.id/1")]
