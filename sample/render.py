"""Every page of the site, rendered at once: what is asked for later is a dictionary's answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sample.article_page import article_page
from sample.articles_data import Article
from sample.feeds import discovery_pages
from sample.listing_page import listing_pages
from sample.page import ABOUT, Page, about_page
from sample.trap_pages import amp_page
from sample.traps import gone_page, trap_pages
from sample.widget import related_articles


def render_site(
    articles: Sequence[Article],
    removed: Collection[str],
    traps: Mapping[str, str],
    example: Article,
    *,
    base: str,
    now: datetime,
) -> dict[str, Page]:
    """Render all pages by path, as they stand at `now`; `removed` paths answer 410."""
    pages = dict(discovery_pages(articles, traps, base=base, now=now))
    for path, html in listing_pages(articles, base=base, now=now):
        pages[path] = Page(body=html.encode())
    for article in articles:
        html = article_page(article, articles, base=base, now=now)
        related = related_articles(article, articles, now=now)
        changed_at = max([article.changed_at, *(other.published_at for other in related)])
        pages[article.path] = Page(body=html.encode(), last_modified=changed_at)
        pages[f"/amp{article.path}"] = Page(body=amp_page(article, base=base).encode(), last_modified=changed_at)
    pages[ABOUT] = Page(body=about_page(base=base).encode())
    pages.update(trap_pages(example, base=base, now=now))
    pages.update((path, gone_page(base)) for path in removed)
    return {path: page if page.last_modified else replace(page, last_modified=now) for path, page in pages.items()}
