"""What an edit changed is told; what came again unchanged is no update, and what may not have been told yet is one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from services.indexer.document import document, stub
from services.indexer.edits import changed_fields, told
from shared.articles import Article, Provenance, RelatedLink, content_hash
from shared.documents import ArticleDocument
from shared.events import ArticleParsed, ArticleRemoved

AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
ARTICLE = Article(
    title="Warga Perbaiki Irigasi", canonical_url="https://contoh.id/baca/1", site="contoh.id", body=("Satu.", "Dua."),
    published_at=AT, topics=("irigasi",),
)  # fmt: skip


def parsed(version: int, **fields: Any) -> ArticleParsed:
    article = structs.replace(ARTICLE, **fields)
    return ArticleParsed(
        article_id="a", version=version, url=article.canonical_url, fetched_at=AT, parsed_at=AT,
        content_hash=content_hash(article), article=article,
    )  # fmt: skip


def stored(version: int, **fields: Any) -> ArticleDocument:
    return document(parsed(version, **fields), indexed_at=AT)


REMOVED = stub(ArticleRemoved(article_id="a", version=1, url=ARTICLE.canonical_url, reason="gone"), indexed_at=AT)


def test_an_edit_names_its_fields_in_their_order() -> None:
    edited = {"topics": ("air", "irigasi"), "title": "Warga Selesai Perbaiki Irigasi", "modified_at": AT}
    assert told(parsed(2, **edited), stored(1), "indexed") == ("indexed", ("title", "modified_at", "topics"))


def test_what_every_fetch_may_change_is_no_edit() -> None:
    again = parsed(
        2, related=(RelatedLink(title="Lain"),), provenance={"title": Provenance(source="meta", confidence=0.5)}
    )
    assert told(again, stored(1), "indexed") == ("unchanged", ())
    assert again.content_hash == stored(1).content_hash


@pytest.mark.parametrize(
    ("then", "now", "changed"),
    [("age", "age", ()), ("age", "meta", ("published_at",)), ("meta", "meta", ("published_at",))],
)
def test_a_time_by_its_age_moves_with_the_fetch(then: str, now: str, changed: tuple[str, ...]) -> None:
    before, after = ({"published_at": Provenance(source=source, confidence=0.4)} for source in (then, now))
    found = told(
        parsed(2, published_at=AT - timedelta(minutes=20), provenance=after), stored(1, provenance=before), "indexed"
    )
    assert found == ("indexed" if changed else "unchanged", changed)


@pytest.mark.parametrize("before", [None, REMOVED], ids=["new", "removed"])
def test_what_was_not_there_to_be_read_is_new(before: ArticleDocument | None) -> None:
    assert told(parsed(2), before, "indexed") == ("indexed", ())


def test_a_version_that_is_there_already_may_not_have_been_told() -> None:
    assert told(parsed(2), stored(2), "indexed") == ("indexed", ())


def test_a_superseded_version_changed_nothing() -> None:
    assert told(parsed(2, title="Lama"), stored(3), "superseded") == ("superseded", ())


def test_unchanged_is_what_has_an_equal_content_hash() -> None:
    for field, value in {
        "lead": "x",
        "sponsored": True,
        "access": "paid",
        "body": ("Satu.",),
        "language": "id",
    }.items():
        now = parsed(2, **{field: value})
        assert changed_fields(ARTICLE, now.article) == (field,)
        assert now.content_hash != stored(1).content_hash


def test_a_document_that_is_not_of_ours_is_no_version_before() -> None:
    assert told(parsed(2), structs.replace(stored(1), title=None), "indexed") == ("indexed", ())
