"""An event is its document's, and what is appended again ends: the last record of an article is its newest version."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.indexer.document import document, stub
from services.indexer.reassert import event_of, reassertion
from shared.articles import Article, Image, Provenance, RelatedLink, content_hash
from shared.codec import wrap
from shared.documents import ArticleDocument
from shared.events import ArticleParsed, ArticleRemoved
from tests.support.events import FULL

NOW = datetime(2025, 1, 1, tzinfo=UTC)
VERSIONS = 5
LATER = datetime(2026, 1, 1, tzinfo=UTC)

text = st.text(st.characters(codec="utf-8"), max_size=40)
texts = st.lists(text, max_size=3).map(tuple)
maybe = st.none() | text
times = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
urls = st.from_regex(r"https://[a-z]{1,8}\.id/[a-z0-9/]{0,20}", fullmatch=True)
links = st.builds(
    RelatedLink, title=text, url=maybe, published_at=st.none() | times, teaser=maybe, sponsored=st.booleans()
)
articles = st.builds(
    Article, title=text, canonical_url=urls, site=text, body=texts, lead=maybe, dateline=maybe, authors=texts,
    editors=texts, published_at=st.none() | times, modified_at=st.none() | times, section=maybe, topics=texts,
    images=st.lists(st.builds(Image, url=maybe, caption=maybe), max_size=2).map(tuple), language=maybe,
    access=st.sampled_from([None, "free", "metered", "paid"]), related=st.lists(links, max_size=2).map(tuple),
    provenance=st.dictionaries(text, st.builds(Provenance, source=text, confidence=st.floats(0, 1), zone=maybe),
                               max_size=2),
)  # fmt: skip
versions = st.integers(0, 2**53 - 1)
ids = st.text("0123456789abcdef", min_size=1, max_size=32)


@st.composite
def parsed_events(draw: st.DrawFn) -> ArticleParsed:
    article = draw(articles)
    return ArticleParsed(
        article_id=draw(ids), version=draw(versions), url=article.canonical_url, fetched_at=draw(times),
        parsed_at=draw(times), content_hash=content_hash(article), article=article,
    )  # fmt: skip


def stored(made: ArticleDocument) -> ArticleDocument:
    """As Elasticsearch gives it back."""
    return msgspec.convert(msgspec.json.decode(msgspec.json.encode(made)), ArticleDocument)


@given(parsed_events())
@settings(deadline=None, max_examples=50)
def test_a_documents_event_makes_the_same_document(event: ArticleParsed) -> None:
    made = document(event, indexed_at=NOW)
    again = event_of(stored(made))
    assert isinstance(again, ArticleParsed)
    assert again == event
    assert content_hash(again.article) == event.content_hash
    assert structs.replace(document(again, indexed_at=LATER), indexed_at=NOW) == made


@given(
    st.builds(
        ArticleRemoved,
        article_id=ids,
        version=versions,
        url=urls,
        reason=st.sampled_from(["gone", "noindex", "moved", "takedown"]),
    )
)
@settings(deadline=None)
def test_a_stubs_event_is_the_removal(event: ArticleRemoved) -> None:
    assert event_of(stored(stub(event, indexed_at=NOW))) == event


def test_every_field_of_an_article_is_in_its_document() -> None:
    (older,) = (event for event in FULL if isinstance(event, ArticleParsed))
    full = structs.replace(older, article=structs.replace(older.article, sponsored=True, opt_outs=("noai",)))
    assert all(value for value in structs.asdict(full.article).values())
    again = event_of(document(full, indexed_at=NOW))
    assert isinstance(again, ArticleParsed)
    assert again.article == full.article


def test_a_document_that_lacks_what_ours_have_is_refused() -> None:
    hollow = ArticleDocument(article_id="a", version=1, status="published", url="u", site="s", indexed_at=NOW)
    with pytest.raises(ValueError, match="no fetched_at"):
        event_of(hollow)


def test_what_one_cause_reasserts_differs_in_id_by_version() -> None:
    (full,) = (event for event in FULL if isinstance(event, ArticleParsed))
    cause = wrap(full, source="/test", time=NOW, root="a")
    one = reassertion(document(full, indexed_at=NOW))
    other = reassertion(document(structs.replace(full, version=9), indexed_at=NOW))
    found = [wrap(o.event, source="/test", time=NOW, cause=cause, ordinal=o.ordinal).id for o in (one, one, other)]
    assert found[0] == found[1] != found[2]
    assert cause.id not in found


class Model:
    """The topic's records, an index with external versions, and indexers that share nothing else."""

    def __init__(self, appended: list[tuple[str, int]]) -> None:
        self.topic = list(appended)
        self.index: dict[str, int] = {}
        self.places = [0, 0]
        self._superseded = [False, False]

    @property
    def running(self) -> list[int]:
        return [one for one, place in enumerate(self.places) if place < len(self.topic)]

    def step(self, one: int) -> None:
        """Half of an indexer's work on its next record: the write, or what it appends after a conflict."""
        key, version = self.topic[self.places[one]]
        if self._superseded[one]:
            self.topic.append((key, self.index[key]))
        elif self.index.get(key, -1) > version:
            self._superseded[one] = True
            return
        else:
            self.index[key] = version
        self._superseded[one] = False
        self.places[one] += 1


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, VERSIONS)), min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_reassertion_ends_with_the_newest_version_last(appended: list[tuple[str, int]], data: st.DataObject) -> None:
    """Two indexers, each at its own place in the topic, take turns at will: one may be a crashed one's leftover."""
    model = Model(appended)
    while model.running:
        assert len(model.topic) <= len(appended) * 2**VERSIONS, "what comes of a record is newer than it"
        model.step(data.draw(st.sampled_from(model.running)))
    newest: dict[str, int] = {}
    for key, version in appended:
        newest[key] = max(newest.get(key, 0), version)
    assert model.index == newest
    assert dict(model.topic) == newest  # a dict keeps the last, as compaction does
