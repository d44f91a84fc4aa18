"""Bodies in the layouts of well-known systems: all of the article's own paragraphs, and nothing that stands between."""

import pytest

from tests.unit.parser.pages import parse_html

TITLE = "Warga Lembah Perbaiki Saluran Irigasi"
OWN = [
    "Warga tiga desa di lembah itu mulai memperbaiki saluran irigasi yang rusak sejak banjir pada bulan Februari.",
    "Kepala desa mengatakan pekerjaan itu dibiayai dari dana desa dan sumbangan petani yang memiliki sawah di hilir.",
    "Air akan dialirkan kembali ke sawah mulai pekan depan, lebih cepat dua minggu daripada yang direncanakan semula.",
    "“Kalau musim tanam terlambat lagi, kami kehilangan satu kali panen tahun ini,” kata seorang petani di desa itu.",
    "Pemerintah kabupaten berjanji mengirim alat berat untuk membersihkan endapan lumpur di bagian hulu saluran.",
    "Pekerjaan di ruas terakhir sepanjang empat kilometer ditargetkan selesai sebelum hujan turun pada bulan November.",
]  # fmt: skip
NAV = "<nav><a href='/'>Beranda</a><a href='/desa'>Desa</a></nav>"
CARDS = "".join(
    f"<div class='card'><a href='/2024/10/0{n}/berita-lain-dari-desa-{n}'><h3>Berita lain dari desa nomor {n}</h3></a>"
    f"<p>Ringkasan berita lain nomor {n} yang tidak ada hubungannya dengan irigasi di lembah itu.</p></div>"
    for n in range(1, 5)
)
HEAD = f"<title>{TITLE}</title>"


def _p(*places: int, name: str = "") -> str:
    attribute = f" class='{name}'" if name else ""
    return "".join(f"<p{attribute}>{OWN[place]}</p>" for place in places)


def _each(before: str, after: str, *places: int) -> str:
    return "".join(f"{before}<p>{OWN[place]}</p>{after}" for place in places)


LAYOUTS = {
    "block editor with a group for a newsletter": f"""
        <main><article class='post type-post hentry'><header><h1 class='entry-title'>{TITLE}</h1>
        <div class='entry-meta'><span class='posted-on'>8 Oktober 2024</span> <span class='byline'>oleh Sri</span></div>
        </header><div class='entry-content'>{_p(0, 1)}
        <figure class='wp-block-image'><img src='/a.jpg'><figcaption>Saluran irigasi yang rusak.</figcaption></figure>
        {_p(2)}<div class='wp-block-group has-background'><div class='wp-block-group__inner-container'>
        <h3>Buletin Lembah</h3><p>Kabar dari desa setiap pagi, langsung ke kotak surat elektronik Anda.</p></div></div>
        {_p(3, 4, 5)}<div class='sharedaddy'>Share this: <a href='#'>Facebook</a></div>
        <div class='jp-relatedposts'>{CARDS}</div></div>
        <div class='author-bio'><p>Sri menulis tentang pertanian dan desa sejak 2010 untuk surat kabar.</p></div>
        <div class='comments-area'><p>Semoga cepat selesai, kami menunggu air di hilir sudah lama sekali.</p></div>
        </article></main>""",
    "fields in fields": f"""
        <div class='region region-content'><article class='node node--type-article'><h1>{TITLE}</h1>
        <div class='node__content'><div class='field field--name-field-image field__item'><img src='/a.jpg'></div>
        <div class='clearfix text-formatted field field--name-body field__item'>{_p(0, 1, 2)}
        <div class='align-right'><div class='media media--type-image'><p>Endapan lumpur di bagian hulu.</p></div>
        </div>{_p(3, 4, 5)}</div></div></article>
        <div class='views-element-container'><h2>Berita lainnya</h2>{CARDS}</div></div>""",
    "every paragraph in a wrapper, advertisements between": f"""
        <main><h1>{TITLE}</h1><div class='asset-body'><div class='lee-article-text'>{_p(0)}</div>
        {_each("<div class='subscriber-only'>", "</div>", 1, 2)}
        <div class='tncms-region-ads'><p>Lanjutkan membaca setelah iklan ini.</p></div>
        {_each("<div class='subscriber-only'>", "</div>", 3, 4, 5)}</div>
        <div class='block-recent'>{CARDS}</div></main>""",
    "components of a single-page application": f"""
        <main id='main'><article><header><h1 class='css-1x'>{TITLE}</h1></header>
        <div class='css-time'><time datetime='2024-10-08'>8 Oktober 2024</time></div>
        {_each("<div data-component='text-block' class='css-7 wrap'><div class='css-8 rich'>", "</div></div>", 0, 1, 2)}
        <div data-component='links-block' class='css-7 wrap'><div class='css-9'><ul><li><a href='/a-b-c-d'>Panen raya di
        hilir</a></li><li><a href='/e-f-g-h'>Harga beras turun</a></li></ul></div></div>
        {_each("<div data-component='text-block' class='css-7 wrap'><div class='css-8 rich'>", "</div></div>", 3, 4, 5)}
        </article><section class='css-11'>{CARDS}</section></main>""",
    "lines between breaks": f"""
        <div class='blog-posts'><div class='post hentry'><h3 class='post-title entry-title'>{TITLE}</h3>
        <div class='post-body entry-content'><div class='separator'><a href='/b.jpg'><img src='/b.jpg'></a></div>
        {"<br /><br />".join(OWN)}<br /></div>
        <div class='post-footer'>Diposting oleh Sri di <a href='/x'>08.00</a> <a href='/k'>2 komentar:</a></div></div>
        </div>
        <div class='sidebar'>{CARDS}</div>""",
    "cards of other pages and a call to sign up": f"""
        <main class='gh-main'><article class='gh-article post'><header><h1>{TITLE}</h1></header>
        <section class='gh-content gh-canvas'>{_p(0, 1)}
        <figure class='kg-card kg-bookmark-card'><a class='kg-bookmark-container' href='/lain'><div
        class='kg-bookmark-title'>Panen raya di hilir</div><div class='kg-bookmark-text'>Panen tahun ini lebih baik
        daripada tahun lalu, kata dinas.</div></a></figure>{_p(2, 3)}
        <div class='kg-card kg-signup-card'><div class='kg-signup-card-text'><p>Dapatkan kabar desa lewat surel setiap
        Senin pagi, tanpa biaya.</p></div></div>{_p(4, 5)}</section></article>
        <aside>{CARDS}</aside></main>""",
    "two halves around a list of other articles": f"""
        <main><article><h1>{TITLE}</h1><div class='inner'><div class='text-part'>{_p(0, 1, 2)}</div>
        <div class='between'><h3>Pilihan redaksi hari ini</h3>{CARDS}</div>
        <div class='text-part'>{_p(3, 4, 5)}</div></div></article></main>""",
    "pointers of an Indonesian portal": f"""
        <div class='container'><div class='col-main'><h1 class='read__title'>{TITLE}</h1>
        <div class='read__time'>Kabar.example - 08/10/2024, 09:15 WIB</div>
        <div class='read__content'><div class='clearfix'>{_p(0)}
        <p><strong>Baca juga: <a href='/read/2/panen-raya-di-hilir'>Panen Raya di Hilir</a></strong></p>{_p(1, 2)}
        <div class='kompasidRec'><p>Tingkatkan wawasan Anda dengan laporan terpercaya setiap hari.</p></div>{_p(3)}
        <table class='linksisip'><tr><td>Simak juga: <a href='/v'>Video irigasi</a></td></tr></table>{_p(4, 5)}
        <p>Editor: Budi</p></div></div>
        <div class='tag'><a href='/tag/a'>irigasi</a></div></div><div class='col-side'>{CARDS}</div></div>""",
    "a free part and a paid part": f"""
        <main><article class='news'><h1>{TITLE}</h1><div class='news__lead'>{_p(0)}</div>
        <div class='news__free'>{_p(1, 2)}</div><div class='offer'><h3>Lanjut membaca dengan akun</h3></div>
        <div class='news__paid'>{_p(3, 4, 5)}</div></article>
        </main><div class='more'>{CARDS}</div>""",
    "a fact box and a quote": f"""
        <main><article><h1>{TITLE}</h1><div class='story-text'>{_p(0, 1)}
        <div class='fakta-kotak'><h4>Sekilas</h4><p>Panjang saluran dua belas kilometer sejak tahun 1978.</p></div>
        {_p(2)}<blockquote class='kutipan'><p>{OWN[3]}</p></blockquote>{_p(4, 5)}</div></article></main>""",
    "a list in the text": f"""
        <main><article><h1>{TITLE}</h1><div class='story-text'>{_p(0, 1)}
        <ul><li>{OWN[2]}</li><li>{OWN[3]}</li></ul>{_p(4, 5)}</div><div class='more'>{CARDS}</div></article></main>""",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_body_is_the_articles_own_paragraphs(layout: str) -> None:
    article = parse_html(HEAD, NAV + LAYOUTS[layout]).article
    assert list(article.body) == OWN
