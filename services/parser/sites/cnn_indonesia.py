"""CNN Indonesia: the pages since 2023, and those before."""

from datetime import date

from services.parser.sites.profile import Profile

_DROP = ("table.linksisip", "div.paradetail", "div.lihatjg", "p.para_caption", "div.topiksisip", "div.inbetween_ads")

PROFILES = (
    Profile(
        site="cnnindonesia.com",
        since=date(2023, 1, 1),
        title=("h1.mb-2", "h1.leading-9"),
        body=("div.detail-text", "div.detail-wrap"),
        drop=_DROP,
    ),
    Profile(
        site="cnnindonesia.com",
        until=date(2023, 12, 31),
        title=("h1.title",),
        body=("div#detikdetailtext", "div.detail_text"),
        drop=_DROP,
        date=("div.content_detail div.date", "div.date"),
        picture=("div.media_artikel img",),
        caption=("div.media_artikel span",),
    ),
)
