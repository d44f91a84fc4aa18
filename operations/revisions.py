"""Which of the stored articles were parsed by a revision of the parser already."""

import msgspec
from elasticsearch import AsyncElasticsearch

from operations.replay_pages import Selection
from shared.documents import ARTICLES_READ
from shared.urls import site_of

REVISIONS = 1000
SAMPLE = 100


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Of the `looked_at` newest articles, how many have the revision or a higher one."""

    looked_at: int
    equal: int
    higher: int


async def sample_of(client: AsyncElasticsearch, selection: Selection, *, revision: int) -> Sample:
    """Look at the newest stored articles that a replay of `selection` would parse again.

    Raises what the Elasticsearch client raises.
    """
    fetched = {"gte": selection.since, "lt": selection.until}
    wanted: list[dict[str, object]] = [{"range": {"fetched_at": {k: v for k, v in fetched.items() if v is not None}}}]
    if selection.sites or selection.urls:
        sites = sorted({site_of(f"http://{site}/") for site in selection.sites})
        wanted.append({"bool": {"should": [{"terms": {"site": sites}}, {"terms": {"url": list(selection.urls)}}]}})
    answer = await client.search(
        index=ARTICLES_READ, size=SAMPLE, source_includes=["version"], sort=[{"version": "desc"}],
        query={"bool": {"filter": wanted}},
    )  # fmt: skip
    found = [int(hit["_source"]["version"]) % REVISIONS for hit in answer["hits"]["hits"]]
    return Sample(looked_at=len(found), equal=found.count(revision), higher=sum(one > revision for one in found))
