"""Liputan6: the pages since 2014, whose names have stayed; a long article is in several parts of one page."""

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="liputan6.com",
        title=("h1.read-page--header--title", "h1.entry-title"),
        body=("div.article-content-body", "div.read-page__content-body", "div.article-content-body__item-content"),
        drop=(
            "div.baca-juga", "p.baca-juga__header", "div.baca-juga-collections",
            "div.advertisement-placeholder", "div.article-ad", "div.photo-gateway",
            "div.article-content-body__item-break",
        ),
        date=("time.read-page--header--author__datetime", "time.entry-date"),
        modified=("p.read-page--header--author__modified-time",),
        authors=("span.read-page--header--author__name", "span.read-page-box__author__name"),
        topics=("ul.read-page--tags__list a", "ul.tags--snippet__list a"),
        picture=("div.read-page--top-media img", "figure.read-page--photo-gallery--item img"),
        caption=("figcaption.read-page--photo-gallery--item__caption",),
    ),
)  # fmt: skip
