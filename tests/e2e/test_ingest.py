"""One crawl of the sample site: what comes out is what the site says, and everything is accounted for."""

import itertools
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from sample import SampleSite
from shared.articles import article_id
from shared.topics import (
    ARTICLES_INDEXED,
    ARTICLES_PARSED,
    ARTICLES_RELATED,
    CRAWL_OUTCOMES,
    CRAWL_REQUESTS,
    PAGES_FETCHED,
    PAGES_OUTCOMES,
    TOPICS,
)
from shared.urls import canonical_url
from tests.support.cluster import Cluster, Service
from tests.support.ingest import crawl_environment, expected, ingested, start_all

CANONICAL = {
    "crawler": "page.fetched", "parser": "page.parsed", "indexer": "article.indexed",
    "recommender": "related.computed",
}  # fmt: skip


@pytest.mark.timeout(400)
async def test_the_sample_site_comes_out_as_it_is(cluster: Cluster, site: SampleSite) -> None:
    services = start_all(cluster, crawl_environment(site, cluster.folder))
    await ingested(cluster, set(expected(site)), services)
    articles = await cluster.articles()
    same_as_the_site(site, articles)
    traps_are_no_ordinary_articles(site, articles)
    polite(site)
    await everything_is_accounted_for(cluster)
    await traces_run_through(cluster)
    logs_are_json_without_page_text(site, services)
    for service in services.values():
        assert service.stop() == 0


def same_as_the_site(site: SampleSite, articles: Mapping[str, Mapping[str, Any]]) -> None:
    for article in site.articles:
        document = articles[article_id(canonical_url(site.url + article.path))]
        assert document["title"] == article.title
        assert tuple(document["body"]) == article.body
        assert document["published_at"][:16] == article.published_at.isoformat()[:16]


def traps_are_no_ordinary_articles(site: SampleSite, articles: Mapping[str, Mapping[str, Any]]) -> None:
    trap = {kind: articles.get(article_id(canonical_url(site.url + path))) for kind, path in site.traps.items()}
    for kind in ("listing", "video", "photo", "noindex", "missing", "gone", "error", "loop", "disallowed", "amp",
                 "too_large", "gzip_bomb", "redirect"):  # fmt: skip
        assert trap[kind] is None, kind
    assert trap["paywall"] is not None
    assert trap["paywall"]["access"] == "paid"
    assert trap["undated"] is not None
    assert "published_at" not in trap["undated"]
    assert trap["hostile"] is not None
    for image in trap["hostile"].get("images", []):
        assert image.get("url", "http").startswith("http")


def polite(site: SampleSite) -> None:
    crawled = [request for request in site.requests if request.path != "/robots.txt"]
    assert crawled
    assert not [request.path for request in crawled if request.path.startswith(("/admin/", "/cari"))]
    assert all("WartaBot" in request.user_agent for request in site.requests)
    ordered = sorted(site.requests, key=lambda request: request.at)
    for earlier, later in itertools.pairwise(ordered):
        assert earlier.finished is not None
        assert later.at >= earlier.finished, "one request at a time"


async def everything_is_accounted_for(cluster: Cluster) -> None:
    requested = {envelope.event.url for envelope in await cluster.events(CRAWL_REQUESTS)}
    ended = {envelope.event.url for envelope in await cluster.events(CRAWL_OUTCOMES)}
    assert requested <= ended, requested - ended
    pages = {envelope.id for envelope in await cluster.events(PAGES_FETCHED)}
    parsed = await cluster.events(ARTICLES_PARSED)
    dropped = await cluster.events(PAGES_OUTCOMES)
    dead = [record for topic in TOPICS if topic.endswith(".dlq") for record in await cluster.records(topic)]
    assert pages == {envelope.cause for envelope in [*parsed, *dropped]}
    assert not dead
    indexed = {envelope.cause for envelope in await cluster.events(ARTICLES_INDEXED)}
    assert {envelope.id for envelope in parsed} == indexed


async def traces_run_through(cluster: Cluster) -> None:
    roots = {envelope.trace_id for envelope in await cluster.events(CRAWL_REQUESTS)}
    pages = {envelope.trace_id for envelope in await cluster.events(PAGES_FETCHED)}
    related = {envelope.trace_id for envelope in await cluster.events(ARTICLES_RELATED)}
    assert related
    assert related <= pages <= roots


def logs_are_json_without_page_text(site: SampleSite, services: Mapping[str, Service]) -> None:
    texts = [paragraph[:60] for article in site.articles for paragraph in article.body if len(paragraph) > 60]
    for name, service in services.items():
        text = service.text()
        lines = [msgspec.json.decode(line) for line in text.splitlines()]
        assert all(
            {"@timestamp", "log.level", "message", "service.name", "event.dataset"} <= set(line) for line in lines
        )
        canonical = [line for line in lines if line["message"] == CANONICAL[name]]
        assert canonical, name
        assert all("trace.id" in line and "event.duration" in line for line in canonical)
        assert not [paragraph for paragraph in texts if paragraph in text], name
