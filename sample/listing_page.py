"""Pages that list articles: the front page, sections, tags and the index."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from sample.articles_data import Article, slugify
from sample.dates import ago, day_and_time
from sample.page import SECTIONS, Head, frame

PER_INDEX_PAGE = 30


def listing_pages(articles: Sequence[Article], *, base: str, now: datetime) -> Iterator[tuple[str, str]]:
    """Give each listing's path and HTML; articles come newest first."""
    yield "/", _listing("/", "Berita Terbaru dan Terkini Hari Ini", articles[:20], base=base, now=now)
    for section, name in SECTIONS.items():
        chosen = [article for article in articles if article.section == section]
        yield f"/{section}", _listing(f"/{section}", f"Berita {name} Terkini", chosen, base=base, now=now)
    tagged: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        for tag in article.tags:
            tagged[tag].append(article)
    for tag, chosen in tagged.items():
        path = f"/tag/{slugify(tag)}"
        yield path, _listing(path, f"Berita Seputar {tag}", chosen, base=base, now=now)
    for number, start in enumerate(range(0, len(articles), PER_INDEX_PAGE), start=1):
        path = "/indeks" if number == 1 else f"/indeks/{number}"
        more = f"/indeks/{number + 1}" if start + PER_INDEX_PAGE < len(articles) else None
        chosen = list(articles[start : start + PER_INDEX_PAGE])
        yield path, _listing(path, f"Indeks Berita, Halaman {number}", chosen, base=base, now=now, more=more)


def _listing(
    path: str, title: str, articles: Sequence[Article], *, base: str, now: datetime, more: str | None = None
) -> str:
    head = Head(
        title=title,
        description=f"{title}: kumpulan berita, paling baru di atas.",
        url=base + path,
        canonical=base + path,
        kind="website",
    )
    cards = "\n".join(_card(article, now=now) for article in articles)
    next_link = f'<a class="next" rel="next" href="{more}">Halaman berikutnya</a>' if more else ""
    main = f'<h1 class="title">{escape(title)}</h1>\n<div class="list-berita">\n{cards}\n</div>\n{next_link}'
    return frame(head, main, base=base)


def _card(article: Article, *, now: datetime) -> str:
    return f"""<article class="text-card">
<h2 class="title line3"><a href="{article.path}">{escape(article.title)}</a></h2>
<p class="teaser">{escape(article.teaser)}</p>
<h4 class="date"><span>{ago(article.published_at, now)}</span> <span>{day_and_time(article.published_at)}</span></h4>
</article>"""
