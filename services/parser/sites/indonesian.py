"""Other Indonesian sites, as their pages looked in 2015 to 2017; newer pages carry JSON-LD and need little."""

from services.parser.sites.profile import Profile

PROFILES = (
    Profile(
        site="antaranews.com",
        title=("h1.title", "h1.post-title"),
        body=("div#content_news", "div.post-content"),
        drop=("p.date", "p.mt10", "span.baca-juga", "p.text-muted"),
        date=("div.date time", "div.date", ".simple-post .article-date"),
        authors=("[itemprop='author']",),
        editors=("[itemprop='editor']",),
        picture=("div#image_news img",),
        caption=("div.caption_news", "div.wp-caption-text"),
    ),
    Profile(
        site="detik.com",
        title=("h1.detail__title", "h1.l_blue2_detik", ".jdl h1"),
        body=("div.detail__body-text", "div.text_detail", "div.detail_text", "div.itp_bodycontent"),
        drop=("table.linksisip", "div.parallaxindetail", "div.detail__multiple", "div.lihatjg", "div.clearfix"),
        date=("div.detail__date", "div.date", "span.date"),
        authors=("div.detail__author", "div.author strong"),
        topics=("div.detail__body-tag a", "div.tag_det a"),
        picture=("div.detail__media img", "div.pic_artikel img"),
        caption=("figcaption.detail__media-caption", "div.pic_artikel span"),
        utc_means_wib=True,  # its meta pubdate says Z for WIB; seen 2015, and again on pages of 2016
    ),
    Profile(
        site="kompas.com",
        title=("h1.read__title", "div.kcm-read-top h2", "div.kcm-read-content-top h2"),
        body=(
            "div.read__content",
            "div.kcm-read-text",
            "div.kcm-read-content-text span.kcmread1114",
            "div.kcm-read-content-text",
        ),
        drop=("div.photo", "div.kcm-read-copy", "div.readads", "div.read__bacajuga"),
        date=("div.read__time", "div.kcm-date"),
        topics=("ul.tag__article__wrap a", "ul.kcm-tag a", "div.kcm-read-tag a"),
        picture=("div.photo img",),
        caption=("div.photo__caption", "div.photo + *"),
    ),
    Profile(
        site="republika.co.id",
        title=("div.max-card__title h1", "div.wrap_detail h1", "div.jdl-pic", "h1"),
        body=("div.article-content", "div.content-detail", "div.teaser-pic", "div.artikel"),
        drop=("div.red", "div.picked-article"),
        date=("div.date__header", "div.date-pic", "div.date"),
    ),
    Profile(
        site="okezone.com",
        title=("div.title h1", "div.titles h1", "div.title-detail h1"),
        body=("div#contentx", "div.read", "div.ctn-desc"),
        drop=("div.ads300", "div#bacajuga", "div.detail-tag", "div.author-and-share"),
        date=("time.tgl", "div.title-detail > span", "div.namerep b"),
        topics=("div.detail-tag a", "div.newtag a"),
    ),
)
