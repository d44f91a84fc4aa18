"""Pages as sites build them, with anything in any place: parsing ends in the parser's words, and always the same."""

import json

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.parser.parse import Parsed, parse
from services.parser.text import clean
from shared.articles import content_hash
from shared.errors import DeadLetter, Skip
from shared.events import PageFetched
from shared.urls import canonical_url
from tests.unit.parser.pages import NOW

_SENTENCES = (
    "Warga desa itu memperbaiki saluran irigasi yang rusak setelah hujan deras turun selama tiga hari.",
    "Kepala desa mengatakan bahwa pekerjaan itu akan selesai dalam dua pekan bila cuaca tetap cerah.",
    "The villagers repaired the canal that had been damaged by the rain, officials said on Tuesday.",
)  # fmt: skip
_DATES = (
    "2024-10-08T09:00:00+07:00", "2024-13-45", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "1728352800",
    "kemarin",
    "2 jam lalu", "9999 tahun lalu", "Selasa, 8 Oktober 2024 | 09:00 WIB", "31 Februari 2024", "10/8/2024 9:00 AM",
    "Tue Oct 08 09:00:00 WIB 2024", "2024-10-08T24:60:61+99:99", "١٢/١٠/٢٠٢٤", "²⁰²⁴-10-08", "2024.10.08 09:00 pm",
)  # fmt: skip
_URLS = (
    "/read/12345/warga-lembah-perbaiki-irigasi", "?page=2", "?page=all",
    "/read/12345/warga-lembah-perbaiki-irigasi/2", "//x",
    "http:///a", "data:image/png;base64,AA", "javascript:void(0)", "https://[::1]/a", "https://ex ample.id/a",
    "mailto:a@b.id",
    "/", "", "#a", "https://kabar.example.id:99999/a", "\u202e/a", "/%zz", "https://m.example.id/foto/1",
    "/tag/irigasi", "\\\\a",
)  # fmt: skip
_NAMES = (
    "Ayu Lestari", "Redaksi", "By A and B", "Penulis: Ayu Editor: Budi", "Ayu Lestari, S.H., M.H.", "", "@",
    "記者 王小明", "x" * 300,
)  # fmt: skip
_LABELS = (
    "Berita Terkait", "Baca juga:", "Tags:", "Editor:", "Iklan", "Advertorial", "Komentar", "Halaman",
    "Rekomendasi untuk Anda",
)  # fmt: skip
_WORDS = st.one_of(
    st.sampled_from((*_SENTENCES, *_DATES, *_NAMES, *_LABELS)),
    st.text(max_size=30).map(lambda text: text.replace("<", "&lt;")),
)
_ATTRIBUTES = st.sampled_from((
    "", "hidden", "style='display: none'", "class='author'", "class='related'", "class='caption'",
    "class='article-body'",
    "class='tags'", "class='teaser'", "class='pagination'", "itemprop='author'", "itemprop='articleBody'",
    "itemprop='name'",
    "itemprop='datePublished' content='2024-10-08'", "itemprop='image' itemscope", "itemprop='keywords'",
    "id='comments'",
    "datetime='2024-10-08T09:00:00Z'", "datetime='x'", "rel='tag' href='/tag/x'", "rel='author' href='/a'",
    "colspan='9999999'",
))  # fmt: skip
_BLOCKS = st.sampled_from((
    "p", "div", "article", "main", "section", "aside", "nav", "footer", "header", "h1", "h2", "h3", "ul", "ol",
    "li", "dl", "dd",
    "table", "tr", "td", "figure", "figcaption", "blockquote", "pre", "form", "time", "span", "b", "a", "center",
    "template",
    "noscript", "details", "svg", "math", "select", "x-y",
))  # fmt: skip


def _link(url: str, text: str) -> str:
    return f"<a href='{url}'>{text}</a>"


def _picture(url: str, text: str) -> str:
    return f"<figure><img src='{url}' alt='x'><figcaption>{text}</figcaption></figure>"


def _related(label: str, links: list[str]) -> str:
    return f"<h3>{label}</h3><ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>"


_LINKS = st.builds(_link, st.sampled_from(_URLS), _WORDS)
_LEAVES = st.one_of(
    _WORDS, st.sampled_from(_SENTENCES).map(lambda text: f"<p>{text}</p>"), _LINKS,
    st.builds(_picture, st.sampled_from(_URLS), _WORDS), st.sampled_from(("<br>", "<hr>", "<!-- x -->", "</div>",
    "</article>")),
    st.builds(_related, st.sampled_from(_LABELS), st.lists(_LINKS, max_size=5)),
)  # fmt: skip
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.builds(
        lambda tag, said, parts: f"<{tag} {said}>{''.join(parts)}</{tag}>", _BLOCKS, _ATTRIBUTES,
        st.lists(inner, max_size=5),
    ),
    max_leaves=25,
)  # fmt: skip
_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from((*_NAMES, *_DATES, *_URLS, *_SENTENCES))
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(("name", "url", "@id", "@value", "@type", "caption", "@list",
        "item")), inner, max_size=4),
    ),
    max_leaves=8,
)  # fmt: skip
_KEYS = (
    "headline", "author", "editor", "creator", "datePublished", "dateModified", "image", "keywords",
    "articleSection", "about",
    "mentions", "publisher", "url", "mainEntityOfPage", "@id", "hasPart", "isAccessibleForFree", "articleBody",
    "inLanguage",
    "itemListElement", "@graph", "thumbnailUrl", "sponsor", "isPartOf",
)  # fmt: skip
_TYPES = st.sampled_from((
    "NewsArticle", "Article", ["NewsArticle", "Report"], "VideoObject", "ImageGallery", "LiveBlogPosting",
    "BreadcrumbList",
    "ImageObject", "WebPage", "CollectionPage", "http://schema.org/NewsArticle", None, 3, {"a": 1},
))  # fmt: skip
_NODES = st.builds(
    lambda kind, rest: {"@type": kind, **rest}, _TYPES, st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=8)
)


def _script(nodes: list[object], broken: int) -> str:
    said = json.dumps(nodes[0] if len(nodes) == 1 else nodes, ensure_ascii=broken % 2 == 0).replace("</", "<\\/")
    said = (said, said[:-1], said.replace(",", ",,"), said.replace('"', "&quot;"), f"<!--{said}-->;", said + said)[
        broken % 6
    ]
    return f"<script type='application/ld+json'>{said}</script>"


_SCRIPTS = st.builds(_script, st.lists(_NODES, min_size=1, max_size=3), st.integers(0, 11))
_META = st.builds(
    lambda kind, name, value: f'<meta {kind}="{name}" content="{value}">',
    st.sampled_from(("name", "property", "itemprop", "http-equiv")),
    st.sampled_from((
        "og:type", "og:title", "og:image", "og:url", "og:site_name", "article:published_time",
        "article:modified_time", "author",
        "keywords", "news_keywords", "article:section", "article:tag", "robots", "description", "og:description",
        "language",
        "article:content_tier", "content-language",
    )),
    st.one_of(
        st.sampled_from((*_NAMES, *_DATES, *_URLS, "article", "video.other", "website", "nofollow", "locked",
        "Pariwara", "a, b, c")),
        st.text(max_size=20).map(lambda text: text.replace('"', "")),
    ),
)  # fmt: skip
_HEADS = st.lists(
    st.one_of(
        _META, _SCRIPTS,
        st.sampled_from(_URLS).map(lambda url: f"<link rel='canonical' href='{url}'>"),
        st.sampled_from(_URLS).map(lambda url: f"<base href='{url}'>"),
        st.sampled_from(_URLS).map(lambda url: f"<link rel='next' href='{url}'>"),
    ),
    max_size=8,
)  # fmt: skip
_CHARSETS = st.sampled_from((
    ("utf-8", "text/html; charset=utf-8"), ("utf-8", "text/html; charset=latin-1"), ("cp1252",
    "text/html; charset=utf-8"),
    ("utf-16", "text/html"), ("utf-16-le", "text/html; charset=utf-16"), ("gb18030", "text/html; charset=gb2312"),
    ("shift_jis", "text/html; charset=x-sjis"), ("utf-7", "text/html; charset=utf-7"), ("utf-8-sig",
    "text/html; charset=hex"),
    ("utf-8", "text/html; charset=\"'\x00"), ("koi8-r", "application/xhtml+xml"),
))  # fmt: skip
_ADDRESSES = st.sampled_from((
    "https://kabar.example.id/read/12345/warga-lembah-perbaiki-irigasi", "https://kabar.example.id/read/12345?page=2",
    "https://dunia.tempo.co/read/1/warga-lembah-perbaiki-irigasi", "https://video.example.id/a-b-c-d/12345",
    "https://x.example/",
))  # fmt: skip


@given(
    head=_HEADS, body=st.lists(_TREES, max_size=8), titled=st.sampled_from((True, True, False)), charset=_CHARSETS,
    url=_ADDRESSES, by_hand=st.booleans(),
)  # fmt: skip
@settings(max_examples=250, deadline=None)
def test_pages_as_sites_build_them(
    head: list[str], body: list[str], titled: bool, charset: tuple[str, str], url: str, by_hand: bool
) -> None:
    encoding, content_type = charset
    title = "<title>Warga lembah perbaiki irigasi - Kabar</title><h1>Warga lembah perbaiki irigasi</h1>" * titled
    html = f"<!doctype html><html lang='id'><head>{''.join(head)}</head><body>{title}{''.join(body)}</body></html>"
    page = PageFetched(
        url=url, fetched_at=NOW, content_type=content_type, body=html.encode(encoding, "replace"),
        found_by="import" if by_hand else "seed",
    )  # fmt: skip
    first, again = end_of(page), end_of(page)
    assert first == again
    if isinstance(first, Parsed):
        check(first)


def end_of(page: PageFetched) -> Parsed | tuple[str, ...]:
    try:
        return parse(page)
    except Skip as skip:
        return skip.reason, skip.detail, str(skip.canonical_url), *skip.links
    except DeadLetter as dead:
        assert dead.reason == "undecodable_page", dead  # noqa: PT017 - either end is right
        return dead.reason, dead.detail


def check(parsed: Parsed) -> None:
    """It survives its encodings, and each field is clean: to clean it again changes nothing."""
    article = parsed.article
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(parsed), type=Parsed) == parsed
    assert msgspec.json.decode(msgspec.json.encode(parsed), type=Parsed) == parsed
    assert content_hash(article) == content_hash(msgspec.json.decode(msgspec.json.encode(article), type=type(article)))
    texts = (article.title, *article.body, *article.authors, *article.editors, *article.topics)
    texts += tuple(text for text in (article.section, article.lead, article.dateline) if text is not None)
    texts += tuple(image.caption for image in article.images if image.caption is not None)
    assert all(text and clean(text) == text for text in texts)
    assert canonical_url(article.canonical_url) == article.canonical_url
    assert all(canonical_url(link) == link for link in (*parsed.links, *parsed.parts))
    assert article.published_at is None or NOW.replace(year=1990, month=1, day=1) <= article.published_at.astimezone(
        NOW.tzinfo
    )
    assert len(set(article.authors)) == len(article.authors)
    assert all(image.url is None or image.url.startswith(("http://", "https://")) for image in article.images)
    assert all(0 <= found.confidence <= 1 for found in article.provenance.values())
