"""Republika: the pages since 2022, and those before."""

from datetime import date

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="republika.co.id",
        since=date(2022, 1, 1),
        title=("div.max-card__title h1",),
        body=("div.article-content article", "div.article-content"),
        drop=("div.picked-article", "div.recreative-ads"),
        standfirst=("p.max-card__teaser",),
        date=("div.date-item__headline", "div.date__header"),
        section=("div.breadcrumb a:last-child",),
    ),
    Profile(
        site="republika.co.id",
        until=date(2022, 12, 31),
        title=("div.wrap_detail h1", "div.jdl-pic", "h1"),
        body=("div.article-content", "div.content-detail", "div.teaser-pic", "div.artikel"),
        drop=("div.red", "div.picked-article"),
        date=("div.date__header", "div.date-pic", "div.date"),
    ),
)
