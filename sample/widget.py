"""The site's own "Rekomendasi Artikel": up to ten cards under an article, one of them sponsored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from sample.articles_data import Article
from sample.dates import ago
from sample.page import SITE, figure_image

RELATED = 10
_SPONSORED_AT = 3


def related_articles(article: Article, everything: Sequence[Article], *, now: datetime) -> list[Article]:
    """Choose up to ten others of the last seven days that share a tag: by shared tags, shown newest first."""
    wanted = set(article.tags)
    week = [
        other
        for other in everything
        if other.slug != article.slug and wanted & set(other.tags) and now - other.published_at <= timedelta(days=7)
    ]
    best = sorted(week, key=lambda other: (len(wanted & set(other.tags)), other.published_at), reverse=True)[:RELATED]
    return sorted(best, key=lambda other: other.published_at, reverse=True)


def related_widget(related: Sequence[Article], *, base: str, now: datetime) -> str:
    """Render the cards with their ages at `now`; the sponsored one takes the tenth place's room."""
    items = [_card(other, base=base, now=now) for other in related[: RELATED - 1]]
    items.insert(_SPONSORED_AT, _SPONSORED)
    cards = "\n".join(items)
    return f"""<section class="rekomendasi-artikel">
<h2 class="title-section">Rekomendasi Artikel</h2>
<p class="note">Konten bersponsor dalam daftar ini dibuat pihak lain, di luar kerja redaksi {SITE}.</p>
{cards}
</section>"""


def _card(other: Article, *, base: str, now: datetime) -> str:
    url, title = base + other.path, escape(other.title)
    image = f'<a href="{url}">{figure_image(other)}</a>\n' if other.caption else ""
    return f"""<article class="card">
{image}<div class="text-card">
<h3 class="title line3"><a href="{url}" title="{title}">{title}</a></h3>
<p class="time">{ago(other.published_at, now)}</p>
<p class="teaser">{escape(other.teaser)}</p>
</div>
</article>"""


_SPONSORED = """<article class="card sponsored">
<div class="text-card">
<span class="label">Konten sponsor</span>
<h3 class="title line3">
<a href="https://mitra.example/tabungan-rencana" rel="sponsored nofollow">Menabung Setengah Tahun, Dapat Payung</a>
</h3>
<p class="time">1 hari lalu</p>
<p class="teaser">Program tabungan berhadiah dari mitra kami, syarat dan ketentuan berlaku.</p>
</div>
</article>"""
