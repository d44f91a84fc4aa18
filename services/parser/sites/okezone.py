"""Okezone: the pages since 2022, and those before."""

from datetime import date

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="okezone.com",
        whole_page="?page=all",
        since=date(2022, 1, 1),
        title=("div.title-article h1",),
        body=("div.c-detail.read", "div.c-detail"),
        drop=("[class^='inject-']", "[class^='banner']", "p.baca-juga", "div#bacajuga"),
        authors=("div.journalist a[title]",),
        section=("div.breadcrumb a:last-child",),
    ),
    Profile(
        site="okezone.com",
        until=date(2022, 12, 31),
        title=("div.title h1", "div.titles h1", "div.title-detail h1"),
        body=("div#contentx", "div.read", "div.ctn-desc"),
        drop=("div.ads300", "div#bacajuga", "div.detail-tag", "div.author-and-share"),
        date=("time.tgl", "div.title-detail > span", "div.namerep b"),
        topics=("div.detail-tag a", "div.newtag a"),
    ),
)
