"""What a reindex makes of the topic's records is what the indexer makes of them."""

from datetime import UTC, datetime

from msgspec import structs

from operations.reindex.make import Raw, make
from services.indexer.document import document, stub
from shared import codec
from shared.events import ArticleParsed, ArticleRemoved, Event
from tests.support.events import FULL

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def raw(event: Event, place: str) -> Raw:
    headers, value = codec.encode(codec.wrap(event, source="/test", time=NOW))
    return Raw(place=place, headers=headers, value=value)


def test_articles_and_removals_are_documents_and_the_rest_is_named() -> None:
    by_type = {type(event): event for event in FULL}
    parsed, removed = by_type[ArticleParsed], by_type[ArticleRemoved]
    assert isinstance(parsed, ArticleParsed)
    assert isinstance(removed, ArticleRemoved)
    records = [
        raw(parsed, "t/0/1"), Raw(place="t/0/2", headers=[], value=b"{"), raw(FULL[0], "t/1/3"), raw(removed, "t/1/4"),
    ]  # fmt: skip
    made = make(records)
    assert [structs.replace(one, indexed_at=NOW) for one in made.documents] == [
        document(parsed, indexed_at=NOW), stub(removed, indexed_at=NOW),
    ]  # fmt: skip
    assert made.unreadable == ["t/0/2: not_an_event", "t/1/3: wrong_type"]
