"""What a crawler discovers articles by: the feed, the sitemaps, robots.txt."""

import gzip
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from sample.articles_data import Article
from sample.dates import WIB, iso
from sample.page import SECTIONS, SITE, Page

FEED_ITEMS = 30
_URLSET = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def discovery_pages(
    articles: Sequence[Article], traps: Mapping[str, str], *, base: str, now: datetime
) -> dict[str, Page]:
    """Give robots.txt, the feed, the sitemap index and its three sitemaps, by path."""
    recent = [article for article in articles if now - article.published_at <= timedelta(days=2)]
    return {
        "/robots.txt": Page(body=_robots(base).encode(), content_type="text/plain; charset=utf-8"),
        "/rss": Page(body=_feed(articles[:FEED_ITEMS], traps, base=base).encode(), content_type="application/rss+xml"),
        "/sitemap.xml": _xml(_sitemap_index(base, now)),
        "/sitemap-news.xml": _xml(_news_sitemap(recent, base)),
        "/sitemap-jebakan.xml": _xml(_traps_sitemap(traps, base)),
        "/sitemap-artikel.xml.gz": Page(
            body=gzip.compress(_all_articles(articles, base).encode(), mtime=0), content_type="application/gzip"
        ),
    }


def _xml(text: str) -> Page:
    return Page(body=text.encode(), content_type="application/xml; charset=utf-8")


def _robots(base: str) -> str:
    return f"""User-agent: *
Disallow: /admin/
Disallow: /cari
Allow: /

User-agent: BotRakus
Disallow: /

Sitemap: {base}/sitemap.xml
"""


def _sitemap_index(base: str, now: datetime) -> str:
    names = ("sitemap-news.xml", "sitemap-artikel.xml.gz", "sitemap-jebakan.xml")
    entries = "\n".join(f"<sitemap><loc>{base}/{name}</loc><lastmod>{iso(now)}</lastmod></sitemap>" for name in names)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_URLSET}>\n{entries}\n</sitemapindex>\n'


def _urlset(entries: Sequence[str], namespaces: str = "") -> str:
    lines = "\n".join(entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_URLSET}{namespaces}>\n{lines}\n</urlset>\n'


def _all_articles(articles: Sequence[Article], base: str) -> str:
    return _urlset(
        [
            f"<url><loc>{base}{article.path}</loc><lastmod>{iso(article.changed_at)}</lastmod></url>"
            for article in articles
        ]
    )


def _traps_sitemap(traps: Mapping[str, str], base: str) -> str:
    return _urlset([f"<url><loc>{escape(base + path)}</loc></url>" for path in traps.values()])


def _news_sitemap(articles: Sequence[Article], base: str) -> str:
    entries = [
        f"""<url><loc>{base}{article.path}</loc>
<news:news>
<news:publication><news:name>{SITE}</news:name><news:language>id</news:language></news:publication>
<news:publication_date>{iso(article.published_at)}</news:publication_date>
<news:title>{escape(article.title)}</news:title>
<news:keywords>{escape(", ".join(article.tags))}</news:keywords>
</news:news></url>"""
        for article in articles
    ]
    return _urlset(entries, ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"')


def _feed(articles: Sequence[Article], traps: Mapping[str, str], *, base: str) -> str:
    items = [_item(article, base) for article in articles]
    items += [
        f"<item><title>Kiriman {kind}</title><link>{escape(base + traps[kind])}</link></item>"
        for kind in ("tracking", "video", "paywall")
    ]
    newest = format_datetime(articles[0].published_at.astimezone(WIB))
    lines = "\n".join(items)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{SITE}</title>
<link>{base}/</link>
<description>Berita terbaru {SITE}</description>
<language>id</language>
<lastBuildDate>{newest}</lastBuildDate>
<atom:link href="{base}/rss" rel="self" type="application/rss+xml"/>
{lines}
</channel>
</rss>
"""


def _item(article: Article, base: str) -> str:
    creators = "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in article.authors)
    return f"""<item>
<title>{escape(article.title)}</title>
<link>{base}{article.path}</link>
<guid isPermaLink="true">{base}{article.path}</guid>
<pubDate>{format_datetime(article.published_at.astimezone(WIB))}</pubDate>
<category>{SECTIONS[article.section]}</category>{creators}
<description><![CDATA[{article.teaser}]]></description>
</item>"""
