"""Media Indonesia: the pages since 2020."""

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="mediaindonesia.com",
        title=("h1",),
        body=("div.article",),
        drop=("p.related-news", ".flying-carpet", ".ext-channel", ".info-author"),
        date=(".datetime",),
        authors=(".author-2",),
        section=(".mi-breadcrumb a:last-child",),
    ),
)
