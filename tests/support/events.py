"""One of each event, with every field set and with none that may be absent."""

from datetime import UTC, datetime

from shared.articles import Article, Image, Provenance, RelatedLink
from shared.events import (
    ArticleIndexed,
    ArticleParsed,
    ArticleRemoved,
    CrawlRequested,
    DeadLetterSettled,
    Event,
    FetchFailed,
    FetchSettled,
    MessageRejected,
    PageDropped,
    PageFetched,
    Related,
    RelatedComputed,
    RelatedDecided,
    RelatedRequested,
)

AT = datetime(2024, 10, 8, 10, 30, 0, 123000, tzinfo=UTC)
URL = "https://contoh.id/baca/1"
ID = "0123456789abcdef0123456789abcdef"

ARTICLE = Article(
    title="Judul — ä",
    canonical_url=URL,
    site="contoh.id",
    body=("Satu.", "Dua."),
    lead="Teras",
    dateline="CONTOH, Jakarta",
    authors=("A",),
    editors=("B",),
    published_at=AT,
    modified_at=AT,
    section="dunia",
    topics=("Rusia",),
    images=(Image(url=URL + ".jpg", caption="Foto"), Image(caption="Tanpa alamat")),
    language="id",
    access="free",
    related=(RelatedLink(title="Lain", url=URL, published_at=AT, teaser="T", sponsored=True),),
    provenance={"published_at": Provenance(source="json-ld", confidence=1.0, zone="WIB")},
)
RELATED = Related(
    article_id=ID,
    title="Lain",
    url=URL,
    site="contoh.id",
    score=1.5,
    parts={"topic": 1.0, "time": 0.5},
    topics=("Rusia",),
    reason={"id": "topik: Rusia", "en": "topics: Rusia"},
    published_at=AT,
    teaser="T",
    image_url=URL,
)

# By the name of its golden event: what a later version has added, while those of the earlier one are still read.
ADDED: dict[str, Event] = {
    "warta.article.indexed.v1.changed": ArticleIndexed(
        article_id=ID, version=5, result="indexed", searchable_at=AT, changed=("title", "body")
    ),
    "warta.article.indexed.v1.unchanged": ArticleIndexed(
        article_id=ID, version=5, result="unchanged", searchable_at=AT
    ),
    "warta.crawl.requested.v1.parts": CrawlRequested(url=URL, found_by="canonical", parts=(URL, URL + "?page=2")),
}

FULL: tuple[Event, ...] = (
    CrawlRequested(url=URL, kind="feed", found_by="link", depth=2),
    FetchSettled(
        url=URL,
        outcome="published",
        settled_at=AT,
        status=200,
        reason="robots",
        final_url=URL,
        page_id=ID,
        etag='"x"',
        last_modified="Tue, 08 Oct 2024 10:30:00 GMT",
    ),
    FetchFailed(url=URL, reason="timeout", settled_at=AT, status=503, detail="d", attempts=3),
    PageFetched(
        url=URL,
        fetched_at=AT,
        content_type="text/html; charset=x",
        body=b"\xff\x00<p>",
        final_url=URL,
        status=203,
        depth=1,
        found_by="sitemap",
        http_headers={"etag": '"x"'},
    ),
    PageDropped(url=URL, reason="listing", fetched_at=AT, detail="d", canonical_url=URL),
    ArticleParsed(article_id=ID, version=5, url=URL, fetched_at=AT, parsed_at=AT, content_hash=ID, article=ARTICLE),
    ArticleRemoved(article_id=ID, version=6, url=URL, reason="gone"),
    ArticleIndexed(article_id=ID, version=5, result="superseded", searchable_at=AT),
    RelatedRequested(article_id=ID, because_of=ID),
    RelatedComputed(
        article_id=ID,
        mode="context",
        size=10,
        computed_at=AT,
        valid_until=AT,
        content_hash=ID,
        items=(RELATED,),
        shortfall="no_more_candidates",
    ),
    RelatedDecided(
        article_id=ID, item_id="f" * 32, decision="pin", decided_at=AT, valid_until=AT, position=3, why="w", by="b"
    ),
    MessageRejected(
        reason="wrong_type",
        source_topic="pages.fetched",
        source_partition=3,
        source_offset=9,
        rejected_at=AT,
        service="parser",
        code_version="0.1.0",
        body=b"\x00\xff",
        detail="d",
    ),
    DeadLetterSettled(offset=7, action="retried", settled_at=AT, why="w"),
)
SPARE: tuple[Event, ...] = (
    CrawlRequested(url=URL),
    FetchSettled(url=URL, outcome="read", settled_at=AT),
    FetchFailed(url=URL, reason="dns", settled_at=AT),
    PageFetched(url=URL, fetched_at=AT, content_type="", body=b""),
    PageDropped(url=URL, reason="empty", fetched_at=AT),
    ArticleParsed(
        article_id=ID,
        version=5,
        url=URL,
        fetched_at=AT,
        parsed_at=AT,
        content_hash=ID,
        article=Article(title="J", canonical_url=URL, site="contoh.id"),
    ),
    RelatedComputed(article_id=ID, mode="fresh", size=10, computed_at=AT, valid_until=AT, content_hash=ID, items=()),
)
