"""Tribun: the pages of tribunnews.com and of its subdomains for the regions, since 2015."""

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="tribunnews.com",
        whole_page="?page=all",
        title=("h1#arttitle",),
        body=("div.side-article.txt-article",),
        drop=("p.baca", "div.baca", "div.readalso", "div#btnexpand"),
        date=("div#article time", "time"),
        authors=("div#penulis a",),
        editors=("div#editor a",),
        topics=(".tagcloud3 a",),
        picture=("div#artimg img", "img.imgfull"),
        caption=("div#artimg figcaption",),
    ),
)
