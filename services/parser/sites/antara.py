"""Antara: the pages of 2015 to 2019, and those since."""

from datetime import date

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="antaranews.com",
        since=date(2020, 1, 1),
        title=("div.wrap__article-detail-title h1", "h1.wrap__article-detail-title", "h1.post-title"),
        body=("div.wrap__article-detail-content", "div.post-content"),
        drop=("span.baca-juga", "p.baca-juga", "p.text-muted", "div.text-muted"),
        authors=("[itemprop='author']",),
        editors=("[itemprop='editor']",),
        section=("li.breadcrumbs__item:nth-child(2)",),
        picture=("div.wrap__article-detail-image img",),
        caption=("div.wrap__article-detail-image figcaption", "div.wrap__article-detail-image p"),
    ),
    Profile(
        site="antaranews.com",
        until=date(2019, 12, 31),
        title=("h1.title", "h1.post-title"),
        body=("div#content_news", "div.post-content"),
        drop=("p.date", "p.mt10", "span.baca-juga", "p.text-muted"),
        date=("div.date time", "div.date", ".simple-post .article-date"),
        authors=("[itemprop='author']",),
        editors=("[itemprop='editor']",),
        picture=("div#image_news img",),
        caption=("div.caption_news", "div.wp-caption-text"),
    ),
)
