# ruff: noqa: E501 - pages stand on one line
"""How sites lay out what belongs to an article, by name: what stands after or within the text, and the items in it."""

from datetime import UTC, datetime, timedelta

from tests.unit.parser.pages import NOW

Item = tuple[str, str]  # title, path
Found = tuple[str, datetime | None, bool]  # title, time, whether it is paid for

A: Item = ("Sekolah Terapung Dibuka di Danau", "/read/91001/sekolah-terapung-dibuka-di-danau")
B: Item = ("Harga Kopi Lereng Naik Lagi", "/read/91002/harga-kopi-lereng-naik-lagi")
C: Item = ("Kincir Air Desa Menyala Kembali", "/read/91003/kincir-air-desa-menyala-kembali")
X: Item = ("Panggung Wayang Ramai Semalam Suntuk", "/read/92001/panggung-wayang-ramai-semalam-suntuk")
Y: Item = ("Pasar Malam Kembali Digelar Warga", "/read/92002/pasar-malam-kembali-digelar-warga")
ALL = (A, B, C)
AGO = NOW - timedelta(hours=2)
YESTERDAY = datetime(2024, 10, 7, 3, 30, tzinfo=UTC)


def link(item: Item) -> str:
    return f"<a href='{item[1]}'>{item[0]}</a>"


def items(form: str, *of: Item) -> str:
    """The form once for each item: % is its title, @ its address, ~ a quotation mark."""
    form = form.replace("~", '"')
    return "".join(form.replace("%", title).replace("@", path) for title, path in of or ALL)


def plain(*of: Item, at: datetime | None = None, paid: bool = False) -> list[Found]:
    return [(title, at, paid) for title, _ in of or ALL]


def listed(*of: Item) -> str:
    return f"<ul>{items('<li><a href=@>%</a></li>', *of)}</ul>"


AFTER: dict[str, tuple[str, list[Found]]] = {
    "cards of picture, section, title and age": (
        f"<section><h3>Berita Terkait</h3><div>{items('<div class=card><a href=@><img src=/q.jpg alt=gambar></a><div><span><a href=/daerah>Daerah Kita</a></span><h4><a href=@>%</a></h4><span>2 jam lalu</span></div></div>')}</div></section>",
        plain(at=AGO),
    ),
    "cards that are links": (
        f"<section><h2>Rekomendasi</h2>{items('<article><a href=@><img src=/q.jpg><div><h3>%</h3><p>Senin, 7 Oktober 2024 | 10:30 WIB</p></div></a></article>')}</section>",
        plain(at=YESTERDAY),
    ),
    "cards that are links, of nothing but spans": (
        f"<div><div class=title>Baca Juga</div><div>{items('<a class=item href=@><img src=/q.jpg><span>Daerah</span><span>%</span><span>2 jam lalu</span></a>')}</div></div>",
        plain(at=AGO),
    ),
    "a kicker above the title": (
        f"<div><h3>Artikel Terkait</h3>{items('<article><a href=@><h4>Kabar Lembah</h4><h4 class=item-title>%</h4></a></article>')}</div>",
        plain(),
    ),
    "a kicker in the title's heading": (
        f"<div><h3>Artikel Terkait</h3>{items('<article><h4><a href=@><span class=kicker>Kabar dari Lembah Hijau</span> <span>%</span></a></h4></article>')}</div>",
        plain(),
    ),
    "a table": (
        f"<table><tr><td>Baca juga:</td></tr>{items('<tr><td><a href=@>%</a></td></tr>')}</table>",
        plain(),
    ),
    "a list of definitions": (f"<dl><dt>Berita Terkait</dt>{items('<dd><a href=@>%</a></dd>')}</dl>", plain()),
    "lines with bullets": (f"<p><b>Baca juga:</b><br>{items('- <a href=@>%</a><br>')}</p>", plain()),
    "two lists under one heading": (f"<div><h3>Berita Terkait</h3>{listed(A)}{listed(B, C)}</div>", plain()),
    "titles between teasers": (
        f"<div><h3>Berita Terkait</h3>{items('<h4><a href=@>%</a></h4><p>Ratusan warga berkumpul di lapangan untuk melihat acara yang sudah lama ditunggu.</p>')}</div>",
        plain(),
    ),
    "titles between ages": (
        f"<div><h3>Berita Terkait</h3>{items('<h4><a href=@>%</a></h4><span>2 jam lalu</span>')}</div>",
        plain(at=AGO),
    ),
    "a carousel whose heading is a link": (
        f"<div><h2><a href=/indeks>Artikel Terkait</a></h2><div>{items('<div class=slide><a href=@ title=%><img data-src=/q.jpg></a><a href=@><h3>%</h3></a></div>')}</div></div>",
        plain(),
    ),
    "an aside of several lists": (
        f"<aside><h3>Terpopuler</h3>{listed(X)}<h3>Berita Terkait</h3>{listed()}<h3>Terbaru</h3>{listed(Y)}</aside>",
        plain(),
    ),
    "an item linked from its picture, its title and a button": (
        f"<div><h3>Baca Juga</h3><ul>{items('<li><a href=@?utm_source=picture><img src=/q.jpg></a><a href=@?utm_source=title>%</a><a href=@>Baca selengkapnya</a></li>')}</ul></div>",
        plain(),
    ),
    "pictures whose links are labelled": (
        f"<div><h3>Berita Terkait</h3><ul>{items('<li><a href=@ title=~%~><img src=/q.jpg></a></li>')}</ul></div>",
        plain(),
    ),
    "pictures that are labelled": (
        f"<div><h3>Berita Terkait</h3><ul>{items('<li><a href=@><img src=/q.jpg alt=~%~></a></li>')}</ul></div>",
        plain(),
    ),
    "a picture that is labelled with more words than the title has": (
        f"<div><h3>Berita Terkait</h3><ul>{items('<li><a href=@><img src=/q.jpg alt=~Seorang warga berdiri di tepi danau pada sore hari yang cerah~></a><a href=@>%</a></li>')}</ul></div>",
        plain(),
    ),
    "a title that is cut, and whole in its label": (
        f"<div><h3>Berita Terkait</h3><a href='{A[1]}' title='{A[0]}'>{A[0][:18]}...</a></div>",
        plain(A),
    ),
    "links to sections among the items": (
        f"<div><h3>Berita Terkait</h3><ul>{items('<li><a href=/daerah/jawa-barat>Jawa Barat Kita Semua</a> <a href=@>%</a> <span>2 jam lalu</span></li>')}</ul></div>",
        plain(at=AGO),
    ),
    "topics after the items": (
        f"<div><h3>Berita Terkait</h3>{listed()}<h3>Topik Terkait</h3><ul><li><a href=/tag/irigasi-desa>Irigasi Desa</a></li></ul></div>",
        plain(),
    ),
    "topics under nearly the same word": (
        "<div>Terkait: <a href=/tag/irigasi-desa>Irigasi Desa</a> <a href=/tag/lembah>Lembah Hijau Permai</a></div>",
        [],
    ),
    "times for machines": (
        f"<div><h4>Artikel Terkait</h4><ul>{items('<li><a href=@>%</a><time datetime=2024-10-07T03:30:00Z>Kemarin</time></li>')}</ul></div>",
        plain(at=YESTERDAY),
    ),
    "times in seconds for machines": (
        f"<div><h4>Artikel Terkait</h4>{items('<div class=x><a href=@>%</a><span data-timestamp=1728271800></span></div>')}</div>",
        plain(at=YESTERDAY),
    ),
    "times beside the section": (
        f"<div><h4>Artikel Terkait</h4>{items('<div class=x><a href=@>%</a><div>Daerah | 2 jam lalu</div></div>')}</div>",
        plain(at=AGO),
    ),
    "dates with commas beside section and author": (
        f"<div><h4>Artikel Terkait</h4>{items('<div class=x><a href=@>%</a><div>Kabar Daerah Kita Semua, oleh Budi | Senin, 7 Oktober 2024, 10:30 WIB</div></div>')}</div>",
        plain(at=YESTERDAY),
    ),
    "a time within the title's link": (
        f"<div><h4>Artikel Terkait</h4>{items('<div class=x><a href=@>% <span>07/10/2024, 10:30 WIB</span></a></div>')}</div>",
        plain(at=YESTERDAY),
    ),
    "ages with the time as their label": (
        f"<div><h3>Berita Terkait</h3>{items('<article><h3><a href=@>%</a></h3><div>Kabar | <span title=~Senin, 07 Okt 2024 10:30 WIB~>1 hari yang lalu</span></div></article>')}</div>",
        plain(at=YESTERDAY),
    ),
    "a heading with a link to a topic": (
        f"<div><div><h4>Berita Terkait: <a href=/tag/irigasi>#irigasi</a></h4></div>{listed()}</div>",
        plain(),
    ),
    "a theme's two headings in one": (
        f"<div><h4><a href=#>RELATED ARTICLES</a><a href=#>MORE FROM AUTHOR</a></h4><div>{items('<div><div><a href=@><img src=/q.jpg></a><a href=/category/daerah/>Daerah</a></div><h3><a href=@>%</a></h3></div>')}</div></div>",
        plain(),
    ),
    "a button among the items": (
        f"<div><h3>Rekomendasi untuk Anda</h3><div>{items('<div><a href=@>%</a></div>')}<div><a href=/indeks/berita-lain-hari-ini>Lihat lainnya</a></div></div></div>",
        plain(),
    ),
    "other sites in the footer": (
        "<footer><h4>Lainnya</h4><ul><li><a href='/tentang-kami-semua-di-sini'>Tentang Kami Semua</a></li></ul></footer>",
        [],
    ),
    "a menu": ("<nav><h4>Lainnya</h4><a href='/foto/galeri-foto-berita-terbaru'>Galeri Foto Berita</a></nav>", []),
    "labels of what is paid for": (
        f"<div><h3>Artikel Terkait</h3><div class=x>{link(A)}</div><div class=x><span>Dari Web</span>{link(B)}</div><div class=x>{link(C)}<i>Promoted</i></div></div>",
        [*plain(A), *plain(B, C, paid=True)],
    ),
    "a box of a network for advertisements": (
        f"<div id=taboola-below><h3>Anda Mungkin Suka</h3>{items('<div><a href=@>%</a></div>', X, Y)}</div>",
        plain(X, Y, paid=True),
    ),
    "no heading, but a name": (f"<div class=related-articles>{listed()}</div>", plain()),
    "no heading, but a name in Indonesian": (
        f"<div class='box berita-terkait'>{items('<div><h4><a href=@>%</a></h4></div>')}</div>",
        plain(),
    ),
    "a name for something else": (f"<div class=related-topics>{listed()}</div>", []),
    "a name, and a heading for something else": (f"<div class=related><h3>Terpopuler</h3>{listed()}</div>", []),
    "blocks, the last under words that aren't marked up": (
        f"<div class=b><span>Baca Juga</span></div><div class=b>{listed()}</div><div class=b><span>Pilihan Pembaca</span>{listed(X, Y)}</div>",
        plain(),
    ),
    "list items as headings": (
        f"<ul><li>Baca juga</li><li>{link(A)}</li><li>{link(B)}</li><li>Terpopuler</li><li>{link(X)}</li></ul>",
        plain(A, B),
    ),
    "rows as headings": (
        f"<table><tr><th>Baca juga</th></tr><tr><td>{link(A)}</td></tr><tr><th>Terpopuler</th></tr><tr><td>{link(X)}</td></tr></table>",
        plain(A),
    ),
    "lines as headings": (
        f"<div><b>Berita Terkait</b><br>{link(A)}<br>{link(B)}<br>Terpopuler minggu ini<br>{link(X)}</div>",
        plain(A, B),
    ),
    "topics in a block like that of the items": (
        f"<div class=b><b>Berita Terkait</b></div><div class=b>{listed()}</div><div class=b>Tag: <a href=/t/irigasi-desa-kita>Irigasi Desa Kita</a></div>",
        plain(),
    ),
    "popular and latest ones alone": (f"<h3>Terpopuler</h3>{listed(X)}<h3>Berita Terbaru</h3>{listed(Y)}", []),
}

WITHIN: dict[str, tuple[str, list[Found]]] = {
    "a pointer in bold": ("<p><strong>Baca Juga: <a href=@>%</a></strong></p>", plain(A)),
    "a pointer before the link": ("<p><strong>Baca Juga:</strong> <a href=@>%</a></p>", plain(A)),
    "a pointer that is the link": ("<p><a href=@>Baca juga: %</a></p>", plain(A)),
    "a pointer in bold within the link": ("<p><a href=@><strong>BACA JUGA</strong> %</a></p>", plain(A)),
    "a pointer of one word": ("<p><b>Baca: <a href=@>%</a></b></p>", plain(A)),
    "a pointer in brackets": ("<p><em>(Baca: <a href=@>%</a>)</em></p>", plain(A)),
    "a pointer in square brackets": ("<p>[Baca Juga: <a href=@>%</a>]</p>", plain(A)),
    "a pointer and the link in two paragraphs": ("<p>Baca juga:</p><p><a href=@>%</a></p>", plain(A)),
    "a pointer in a table": (
        "<table><tr><td><div><strong>Baca juga:</strong><br><a href=@>%</a></div></td></tr></table>",
        plain(A),
    ),
    "a pointer of the editors": ("<p><strong><em>Pilihan Editor:</em></strong> <a href=@>%</a></p>", plain(A)),
    "a pointer with a list of one": ("<div><p>Baca Juga:</p><ul><li><a href=@>%</a></li></ul></div>", plain(A)),
    "a pointer in a box": ("<div><span>Simak juga:</span><h4><a href=@>%</a></h4></div>", plain(A)),
    "a pointer with a link after which the text goes on": (
        "<p><b>Baca juga:</b> <a href=@>%</a><br>Kata warga, <a href=/read/92001/panggung>panggung wayang itu</a> ramai hingga pagi dan semua orang pulang dengan senang hati sebelum matahari terbit.</p>",
        plain(A),
    ),
}

WORDS = (
    "Berita Serupa", "Bacaan Terkait", "Baca Juga Artikel Lainnya", "Kamu Mungkin Suka", "Artikel yang Mungkin Anda Suka",
    "Jangan Lewatkan", "Read next", "Mehr zum Thema", "Lesen Sie auch", "Das könnte Sie auch interessieren",
    "Ähnliche Artikel", "À lire aussi", "Sur le même sujet", "Articles liés", "Noticias relacionadas",
    "Te puede interesar", "Lea también", "Leggi anche", "Articoli correlati", "Leia também", "Notícias relacionadas",
    "Lees ook", "Gerelateerde artikelen", "関連記事", "관련기사", "相关新闻", "Läs även", "Les også", "Læs også",
    "Lue myös", "Czytaj także", "İlgili Haberler", "Читайте также", "По теме",
)  # fmt: skip
OTHER_WORDS = ("Terpopuler", "Berita Terbaru", "Trending", "Most Read", "Topik Terkait", "Video Terkait", "Indeks")
