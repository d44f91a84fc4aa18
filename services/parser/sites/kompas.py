"""Kompas: the pages since 2018, and those before."""

from datetime import date

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="kompas.com",
        whole_page="?page=all",
        since=date(2018, 1, 1),
        title=("h1.read__title",),
        body=("div.read__content",),
        drop=(
            "div.photo", "div.readads", "div.read__bacajuga", "div[class^='inject-baca-juga']",
            "[class^='kompasidRec']", "p:has(a.inner-link-baca-juga)", "div.ads-on-body", "div.ads-partner-wrap",
            "div.gate-kgplus", "div.fb-quote",
        ),
        date=("div.read__time",),
        topics=("ul.tag__article__wrap a",),
        picture=("div.photo img",),
        caption=("div.photo__caption", "div.photo + *"),
    ),
    Profile(
        site="kompas.com",
        until=date(2018, 12, 31),
        title=("div.kcm-read-top h2", "div.kcm-read-content-top h2"),
        body=("div.kcm-read-text", "div.kcm-read-content-text span.kcmread1114", "div.kcm-read-content-text"),
        drop=("div.photo", "div.kcm-read-copy", "div.readads"),
        date=("div.kcm-date",),
        topics=("ul.kcm-tag a", "div.kcm-read-tag a"),
        picture=("div.photo img",),
        caption=("div.photo__caption", "div.photo + *"),
    ),
)  # fmt: skip
