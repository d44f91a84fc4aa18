"""Tempo: the page of 2015, the one of 2020 to 2024, whose text dump the seed is, and the one since."""

from datetime import date

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="tempo.co",
        since=date(2024, 11, 1),
        title=("h1",),
        body=("div#content-wrapper", "div.detail-content"),
        drop=("div.ads-inline", "p.text-ads", "div.bacajuga", "div.baca-juga"),
        paid_sections=("Info Tempo", "Infotempo"),
    ),
    Profile(
        site="tempo.co",
        since=date(2019, 1, 1),
        until=date(2024, 12, 31),
        title=("div.detail-title h1", "article.detail h1", "h1.title"),
        body=("div.detail-in#isi", "div#isi", "div.detail-konten", "div.detail-in"),
        drop=("div.ads-inline", "div.box-tag-detail", "p.text-ads", "div.bacajuga", "div.baca-juga"),
        date=("div.detail-title p.date", "div.detail-title .date", "p.date"),
        authors=("div.box-avatar",),
        editors=("div.box-avatar",),
        section=("ul.breadcrumb li:last-child", "div.breadcrumb a:last-child"),
        topics=("div.box-tag-detail ul.list-tag a", "div.box-tag-detail a"),
        picture=("figure.foto-detail img",),
        caption=("figure.foto-detail figcaption",),
        related_item=(
            "section.rekomendasi-artikel article",
            "div.rekomendasi-artikel .card-box",
            ".rekomendasi-artikel .card",
        ),
        paywall=("div.konten-premium", "div.paywall", ".box-paywall"),
        paid_sections=("Info Tempo", "Infotempo"),
    ),
    Profile(
        site="tempo.co",
        until=date(2018, 12, 31),
        title=("div.artikel > h1", "div.artikel h1"),
        body=("div.artikel",),
        drop=("h1", "div.block-tanggal", "div.block-display", "ul.block-kanal-map"),
        date=("div.block-tanggal",),
        section=("ul.block-kanal-map li:nth-child(2)",),
        topics=("ul.topik-terkait a",),
        picture=("div.single-img > img",),
        caption=("div.deskripsi",),
        related_item=("ul.list-text.big-14f li",),
    ),
)
