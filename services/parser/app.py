"""The parser: pages.fetched -> articles.parsed, pages.outcomes, and links back to crawl.requests."""

import asyncio
from typing import Any

from services.parser.drift import LayoutWatch
from services.parser.parse import Parsed
from services.parser.pool import ParserPool
from services.parser.settings import ParserSettings
from shared import articles, service, settings
from shared.clock import utcnow
from shared.codec import Envelope
from shared.delivery import LogFields, Outgoing, pure
from shared.errors import DeadLetter, Skip
from shared.events import ArticleParsed, CrawlRequested, FoundBy, PageDropped, PageFetched
from shared.service import Context
from shared.streams import Streams
from shared.topics import ARTICLES_PARSED, CRAWL_REQUESTS, PAGES_FETCHED, PAGES_OUTCOMES
from shared.urls import host_of

# Pages that came by hand or again lead nowhere: a backfill must not start a crawl.
# Nobody fetches for these: what they lead to came with them, or never did.
STORED: frozenset[FoundBy] = frozenset({"import", "replay"})
LINKLESS: frozenset[FoundBy] = frozenset({"import", "refetch", "replay"})


async def run(context: Context) -> None:
    """Parse until told to stop."""
    own = settings.load(ParserSettings)
    pool = ParserPool(own.pool())
    await pool.start()
    layouts = LayoutWatch(most_sites=own.watched_sites, say=context.health.say)

    async def work(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
        page: PageFetched = envelope.event
        fields["url.full"] = page.url
        try:
            parsed = await pool.parse(page)
        except Skip as skip:
            fields["event.reason"] = skip.reason
            layouts.failed(page, skip)
            return pure(dropped, page, skip, max_depth=own.max_depth)
        except DeadLetter as dead:
            layouts.failed(page, dead)
            raise
        layouts.parsed(page, parsed.article)
        fields["labels.article_id"] = pure(articles.article_id, parsed.article.canonical_url)
        return pure(published, page, parsed, max_depth=own.max_depth)

    streams = Streams(context, buffer=2 * own.batch)
    streams.agent(PAGES_FETCHED, work, action="page.parsed", batch=own.batch, within=0.1)
    await streams.start()
    measuring = asyncio.create_task(layouts.keep_measuring())
    await context.stopping.wait()
    measuring.cancel()
    if await streams.stop(context.delivery.stop_seconds):
        await pool.stop()  # else its workers end with this process: a page in work must not be judged by that


def published(
    page: PageFetched, parsed: Parsed, *, max_depth: int, revision: int = articles.PARSER_REVISION
) -> list[Outgoing]:
    """The article's event, and requests: for all of it where this is a part, and for its links where it may lead on."""
    article = parsed.article
    article_id = articles.article_id(article.canonical_url)
    event = ArticleParsed(
        article_id=article_id,
        version=articles.article_version(page.fetched_at, revision),
        url=page.url,
        fetched_at=page.fetched_at,
        parsed_at=utcnow(),
        content_hash=articles.content_hash(article),
        article=article,
    )
    requests = _followed(page, parsed.links, max_depth=max_depth)
    if parsed.parts and page.found_by not in STORED:
        whole = CrawlRequested(url=page.url, found_by="canonical", depth=page.depth, parts=parsed.parts)
        requests.insert(0, whole)
    return [Outgoing(topic=ARTICLES_PARSED, key=article_id, event=event), *_sent(requests)]


def dropped(page: PageFetched, skip: Skip, *, max_depth: int) -> list[Outgoing]:
    """The page's outcome, and requests for the page to read instead and for what a listing leads to."""
    event = PageDropped(
        url=page.url,
        reason=skip.reason,
        fetched_at=page.fetched_at,
        detail=skip.detail,
        canonical_url=skip.canonical_url,
    )
    requests = _followed(page, skip.links, max_depth=max_depth)
    if skip.canonical_url and page.found_by not in LINKLESS:
        requests.insert(0, CrawlRequested(url=skip.canonical_url, found_by="canonical", depth=page.depth))
    return [Outgoing(topic=PAGES_OUTCOMES, key=page.url, event=event), *_sent(requests)]


def _followed(page: PageFetched, links: tuple[str, ...], *, max_depth: int) -> list[CrawlRequested]:
    if page.found_by in LINKLESS or page.depth >= max_depth:
        return []
    return [CrawlRequested(url=url, found_by="link", depth=page.depth + 1) for url in links]


def _sent(requests: list[CrawlRequested]) -> list[Outgoing]:
    return [
        Outgoing(topic=CRAWL_REQUESTS, key=host_of(request.url), event=request, ordinal=ordinal)
        for ordinal, request in enumerate(requests)
    ]


def main() -> None:
    """Run the parser as this process."""
    service.main("parser", run, own_settings=[ParserSettings])
