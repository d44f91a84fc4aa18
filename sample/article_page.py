"""An article as HTML, in the page structure of a large Indonesian news site of 2020–2024.

A layout says which of the page's facts are present, because real pages differ and a parser must take what there is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from sample.articles_data import BRAND, Article
from sample.dates import day_and_time
from sample.page import SECTIONS, Head, figure_image, frame, tag_link
from sample.structured_data import article_json_ld
from sample.widget import related_articles, related_widget


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Which facts the page states, and in which form."""

    json_ld: bool = True
    meta_time: bool = True
    visible_time: bool = True
    canonical: bool = True
    widget: bool = True
    tags: bool = True


LAYOUTS = {
    "full": Layout(),
    "meta": Layout(json_ld=False),
    "visible": Layout(json_ld=False, meta_time=False),
    "linked-data": Layout(meta_time=False, visible_time=False, widget=False),
    "bare": Layout(json_ld=False, canonical=False, widget=False, tags=False),
}


def article_page(article: Article, everything: Sequence[Article], *, base: str, now: datetime) -> str:
    """Render one article among all of them, as the site showed it at `now`."""
    layout = LAYOUTS[article.layout]
    related = related_articles(article, everything, now=now)
    head = Head(
        title=article.title,
        description=article.teaser,
        url=base + article.path,
        canonical=base + article.path if layout.canonical else None,
        section=article.section,
        image=base + article.image_path if article.caption else None,
        keywords=article.tags if layout.tags else (),
        author=", ".join(article.authors) or None,
        published_at=article.published_at if layout.meta_time else None,
        modified_at=article.modified_at if layout.meta_time else None,
        amp_url=f"{base}/amp{article.path}" if layout.json_ld else None,
        extra=article_json_ld(article, base=base) if layout.json_ld else "",
    )
    parts = [
        _breadcrumb(article),
        '<article class="detail">',
        f'<div class="detail-title">\n<h1 class="title">{escape(article.title)}</h1>',
        *_people(article),
        f'<p class="date">{day_and_time(article.published_at)}</p>' if layout.visible_time else "",
        "</div>",
        _figure(article),
        _body(article, related),
        _tags(article) if layout.tags else "",
        "</article>",
        related_widget(related, base=base, now=now) if layout.widget and related else "",
    ]
    return frame(head, "\n".join(part for part in parts if part), base=base)


def paragraph(block: str, *, link_tag: str | None = None) -> str:
    """Render one stored paragraph: heading, italics, and the first mention of a tag as a link."""
    if block.startswith("## "):
        return f"<p><strong>{escape(block.removeprefix('## '), quote=False)}</strong></p>"
    text = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", escape(block, quote=False))
    if link_tag:
        text = text.replace(escape(link_tag, quote=False), tag_link(link_tag), 1)
    return f"<p>{text}</p>"


def _breadcrumb(article: Article) -> str:
    return (
        '<ul class="breadcrumb"><li><a href="/">Beranda</a></li>'
        f'<li><a href="/{article.section}">{SECTIONS[article.section]}</a></li></ul>'
    )


def _people(article: Article) -> list[str]:
    rows = [("Reporter", name) for name in article.authors] + [("Editor", name) for name in (article.editor,) if name]
    return [
        f'<div class="box-avatar"><p class="label">{role}</p><p class="title bold">{escape(name)}</p></div>'
        for role, name in rows
    ]


def _figure(article: Article) -> str:
    if not article.caption:
        return ""
    return f"""<figure class="foto-detail">{figure_image(article)}
<figcaption>{escape(article.caption)}</figcaption></figure>"""


def _body(article: Article, related: Sequence[Article]) -> str:
    lines = ['<div class="detail-in" id="isi">']
    opening = f"<p><strong>{BRAND}</strong>, <strong>{escape(article.city)}</strong> - "
    for place, block in enumerate(article.blocks):
        if place == 0:
            lines.append(opening + paragraph(block).removeprefix("<p>"))
        else:
            lines.append(paragraph(block, link_tag=article.tags[0] if place == 1 else None))
        if place in (0, 3):
            lines.append(_ADVERTISEMENT)
        if place == 2 and related:
            lines.append(f"<p><strong>Baca juga:</strong> {_link(related[0])}</p>")
    if len(related) > 1:
        lines.append(f"<p><em>Pilihan Editor:</em> {_link(related[1])}</p>")
    lines.append("</div>")
    return "\n".join(lines)


def _tags(article: Article) -> str:
    links = "".join(f"<li>{tag_link(tag)}</li>" for tag in article.tags)
    return f'<div class="box-tag-detail"><ul class="list-tag">{links}</ul></div>'


def _link(other: Article) -> str:
    return f'<a href="{other.path}">{escape(other.title)}</a>'


_ADVERTISEMENT = """<div class="ads-inline">
<p class="text-ads">Iklan</p>
<script>pasangIklan("isi");</script>
</div>"""
