"""The keeper of related lists on a real Elasticsearch: articles that are gone, and one that can't be read."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cli.bootstrap import bootstrap
from operations.indices import RELATED
from services.indexer.document import document
from services.recommender.lists import REMOVED
from services.recommender.pace import Pace
from services.recommender.stored import ASKED, HOT, READER, Heat, StoredList, from_document
from services.recommender.writer import ListWriter
from shared import codec
from shared.articles import Article, article_id, article_version, content_hash
from shared.clock import utcnow
from shared.codec import Envelope
from shared.documents import ARTICLES_WRITE, RELATED_READ
from shared.errors import DeadLetter
from shared.events import ArticleIndexed, ArticleParsed, RelatedComputed, RelatedRequested
from tests.support.cluster import Cluster, until

AT = datetime(2024, 3, 20, 9, tzinfo=UTC)
ARTICLE = Article(
    title="Gunung Merapi Meletus", canonical_url="https://contoh.id/baca/1", site="contoh.id", language="id",
    body=("Gunung Merapi meletus pada Selasa pagi, kata BPPTKG di Sleman.",), published_at=AT,
)  # fmt: skip
ID = article_id(ARTICLE.canonical_url)


def request(of: str, *, because_of: str | None = None, at: datetime | None = None) -> Envelope[Any]:
    return codec.wrap(RelatedRequested(article_id=of, because_of=because_of or of), source="/test", time=at or utcnow())


class Keeper:
    def __init__(self, client: Any) -> None:
        self.client = client
        self.told: list[RelatedComputed] = []
        self.lists = ListWriter(client, self._tell, size=10)

    async def _tell(self, computed: RelatedComputed, _cause: Envelope[Any]) -> None:
        self.told.append(computed)

    async def put(self, **changes: Any) -> None:
        parsed = ArticleParsed(
            article_id=ID, version=article_version(AT), url=ARTICLE.canonical_url, fetched_at=AT, parsed_at=AT,
            content_hash=content_hash(ARTICLE), article=ARTICLE,
        )  # fmt: skip
        body = msgspec.to_builtins(document(parsed, indexed_at=AT)) | changes
        await self.client.index(index=ARTICLES_WRITE, id=body["article_id"], document=body, refresh=True)

    async def stored(self) -> RelatedComputed:
        return (await self.kept()).computed

    async def kept(self) -> StoredList:
        return from_document((await self.client.get(index=RELATED_READ, id=ID))["_source"])


@pytest.fixture
async def keeper(cluster: Cluster) -> AsyncIterator[Keeper]:
    async with cluster.client() as client:
        yield Keeper(client)


async def test_the_list_of_a_removed_article_is_emptied_and_told(keeper: Keeper) -> None:
    await keeper.put()
    assert await keeper.lists.write(request(ID)) == "changed"
    await keeper.put(status="removed")
    assert await keeper.lists.write(request(ID)) == "changed"
    last = keeper.told[-1]
    assert (last.article_id, last.items, last.shortfall, last.size) == (ID, (), REMOVED, 10)
    assert await keeper.stored() == last
    assert await keeper.lists.write(request(ID)) == "unchanged"
    await keeper.put()
    assert await keeper.lists.write(request(ID)) == "changed", "it is back"
    assert [one.shortfall == REMOVED for one in keeper.told] == [False, True, False]


async def test_an_article_that_never_had_a_list_gets_none(keeper: Keeper) -> None:
    assert await keeper.lists.write(request(ID)) == "no_such_article"
    assert keeper.told == []


async def test_an_article_that_cannot_be_read_costs_its_own_request_only(keeper: Keeper) -> None:
    await keeper.put()
    await keeper.put(article_id="f" * 32, card="AAAA")  # no card of ours
    with pytest.raises(DeadLetter, match="processing_failed: ValidationError"):
        await keeper.lists.write(request("f" * 32))
    results = await keeper.lists._write([request("f" * 32), request(ID)])
    assert isinstance(results[0], DeadLetter)
    assert results[1] in {"changed", "unchanged"}


async def test_an_old_article_that_a_reader_asked_for_stays_hot_whatever_writes_its_list(keeper: Keeper) -> None:
    await keeper.put()
    assert await keeper.lists.write(request(ID)) == "changed"
    assert (await keeper.kept()).heat == Heat(hot_until=AT + HOT), "published and indexed then"
    asked = utcnow() - timedelta(seconds=5)
    told = len(keeper.told)
    assert await keeper.lists.write(request(ID, because_of=READER, at=asked)) == "unchanged"
    again = Keeper(keeper.client)  # another process
    assert await again.lists.write(request(ID, because_of="sweep")) == "unchanged"
    assert await again.lists.write(request(ID, because_of=READER, at=asked - timedelta(days=1))) == "unchanged"
    kept = (await keeper.kept()).heat
    assert kept.asked_at is not None
    assert abs(kept.asked_at - asked) < timedelta(milliseconds=1)
    assert kept.hot_until == kept.asked_at + ASKED
    assert keeper.told[told:] + again.told == [], "nothing that a reader sees has changed"
    await keeper.put(status="removed")
    assert await keeper.lists.write(request(ID)) == "changed"
    assert (await keeper.kept()).heat == Heat(), "not swept any more"


async def test_a_list_that_was_just_computed_waits_and_its_requests_are_made_one(keeper: Keeper) -> None:
    await keeper.put()
    keeper.lists = ListWriter(keeper.client, keeper._tell, size=10, pace=Pace(apart=1.0))
    assert await keeper.lists.write(request(ID)) == "changed"
    asked = [request(ID, because_of="a" * 32), request(ID, because_of=READER), request(ID, because_of="b" * 32)]
    assert await keeper.lists._write(asked) == ["coalesced", "deferred", "coalesced"], "the reader's goes on"

    async def answered() -> bool:
        return await keeper.lists.write(asked[1]) == "unchanged"

    await until(answered, seconds=10, every=0.1)
    assert (await keeper.kept()).heat.asked_at is not None


async def test_a_new_article_gets_its_list_before_it_is_asked_for_and_once(keeper: Keeper) -> None:
    await keeper.put()
    keeper.lists = ListWriter(keeper.client, keeper._tell, size=10, pace=Pace(apart=60.0))
    event = ArticleIndexed(article_id=ID, version=1, result="indexed", searchable_at=utcnow())
    indexed = codec.wrap(event, source="/test", time=utcnow())
    assert await keeper.lists.write_ahead(indexed) == "changed"
    first = await keeper.stored()
    own, other = (
        codec.wrap(RelatedRequested(article_id=ID, because_of=one), source="/test", time=utcnow(), cause=indexed,
                   ordinal=ordinal) for ordinal, one in enumerate((ID, "b" * 32))
    )  # fmt: skip
    assert await keeper.lists._write([own, other]) == ["served", "deferred"], "what another article asks for isn't"
    assert await keeper.lists.write_ahead(indexed) is None, "too soon: the request has to do it"
    assert await Keeper(keeper.client).lists.write(own) == "unchanged", "nobody remembers: after a crash, say"
    assert (await keeper.stored()).computed_at > first.computed_at
    assert keeper.told == [first]


async def test_an_index_of_lists_from_before_learns_the_new_fields(cluster: Cluster) -> None:
    old = msgspec.json.decode(RELATED.mapping.read_bytes())["template"]["mappings"]
    for name in ("asked_at", "hot_until"):
        del old["properties"][name]
    async with cluster.client() as client:
        await client.indices.delete(index="related-000001")
        await client.indices.create(index="related-000001", mappings=old, aliases=RELATED.aliases)
        await bootstrap(cluster.kafka, cluster.elasticsearch, lambda _line: None)
        (now,) = (await client.indices.get_mapping(index=RELATED_READ)).body.values()
    assert {"asked_at", "hot_until"} <= now["mappings"]["properties"].keys()
