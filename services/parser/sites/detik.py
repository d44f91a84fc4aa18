"""Detik: the pages since 2019, and those before."""

from datetime import date

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="detik.com",
        whole_page="?single=1",
        since=date(2019, 6, 1),
        title=("h1.detail__title",),
        body=("div.detail__body-text", "div.itp_bodycontent"),
        drop=("table.linksisip", "div.parallaxindetail", "div.detail__multiple", "div.lihatjg", "p.para_caption"),
        date=("div.detail__date",),
        authors=("div.detail__author",),
        section=("div.detail__category a",),
        topics=("div.detail__body-tag a",),
        picture=("div.detail__media img",),
        caption=("figcaption.detail__media-caption",),
        utc_means_wib=True,  # its meta pubdate says Z for WIB; seen 2015, and again on pages of 2016
    ),
    Profile(
        site="detik.com",
        until=date(2019, 12, 31),
        title=("h1.l_blue2_detik", ".jdl h1"),
        body=("div.text_detail", "div.detail_text", "div.itp_bodycontent"),
        drop=("table.linksisip", "div.parallaxindetail", "div.detail__multiple", "div.lihatjg", "div.clearfix"),
        date=("div.date", "span.date"),
        authors=("div.author strong",),
        topics=("div.tag_det a",),
        picture=("div.pic_artikel img",),
        caption=("div.pic_artikel span",),
        utc_means_wib=True,
    ),
)
